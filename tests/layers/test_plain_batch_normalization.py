import keras
import numpy as np
import pytest

from keras_dl.layers import PlainBatchNormalization
from tests.layers.checking import check_layer, images, values


@pytest.mark.parametrize("input_shape", [(5,), (4, 4, 3)])
def test_weights_learn_and_load(input_shape):
    check_layer(PlainBatchNormalization(), input_shape, params=2 * input_shape[-1])


@pytest.mark.parametrize("shape", [(16, 5), (8, 4, 4, 3)])
def test_training_gives_mean_0_and_deviation_1(shape):
    y = values(PlainBatchNormalization(), 3 + 2 * images(*shape), training=True)
    axes = tuple(range(len(shape) - 1))
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-6)
    np.testing.assert_allclose(y.std(axes), 1, rtol=1e-5)


@pytest.mark.parametrize("m", [4, 64, 400])
def test_literal_formula_gives_deviation_one_over_root_m(m):
    layer = PlainBatchNormalization(scale_and_offset=False, literal=True)
    y = values(layer, images(m, 5), training=True)
    np.testing.assert_allclose(y.std(axis=0), 1 / np.sqrt(m), rtol=1e-5)


@pytest.mark.parametrize("shape", [(16, 5), (8, 4, 4, 3)])
def test_equals_keras_in_training_and_after(shape):
    layer = PlainBatchNormalization(epsilon=1e-3, momentum=0.9)
    keras_layer = keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.9)
    x = 3 + 2 * images(*shape)
    for training in (True, True, False):
        expected = values(keras_layer, x, training=training)
        # The two-pass variance here, E[x²] − μ² there on some backends.
        np.testing.assert_allclose(values(layer, x, training=training), expected, atol=1e-4)


def test_constant_feature_stays_finite():
    y = values(PlainBatchNormalization(), np.ones((4, 2), "float32"), training=True)
    np.testing.assert_array_equal(y, 0)


def test_half_precision_keeps_statistics_in_float32():
    layer = PlainBatchNormalization(dtype="mixed_bfloat16")
    x = 1000 + images(64, 3)
    y = layer(x, training=True)
    assert keras.backend.standardize_dtype(y.dtype) == "bfloat16"
    assert layer.moving_mean.dtype == "float32"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"epsilon": 0.0}, ValueError, r"`epsilon` must be positive.*epsilon=0.0"),
        ({"epsilon": "1e-8"}, TypeError, r"`epsilon` must be a number"),
        ({"momentum": 1.0}, ValueError, r"`momentum` must lie in \[0, 1\).*momentum=1.0"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        PlainBatchNormalization(**arguments)
