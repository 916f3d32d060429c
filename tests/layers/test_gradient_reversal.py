import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import gradients
from keras_dl.layers import GradientReversal
from tests.layers.checking import check_layer, images, values


def slope(layer, x):
    """Gradient of sum(x²) behind the layer."""
    return gradients(lambda v: keras.ops.sum(keras.ops.square(layer(v[0]))), [x])[0]


def test_life_of_the_layer():
    check_layer(GradientReversal(0.5), (4, 3, 2), params=0)


@pytest.mark.parametrize("strength", [0.3, 1e6, -2.0])
def test_forward_is_the_identity_to_the_last_bit(strength):
    x = 100 * images(3, 4, 5, 2)
    np.testing.assert_array_equal(values(GradientReversal(strength), x), x)


@pytest.mark.parametrize("strength", [0.3, 1.0, 0.0, -2.0])
def test_gradient_is_turned_round(strength):
    x = images(3, 5)
    found = slope(GradientReversal(strength), x)
    np.testing.assert_allclose(found, -strength * 2 * x, rtol=1e-6, atol=1e-7)


def test_strength_can_be_changed_after_the_first_call():
    layer, x = GradientReversal(1.0), images(3, 5)
    slope(layer, x)
    layer.strength.assign(0.25)
    np.testing.assert_allclose(slope(layer, x), -0.5 * x, rtol=1e-6)


def test_what_lies_before_ascends_and_what_lies_behind_descends():
    keras.utils.set_random_seed(0)
    first, second = keras.layers.Dense(2, use_bias=False), keras.layers.Dense(1, use_bias=False)
    model = keras.Sequential([keras.Input((3,)), first, GradientReversal(1.0), second])
    twin = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(2, use_bias=False),
            keras.layers.Dense(1, use_bias=False),
        ]
    )
    start = [w.copy() for w in model.layers[0].get_weights() + model.layers[2].get_weights()]
    twin.set_weights(start)
    x, y = images(6, 3), images(6, 1)
    for net in (model, twin):
        net.compile(keras.optimizers.SGD(0.1), "mse")
        net.train_on_batch(x, y)
    moved = [a - b for a, b in zip(twin.get_weights(), start, strict=True)]
    np.testing.assert_allclose(first.get_weights()[0] - start[0], -moved[0], atol=1e-7)
    np.testing.assert_allclose(second.get_weights()[0] - start[1], moved[1], atol=1e-7)


def test_half_precision_passes_on_half_precision():
    layer = GradientReversal(0.5, dtype="mixed_float16")
    assert layer(images(2, 3).astype("float16")).dtype == layer(images(2, 3)).dtype
    assert keras.backend.standardize_dtype(layer(images(2, 3)).dtype) == "float16"


def test_config_rebuilds_the_layer():
    again = GradientReversal.from_config(GradientReversal(0.7, name="turn").get_config())
    assert float(keras.ops.convert_to_numpy(again.strength)) == pytest.approx(0.7)
    assert again.name == "turn"


def test_bad_input_is_refused():
    with pytest.raises(TypeError, match="`strength` must be a number.*strength='1'"):
        GradientReversal("1")
