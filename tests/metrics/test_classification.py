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


def test_top_k_accuracy_equals_scikit_learn_s_without_ties():
    y, scores = RANDOM.integers(0, 12, 300), RANDOM.normal(size=(300, 12))
    for k in (1, 3, 5, 12):
        assert ours.top_k_accuracy(y, scores, k) == pytest.approx(
            sklearn.top_k_accuracy_score(y, scores, k=k, labels=range(12))
        )


def test_ties_do_not_count_as_right():
    y = np.arange(10)
    assert ours.top_k_accuracy(y, np.zeros((10, 10)), 5) == 0
    two = np.tile([3.0, 3.0, 1.0], (3, 1))
    assert ours.top_k_accuracy(np.array([0, 1, 2]), two, 1) == 0
    assert ours.top_k_accuracy(np.array([0, 1, 2]), two, 2) == pytest.approx(2 / 3)
    assert ours.top_k_accuracy(y, np.full((10, 10), np.nan), 10) == 0


def test_top_metrics_exist_from_ten_classes_on():
    for classes in (9, 10):
        found = ours.classification_metrics(np.arange(classes), np.eye(classes))
        assert ("top5_accuracy" in found) == (classes == 10)
    with pytest.raises(ValueError, match="`y_true` and `scores`"):
        ours.top_k_accuracy(np.zeros(2, int), np.zeros((3, 4)), 1)


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
