import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from keras_dl.metrics.binary_segmentation import best_threshold, f1_per_image, foreground_scores

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.integers(0, 2, (3, 8, 9)).astype("uint8")
SCORES = (0.4 * LABELS + 0.6 * RANDOM.random((3, 8, 9))).astype("float32")


def test_scores_equal_scikit_learn_inside_the_field_of_view():
    labels = LABELS.copy()
    labels[:, :2] = 255
    scores = foreground_scores(labels, SCORES, 0.5, 255)
    wanted, foreground = LABELS[:, 2:], SCORES[:, 2:] >= 0.5
    per_image = [f1_score(w.ravel(), f.ravel()) for w, f in zip(wanted, foreground, strict=True)]
    assert scores["f1"] == pytest.approx(np.mean(per_image))
    assert scores["pooled_f1"] == pytest.approx(f1_score(wanted.ravel(), foreground.ravel()))
    assert scores["pixel_accuracy"] == pytest.approx(
        accuracy_score(wanted.ravel(), foreground.ravel())
    )
    assert scores["sensitivity"] == pytest.approx(recall_score(wanted.ravel(), foreground.ravel()))
    assert scores["specificity"] == pytest.approx(
        recall_score(wanted.ravel(), foreground.ravel(), pos_label=0)
    )
    assert scores["f1"] != scores["pooled_f1"]


def test_no_threshold_has_a_larger_f1():
    best = best_threshold(LABELS.ravel(), SCORES.ravel())
    own = f1_score(LABELS.ravel(), SCORES.ravel() >= best)
    assert all(own >= f1_score(LABELS.ravel(), SCORES.ravel() >= t) for t in np.unique(SCORES))


def test_f1_by_hand():
    labels = np.array([[[1, 1, 0, 255]], [[0, 0, 0, 0]]], "uint8")
    foreground = np.array([[[1, 0, 1, 1]], [[0, 0, 0, 0]]], "uint8")
    first, second = f1_per_image(labels, foreground, 255)
    assert first == pytest.approx(2 / 4)
    assert np.isnan(second)
