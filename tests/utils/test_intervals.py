"""Intervals of proportions: exact ones against scipy, all within [0, 1]."""

import math

import numpy as np
import pytest
from scipy import stats

from keras_dl.utils.intervals import exact_interval, is_proportion, proportion_interval


@pytest.mark.parametrize(("successes", "count"), [(0, 18), (18, 18), (3, 40), (9_900, 10_000)])
def test_exact_interval_is_scipys(successes, count):
    expected = stats.binomtest(successes, count).proportion_ci(0.95, "exact")
    assert exact_interval(successes, count) == pytest.approx((expected.low, expected.high))


def test_wrong_counts_are_refused():
    for successes, count in [(3, 2), (-1, 2), (0, 0)]:
        with pytest.raises(ValueError, match="`successes` must lie between"):
            exact_interval(successes, count)


def test_interval_stays_within_its_bounds_and_has_the_half_width_where_there_is_room():
    low, high = proportion_interval(0.99, 0.02)
    assert 0.9 < low < 0.99 < high < 1
    assert proportion_interval(0.5, 0.01) == pytest.approx((0.49, 0.51), abs=1e-5)
    assert proportion_interval(1.0, 0.1) == (0.9, 1.0)
    assert proportion_interval(1.02, 0.1)[1] == 1.0  # a fitted mean may leave the bounds
    assert np.isnan(proportion_interval(0.5, math.nan)).all()


def test_proportions_by_name():
    assert is_proportion("test/accuracy")
    assert is_proportion("val_mean_iou")
    assert not is_proportion("test/loss")
    assert not is_proportion("learning_rate")
