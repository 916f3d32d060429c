import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, jaccard_score

from keras_dl.metrics.segmentation import (
    class_accuracy,
    class_iou,
    mean_iou,
    pixel_accuracy,
    pixel_confusion,
)


def test_hand_example():
    labels = np.array([[0, 0, 1], [1, 2, 9]])
    predicted = np.array([[0, 1, 1], [1, 1, 2]])
    counts = pixel_confusion(labels, predicted, 4, ignore=9)
    assert counts.tolist() == [[1, 1, 0, 0], [0, 2, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(class_iou(counts), [1 / 2, 2 / 4, 0, np.nan])
    assert mean_iou(counts) == pytest.approx(1 / 3)
    assert pixel_accuracy(counts) == pytest.approx(3 / 5)
    assert class_accuracy(counts) == pytest.approx((1 / 2 + 1 + 0) / 3)


def test_equals_scikit_learn():
    random = np.random.default_rng(0)
    labels, predicted = random.integers(6, size=(2, 20, 30)).astype("uint8")
    labelled = labels != 5
    predicted %= 5
    counts = pixel_confusion(labels, predicted, 5, ignore=5)
    pairs = labels[labelled], predicted[labelled]
    np.testing.assert_array_equal(counts, confusion_matrix(*pairs, labels=range(5)))
    np.testing.assert_allclose(class_iou(counts), jaccard_score(*pairs, average=None))
    assert mean_iou(counts) == pytest.approx(jaccard_score(*pairs, average="macro"))


def test_matrices_of_batches_add_up_and_means_do_not():
    random = np.random.default_rng(1)
    labels, predicted = (
        random.integers(3, size=(2, 4, 8, 8)) * np.array([0, 1, 1, 1])[:, None, None]
    )
    parts = [pixel_confusion(a, b, 3) for a, b in zip(labels, predicted, strict=True)]
    whole = pixel_confusion(labels, predicted, 3)
    np.testing.assert_array_equal(sum(parts), whole)
    assert np.mean([mean_iou(part) for part in parts]) != pytest.approx(mean_iou(whole))


def test_a_class_predicted_where_it_never_is_counts_0():
    counts = pixel_confusion(np.array([0, 0, 1]), np.array([0, 2, 1]), 3)
    np.testing.assert_allclose(class_iou(counts), [1 / 2, 1, 0])
    assert mean_iou(counts) == pytest.approx(1 / 2)


def test_without_a_labelled_pixel_scores_are_nan():
    counts = pixel_confusion(np.full(3, 255, "uint8"), np.zeros(3, "uint8"), 2, ignore=255)
    assert np.isnan([mean_iou(counts), pixel_accuracy(counts), class_accuracy(counts)]).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"one shape. Received: \(2,\), \(3,\)"):
        pixel_confusion(np.zeros(2, int), np.zeros(3, int), 2)
    with pytest.raises(ValueError, match="class numbers in 0 … 1. Received: 0 … 7"):
        pixel_confusion(np.array([0, 7]), np.zeros(2, int), 2)
    with pytest.raises(ValueError, match="`y_pred` must hold class numbers"):
        pixel_confusion(np.zeros(2, int), np.array([0, -1]), 2)
