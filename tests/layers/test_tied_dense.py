import keras
import numpy as np
import pytest

from keras_dl.layers import TiedDense
from tests.checks import check_saving, count_parameters
from tests.layers.checking import drawn, images, values


def test_transpose_is_the_formula_of_numpy():
    layer = drawn(TiedDense(3, "tanh", "sigmoid"), (5,))
    kernel, bias, decoder_bias = layer.get_weights()
    x, codes = images(4, 5), images(4, 3)
    np.testing.assert_allclose(values(layer, x), np.tanh(x @ kernel + bias), rtol=1e-5)
    expected = 1 / (1 + np.exp(-(codes @ kernel.T + decoder_bias)))
    np.testing.assert_allclose(values(layer, codes, transpose=True), expected, rtol=1e-5)


def test_model_has_one_kernel_and_two_biases_and_loads_with_shared_weights():
    layer, inputs = TiedDense(3), keras.Input((5,))
    model = keras.Model(inputs, layer(layer(inputs), transpose=True))
    assert count_parameters(model) == 5 * 3 + 3 + 5
    assert model.output_shape == (None, 5)
    check_saving(model, images(4, 5))
    copy = keras.models.clone_model(model)
    assert count_parameters(copy) == 5 * 3 + 3 + 5


def test_both_directions_train_the_kernel():
    layer, inputs = TiedDense(2), keras.Input((4,))
    model = keras.Model(inputs, layer(layer(inputs), transpose=True))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    x = images(16, 4)
    before = [w.copy() for w in model.get_weights()]
    model.train_on_batch(x, x)
    kernel, bias, decoder_bias = before
    codes = x @ kernel + bias
    slope = 2 / x.size * (codes @ kernel.T + decoder_bias - x)
    gradient = x.T @ (slope @ kernel) + slope.T @ codes
    np.testing.assert_allclose(
        model.get_weights()[0], kernel - 0.1 * gradient, rtol=1e-3, atol=1e-6
    )


def test_wrong_arguments_are_refused():
    with pytest.raises(TypeError, match="`units` must be an integer"):
        TiedDense(2.0)
    with pytest.raises(ValueError, match="must be one of"):
        TiedDense(2, "sigmoidal")
