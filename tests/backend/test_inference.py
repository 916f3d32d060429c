from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl.backend import device_memory
from keras_dl.backend.inference import outputs

X = np.random.default_rng(0).integers(0, 256, (23, 4, 4, 1)).astype("uint8")


def net(*heads):
    x = keras.Input((4, 4, 1))
    h = keras.layers.Dropout(0.5)(keras.layers.BatchNormalization()(keras.layers.Flatten()(x)))
    made = {name: keras.layers.Dense(i + 2)(h) for i, name in enumerate(heads)}
    return keras.Model(x, made if len(heads) > 1 else next(iter(made.values())))


@pytest.mark.parametrize("size", [5, 23, 64])
def test_outputs_are_those_of_predict(size):
    model = net("logits")
    found, expected = outputs(model, X, size), model.predict(X, verbose=0)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_several_outputs_keep_their_structure():
    model = net("features", "logits")
    found, expected = outputs(model, X, 8), model.predict(X, verbose=0)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-5, atol=1e-5)


def test_weights_that_change_are_seen():
    model = net("logits")
    before = outputs(model, X)
    model.set_weights([2 * w for w in model.get_weights()])
    assert np.abs(outputs(model, X) - before).max() > 1e-3


def test_example_shaped_otherwise_is_refused():
    with pytest.raises(ValueError, match="incompatible"):
        outputs(net("logits"), X[:, :3])


class Own(keras.Model):
    """Predicts in its own way."""

    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)

    def call(self, x):
        return self.head(x)

    def predict_step(self, *given):
        return super().predict_step(*given)


def test_model_with_a_way_of_its_own_goes_it():
    model = Own()
    x = np.ones((3, 2), "float32")
    np.testing.assert_array_equal(outputs(model, x), model.predict(x, verbose=0))


def test_examples_that_do_not_fit_on_the_device_are_predicted_in_batches(monkeypatch):
    model = net("logits")
    expected = outputs(model, X)
    monkeypatch.setattr(device_memory, "SHARE", 0.0)
    with mock.patch.object(model, "predict", wraps=model.predict) as predicted:
        found = outputs(model, X)
    assert predicted.called
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
