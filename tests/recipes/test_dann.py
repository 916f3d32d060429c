"""DANN and its baselines: one net, one data function, three ways to learn."""

import numpy as np
import pytest

from recipes import dann, deep_coral, source_only


@pytest.fixture(scope="module")
def digits():
    return dann.data()


def test_target_has_no_labels_in_training(digits):
    assert digits.input_shape == (28, 28, 3)
    assert (digits.train.y == -1).mean() == 0.5
    assert not (digits.validation.y == -1).any()


def test_bound_alone_sees_the_target_s_labels(digits):
    assert source_only.data().digest == digits.digest == deep_coral.data().digest
    bound = source_only.data(labels="target")
    assert not (bound.train.y == -1).any()
    np.testing.assert_array_equal(bound.test.x, digits.test.x)


@pytest.mark.parametrize(
    ("build", "options", "mode"),
    [
        (dann.build, {}, "reversal"),
        (dann.build, {"mode": "multitask"}, "multitask"),
        (source_only.build, {}, "source_only"),
        (deep_coral.build, {"coral": 2.0}, "coral"),
    ],
)
def test_mode_reaches_the_model(digits, build, options, mode):
    model = build(digits, units=32, **options)
    assert model.mode == mode
    assert model.coral == options.get("coral", 1.0)
    assert model.predict(digits.test.x[:2], verbose=0).shape == (2, 10)


def test_reported_accuracies_are_those_of_the_heads(digits, monkeypatch):
    monkeypatch.setattr("keras_dl.reporting.two_domains.ON_MAP", 15)
    model = dann.build(digits, units=32)
    found = dann.recipe.report(model, digits)
    source = digits.extras["source_test"]
    predicted = model.predict(source.x, verbose=0).argmax(axis=1)
    assert found["source/accuracy"] == pytest.approx(np.mean(predicted == source.y))
    domain = [
        np.mean(model.net.predict(s.x / 255, verbose=0)["domain"].argmax(axis=1) == i)
        for i, s in enumerate((source, digits.test))
    ]
    assert found["domain/accuracy"] == pytest.approx(np.mean(domain))
    assert {"domains", "features", "confusion_matrix"} <= set(found)
