import keras
import numpy as np
import pytest

from keras_dl.layers import LocallyConnected2D
from tests.layers.checking import check_layer, drawn, images, values


def test_weights_learn_and_load():
    layer = LocallyConnected2D(2, 3, 2, "same", activation="tanh", kernel_regularizer="l2")
    check_layer(layer, (6, 5, 3), params=3 * 3 * 2 * (27 + 1))


@pytest.mark.parametrize("strides", [(1, 1), (2, 1), (2, 3)])
def test_values_equal_a_loop_over_places(strides):
    x = images(2, 7, 8, 3)
    layer = drawn(LocallyConnected2D(4, (3, 2), strides), (7, 8, 3))
    kernel, bias = layer.get_weights()
    expected = np.empty((2, *bias.shape))
    for row in range(bias.shape[0]):
        for column in range(bias.shape[1]):
            top, left = row * strides[0], column * strides[1]
            field = x[:, top : top + 3, left : left + 2]
            expected[:, row, column] = np.einsum("bijc,ijcf->bf", field, kernel[row, column])
    np.testing.assert_allclose(values(layer, x), expected + bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "kernel", "strides"), [(7, 3, 2), (8, 5, 2), (8, 3, 1), (5, 2, 3)]
)
def test_equal_kernels_at_all_places_make_a_convolution(size, kernel, strides):
    x = images(2, size, size, 3)
    convolution = keras.layers.Conv2D(4, kernel, strides, "same")
    expected = values(convolution, x)
    layer = LocallyConnected2D(4, kernel, strides, "same")
    layer.build(x.shape)
    shared, bias = convolution.get_weights()
    shapes = [weight.shape for weight in layer.weights]
    layer.set_weights([np.broadcast_to(shared, shapes[0]), np.broadcast_to(bias, shapes[1])])
    np.testing.assert_allclose(values(layer, x), expected, rtol=1e-4, atol=1e-5)


def test_places_are_drawn_apart_for_their_own_fan_in():
    keras.utils.set_random_seed(0)
    layer = LocallyConnected2D(1, 5, kernel_initializer="lecun_normal")
    layer.build((None, 16, 16, 1))
    kernel = layer.get_weights()[0]
    assert kernel.var() == pytest.approx(1 / 25, rel=0.1)  # 3600 draws: standard error 2 %
    assert (kernel[0, 0] != kernel[0, 1]).all()


def test_images_of_unknown_size_are_refused():
    with pytest.raises(ValueError, match="`inputs` must have a known height and width"):
        LocallyConnected2D(1, 3)(keras.Input((None, None, 1)))
