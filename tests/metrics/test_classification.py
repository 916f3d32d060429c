"""Metrics of classifiers against scikit-learn, and the forms of outputs that they take."""

import keras
import numpy as np
import pytest
from sklearn import metrics as sklearn

from keras_dl import plots
from keras_dl.metrics import classification as ours
from keras_dl.tasks.class_figures import ranking_figures
from keras_dl.tasks.class_probabilities import as_probabilities

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("classes", [2, 3, 12])
def test_metrics_equal_those_of_scikit_learn(classes):
    y = RANDOM.integers(0, classes, 200)
    chance = RANDOM.dirichlet(np.ones(classes), 200).round(2)
    predicted = chance.argmax(axis=1)
    found = ours.classification_metrics(y, chance)
    assert found["balanced_accuracy"] == pytest.approx(
        sklearn.balanced_accuracy_score(y, predicted)
    )
    assert found["f1"] == pytest.approx(sklearn.f1_score(y, predicted, average="macro"))
    ranked = [1] if classes == 2 else range(classes)
    areas = {"auc": sklearn.roc_auc_score, "average_precision": sklearn.average_precision_score}
    for name, area in areas.items():
        expected = np.mean([area(y == c, chance[:, c]) for c in ranked])
        assert found.get(name) == (pytest.approx(expected) if classes <= 10 else None)


def test_absent_classes_are_left_out():
    y, chance = np.array([0, 0, 2, 2]), np.eye(3)[[0, 0, 2, 0]]
    found = ours.classification_metrics(y, chance)
    assert found["balanced_accuracy"] == 0.75
    assert found["auc"] == pytest.approx(np.mean([0.75, 0.75]))
    assert set(ours.classification_metrics(y[:2], chance[:2])) == {"balanced_accuracy", "f1"}


def test_curves_reach_their_ends():
    y, scores = RANDOM.random(50) > 0.7, RANDOM.random(50).round(1)
    false, true = ours.roc_curve(y, scores)
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    recall, precision = ours.precision_recall_curve(y, scores)
    assert recall[-1] == 1
    assert precision[-1] == pytest.approx(y.mean())


class Model:
    """A model of which only the loss counts."""

    def __init__(self, from_logits):
        self.loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)


def test_outputs_are_logits_or_probabilities():
    logits = RANDOM.normal(size=(20, 3)).astype("float32")
    chance = as_probabilities(None, logits, 3)
    np.testing.assert_allclose(chance.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(as_probabilities(None, chance, 3), chance, rtol=1e-5)
    one = np.full((4, 1), 0.25, "float32")
    np.testing.assert_allclose(as_probabilities(Model(False), one, 2)[:, 1], 0.25)
    np.testing.assert_allclose(as_probabilities(Model(True), one, 2)[:, 1], 0.562, atol=1e-3)
    np.testing.assert_allclose(as_probabilities(None, -4 * one, 2)[:, 1], 0.269, atol=1e-3)
    assert as_probabilities(None, logits, 4) is None
    assert as_probabilities(None, logits[:, :, None], 3) is None


def test_figures_have_a_curve_per_class():
    y = np.arange(60) % 3
    figures = ranking_figures(y, RANDOM.dirichlet(np.ones(3), 60), ["a", "b", "c"])
    assert set(figures) == {"roc", "precision_recall"}
    labels = [text.get_text() for text in figures["roc"].axes[0].get_legend().get_texts()]
    assert [label.split()[0] for label in labels] == ["a", "b", "c"]
    two = ranking_figures(y % 2, RANDOM.dirichlet(np.ones(2), 60), ["no", "yes"])
    assert len(two["precision_recall"].axes[0].get_legend().get_texts()) == 1
    assert ranking_figures(y * 0, np.ones((60, 2)) / 2, ["no", "yes"]) == {}
    assert hasattr(plots, "roc")
