"""Intervals of proportions: exact ones against scipy, all within [0, 1]."""

import math

import numpy as np
import pytest
from scipy import stats

from keras_dl.utils.intervals import (
    exact_interval,
    interval_over_seeds,
    is_proportion,
    proportion_interval,
)


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


def test_interval_over_seeds_holds_the_error_of_the_test_set():
    seeds_alone = interval_over_seeds(0.9, 0.01, 3, proportion=True)
    assert seeds_alone == pytest.approx(proportion_interval(0.9, 4.302653 * 0.01 / 3**0.5))
    with_test = interval_over_seeds(0.9, 0.01, 3, proportion=True, test_examples=30)
    assert with_test[0] < seeds_alone[0]
    assert interval_over_seeds(1.0, 0.0, 10, test_examples=96) == exact_interval(96, 96)
    assert interval_over_seeds(0.5, 0.0, 4) == (0.5, 0.5)
    assert np.isnan(interval_over_seeds(0.9, 0.0, 1)).all()
    low, high = interval_over_seeds(1e-3, 1e-3, 3, positive=True)
    assert low > 0
    assert low * high == pytest.approx(1e-6)


def test_proportions_by_name():
    assert is_proportion("test/accuracy")
    assert is_proportion("val_mean_iou")
    assert not is_proportion("test/loss")
    assert not is_proportion("learning_rate")
