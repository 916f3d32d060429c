import keras
import numpy as np
import pytest

from keras_dl.algorithms import ConvexLearning
from keras_dl.models import linear_regression, logistic_regression


def wrapped(net):
    inputs = keras.Input((3,))
    scaling = keras.layers.Normalization(mean=[0.0, 1.0, 2.0], variance=[1.0, 4.0, 1.0])
    scaling.name = "scaling"
    return ConvexLearning(inputs, net(scaling(inputs)), name=net.name)


def slope_of(loss_of, kernel, bias, step=1e-4):
    """The largest partial derivative, by central differences in float64."""
    found = []
    for array in (kernel, bias):
        for index in np.ndindex(array.shape):
            ends = []
            for sign in (1, -1):
                array[index] += sign * step
                ends.append(loss_of(kernel, bias))
                array[index] -= sign * step
            found.append((ends[0] - ends[1]) / (2 * step))
    return np.abs(found).max()


def example():
    x = np.random.default_rng(0).normal(size=(10, 3)).astype("float32")
    return x, (x - [0.0, 1.0, 2.0]) / [1.0, 2.0, 1.0]


def test_slope_of_logistic_regression_is_that_of_its_loss():
    keras.utils.set_random_seed(0)
    x, features = example()
    y = np.arange(10) % 3
    net = logistic_regression((3,), 3, weight_decay=0.3)
    model = wrapped(net)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def loss(kernel, bias):
        logits = features @ kernel + bias
        chance = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(10), y]
        return chance.mean() + 0.15 * np.sum(kernel**2)

    kernel, bias = (w.astype("float64") for w in net.get_weights())
    found = model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True)
    assert found["gradient_norm"] == pytest.approx(slope_of(loss, kernel, bias), rel=1e-3)
    assert found["loss"] == pytest.approx(loss(kernel, bias), rel=1e-5)


def test_slope_of_linear_regression_is_that_of_its_loss():
    keras.utils.set_random_seed(0)
    x, features = example()
    y = x[:, 0] - 2 * x[:, 1]
    net = linear_regression((3,))
    model = wrapped(net)
    model.gradient_norm.scale = 2.0
    model.compile(loss="mse")
    kernel, bias = (w.astype("float64") for w in net.get_weights())

    def loss(kernel, bias):
        return np.mean((features @ kernel[:, 0] + bias - y) ** 2)

    found = model.evaluate(x, y, batch_size=10, verbose=0, return_dict=True)
    assert found["gradient_norm"] == pytest.approx(slope_of(loss, kernel, bias), rel=1e-3)


def test_loads_as_it_was_saved(tmp_path):
    x, _ = example()
    model = wrapped(logistic_regression((3,), 2))
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), model.predict(x, verbose=0))
