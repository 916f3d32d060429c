"""DANN and its baselines: one net, one data function, three ways to learn."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from recipes import dann, deep_coral, source_only


@pytest.fixture(scope="module")
def digits():
    return dann.data(dataset="digits")


def test_target_has_no_labels_in_training(digits):
    assert digits.input_shape == (28, 28, 3)
    rows = digits.train.take(digits.sampler("train").indices(0, 0, 64, None))
    assert (rows.y[:, 1] == -1).all()
    assert not (rows.y[:, 0] == -1).any()


def test_source_only_sees_no_target_but_for_measures_without_labels(digits):
    alone = source_only.data(dataset="digits")
    np.testing.assert_array_equal(alone.train.x, digits.train.x[: alone.train.num_examples])
    np.testing.assert_array_equal(alone.validation.y, digits.validation.y)
    assert deep_coral.data(dataset="digits").digest == digits.digest


def test_bound_alone_sees_the_target_s_labels(digits):
    bound = source_only.data(dataset="digits", labels="target")
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


def test_batch_norm_and_its_statistics_reach_the_model(digits):
    model = dann.build(digits, units=32, batch_norm=True, statistics="separate")
    assert model.statistics == "separate"
    assert any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.net.layers)


def test_paper_s_decay_reaches_the_optimizer(digits):
    planned = replace(digits, planned_steps=100)
    rate = dann.build(planned, decay="inverse", learning_rate=0.01).optimizer._learning_rate
    assert float(rate(50)) == pytest.approx(0.01 / 6**0.75)


def test_report_says_how_well_the_domains_are_told_apart(digits, monkeypatch):
    monkeypatch.setattr("keras_dl.tasks.adaptation.ON_MAP", 15)
    model = dann.build(digits, units=32)
    found = dann.recipe.report(model, digits)
    source = digits.extras["source_test"]
    predicted = model.predict(source.x, verbose=0).argmax(axis=1)
    assert found["source/accuracy"] == pytest.approx(np.mean(predicted == source.y))
    assert found["domain/accuracy"] > 0.9  # nothing has been learnt yet, and photographs are plain
    assert {"domains", "features", "confusion_matrix"} <= set(found)
    # Two halves of one domain: examples that are in both would be predicted as the other domain.
    halves = {"source_test": source.take(slice(0, None, 2))}
    same = replace(digits, test=source.take(slice(1, None, 2)), extras={**digits.extras, **halves})
    assert 0.3 < dann.recipe.report(model, same)["domain/accuracy"] < 0.7
