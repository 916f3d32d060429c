"""Precision and recall of each class against scikit-learn."""

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from keras_dl.metrics import class_counts


def test_scores_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    true, predicted = random.integers(0, 4, (2, 200))
    counts = class_counts(true, predicted, 5)  # no example of the last class
    expected = precision_recall_fscore_support(true, predicted, labels=range(4))
    np.testing.assert_allclose(counts.precision[:4], expected[0])
    np.testing.assert_allclose(counts.recall[:4], expected[1])
    assert np.isnan([counts.precision[4], counts.recall[4]]).all()


def test_intervals_hold_their_shares_within_the_bounds():
    counts = class_counts(np.array([0] * 9 + [1]), np.array([0] * 10), 2)
    low, high = counts.intervals("recall").T
    assert ((low >= 0) & (low <= counts.recall) & (counts.recall <= high) & (high <= 1)).all()
    assert np.isnan(counts.intervals("precision")[1]).all()
