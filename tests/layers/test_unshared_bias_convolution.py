import keras
import numpy as np
import pytest

from keras_dl.layers import UnsharedBiasConv2D
from tests.layers.checking import check_layer, drawn, images, values


def test_weights_learn_and_load():
    layer = UnsharedBiasConv2D(
        2, 3, 2, "same", activation="tanh", kernel_initializer="he_normal", kernel_regularizer="l2"
    )
    check_layer(layer, (6, 5, 3), params=3 * 3 * 3 * 2 + 3 * 3 * 2)


@pytest.mark.parametrize(("strides", "padding"), [(1, "valid"), (2, "same"), ((2, 1), "valid")])
def test_is_a_convolution_plus_one_bias_a_unit(strides, padding):
    x = images(2, 7, 8, 3)
    layer = drawn(UnsharedBiasConv2D(4, (3, 2), strides, padding, activation="tanh"), (7, 8, 3))
    convolution = keras.layers.Conv2D(4, (3, 2), strides, padding, use_bias=False)
    convolution.build(x.shape)
    kernel, bias = layer.get_weights()
    convolution.set_weights([kernel])
    assert bias.shape == convolution.compute_output_shape(x.shape)[1:]
    expected = np.tanh(values(convolution, x) + bias)
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"filters": 0}, ValueError, r"`filters` must be at least 1"),
        ({"kernel_size": (3, 3, 3)}, ValueError, r"`kernel_size` must be one integer or two"),
        ({"kernel_size": "3"}, TypeError, r"`kernel_size` must be an integer"),
        ({"strides": (1, 0)}, ValueError, r"`strides` must be at least 1"),
        ({"padding": "full"}, ValueError, r'`padding` must be "valid" or "same"'),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        UnsharedBiasConv2D(**{"filters": 1, "kernel_size": 3, **arguments})


def test_images_of_unknown_or_too_small_size_are_refused():
    with pytest.raises(ValueError, match="`inputs` must have a known height and width"):
        UnsharedBiasConv2D(1, 3)(keras.Input((None, 8, 1)))
    with pytest.raises(ValueError, match=r"`kernel_size` must not exceed the image.*\(2, 8\)"):
        UnsharedBiasConv2D(1, 3)(keras.Input((2, 8, 1)))
