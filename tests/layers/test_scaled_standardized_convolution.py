import keras
import numpy as np
import pytest

from keras_dl.layers import ScaledStandardizedConv2D, SkipGain
from tests.checks import check_saving


@pytest.mark.parametrize("groups", [1, 2])
def test_kernels_are_those_of_the_formula(groups):
    rng = np.random.default_rng(0)
    layer = ScaledStandardizedConv2D(6, (3, 2), groups=groups)
    layer.build((None, 8, 8, 4))
    kernel = rng.normal(0.3, 2.0, layer.kernel.shape).astype("float32")
    gain = rng.uniform(0.5, 2.0, 6)
    kernel[..., 5] *= 1e-6  # below the bound: nearly constant filters are not blown up
    layer.gain.assign(gain)
    found = keras.ops.convert_to_numpy(layer.standardized(kernel))
    inputs = 3 * 2 * 4 // groups
    mean, variance = kernel.mean((0, 1, 2)), kernel.var((0, 1, 2))
    expected = gain * (kernel - mean) / np.sqrt(np.maximum(inputs * variance, 1e-4))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    norms = np.sqrt((found**2).sum((0, 1, 2)))
    np.testing.assert_allclose(norms[:5], gain[:5], rtol=1e-4)
    assert norms[5] < 0.1


def test_equals_a_plain_convolution_with_standardized_kernels():
    rng = np.random.default_rng(0)
    layer = ScaledStandardizedConv2D(5, 3, strides=2, padding="same", activation="relu")
    images = rng.normal(size=(2, 7, 6, 3)).astype("float32")
    found = keras.ops.convert_to_numpy(layer(images))
    twin = keras.layers.Conv2D(5, 3, strides=2, padding="same", activation="relu")
    twin.build(images.shape)
    twin.set_weights([layer.standardized(layer.kernel), rng.normal(size=5)])
    layer.bias.assign(twin.bias)
    np.testing.assert_allclose(layer(images), twin(images), rtol=1e-4, atol=1e-5)
    assert found.shape == (2, 4, 3, 5)


@pytest.mark.parametrize("use_bias", [True, False])
def test_gains_are_saved(use_bias):
    inputs = keras.Input((6, 6, 2))
    x = ScaledStandardizedConv2D(3, 3, use_bias=use_bias, epsilon=1e-3)(inputs)
    net = keras.Model(inputs, SkipGain(0.3)(x))
    rng = np.random.default_rng(0)
    for weight in net.weights:
        weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    check_saving(net, rng.normal(size=(2, 6, 6, 2)))


def test_outputs_have_variance_1():
    keras.utils.set_random_seed(0)
    images = np.random.default_rng(0).normal(size=(4, 24, 24, 16))
    outputs = keras.ops.convert_to_numpy(ScaledStandardizedConv2D(64, 3)(images))
    assert outputs.var() == pytest.approx(1.0, abs=0.05)


def test_skip_gain_starts_closed():
    layer = SkipGain(0.2)
    values = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(layer(values), 0 * values)
    layer.gain.assign(2.0)
    np.testing.assert_allclose(layer(values), 0.4 * values, rtol=1e-6)
