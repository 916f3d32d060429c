import keras
import numpy as np
import pytest

from keras_dl.compiling import classifier
from keras_dl.models import mlp


def _evaluated(label_smoothing):
    keras.utils.set_random_seed(0)
    model = classifier(mlp((4,), 3, units=(8,)), "sgd", label_smoothing=label_smoothing)
    x = np.random.default_rng(0).normal(size=(10, 4)).astype("float32")
    found = model.evaluate(x, np.arange(10) % 3, verbose=0, return_dict=True)
    return found, model.predict(x, verbose=0)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_loss_and_accuracy_are_those_of_the_logits(label_smoothing):
    found, logits = _evaluated(label_smoothing)
    labels = np.arange(10) % 3
    targets = (1 - label_smoothing) * np.eye(3)[labels] + label_smoothing / 3
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    assert found["loss"] == pytest.approx(-(targets * log_probabilities).sum(1).mean(), rel=1e-5)
    assert found["accuracy"] == pytest.approx(np.mean(logits.argmax(axis=1) == labels))


def test_bad_smoothing_is_refused():
    with pytest.raises(ValueError, match="`label_smoothing` must lie in"):
        classifier(mlp((4,), 3), "sgd", label_smoothing=1.0)
