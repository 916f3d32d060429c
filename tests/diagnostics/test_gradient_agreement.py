import keras
import numpy as np
import pytest

from keras_dl import diagnostics
from keras_dl.data import load, with_scaling
from tests.diagnostics.values import LOSS


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("convolutions", [0, 2])
def test_numpy_s_gradients_are_keras_s_on_real_digits(activation, convolutions):
    keras.utils.set_random_seed(0)
    digits = load("digits")
    net = keras.Sequential([keras.Input(digits.input_shape)])
    for count in (4, 6)[:convolutions]:
        net.add(keras.layers.Conv2D(count, 3, padding="same", activation=activation))
        net.add(keras.layers.AveragePooling2D(2))
    net.add(keras.layers.Flatten())
    net.add(keras.layers.Dense(16, activation=activation))
    net.add(keras.layers.Dense(10))
    model = with_scaling(digits, net)
    model.compile("sgd", LOSS(from_logits=True))
    x, y = digits.train.x[:64], digits.train.y[:64]
    pairs = diagnostics.compare_gradients(model, x, y)
    assert len(pairs) == 2 * convolutions + 4
    for one, other in pairs.values():
        assert np.abs(other).max() > 0
        assert np.abs(one - other).max() < 1e-5
    loss, _ = diagnostics.numpy_gradients(model, x, y)
    assert loss == pytest.approx(model.evaluate(x, y, 64, verbose=0), rel=1e-5)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.Conv2D(2, 3, strides=2), "must be a chain of .*Conv2D"),
        (keras.layers.MaxPooling2D(2), "MaxPooling2D"),
        (keras.layers.Dense(2, activation="gelu"), "relu, tanh, sigmoid only.*gelu"),
    ],
)
def test_layers_without_a_twin_are_refused(layer, message):
    model = keras.Sequential([keras.Input((4, 4, 1)), layer])
    with pytest.raises(ValueError, match=message):
        diagnostics.numpy_gradients(model, np.ones((2, 4, 4, 1)), np.array([0, 1]))
