import numpy as np
import pytest

from recipes.dann import build, data, report


@pytest.fixture(scope="module")
def digits():
    return data(photos="embedded")


def test_target_has_no_labels_in_training(digits):
    assert digits.input_shape == (28, 28, 3)
    assert (digits.train.y == -1).mean() == 0.5
    assert not (digits.validation.y == -1).any()


@pytest.mark.parametrize("mode", ["reversal", "source_only", "multitask"])
def test_mode_reaches_the_model(digits, mode):
    assert build(digits, mode=mode).mode == mode


def test_reported_accuracies_are_those_of_the_heads(digits, monkeypatch):
    monkeypatch.setattr("recipes.dann.ON_MAP", 15)
    model = build(digits, units=32)
    found = report(model, digits)
    source = digits.extras["source_test"]
    predicted = model.predict(source.x, verbose=0).argmax(axis=1)
    assert found["source/accuracy"] == pytest.approx(np.mean(predicted == source.y))
    domain = [
        np.mean(model.net.predict(s.x / 255, verbose=0)["domain"].argmax(axis=1) == i)
        for i, s in enumerate((source, digits.test))
    ]
    assert found["domain/accuracy"] == pytest.approx(np.mean(domain))
    assert {"domains", "features", "confusion_matrix"} <= set(found)
