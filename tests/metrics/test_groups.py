import numpy as np
import pytest

from keras_dl.facts.simpson import COUNTS
from keras_dl.metrics.groups import adjusted_rates, group_accuracies


def test_accuracy_by_group():
    right, groups = np.array([1, 0, 1, 1, 0], bool), np.array([0, 0, 3, 3, 3])
    assert group_accuracies(right, groups) == {0: 0.5, 3: pytest.approx(2 / 3)}


def test_simpsons_paradox():
    rates = adjusted_rates(COUNTS)
    assert rates["A"] == (pytest.approx(273 / 350), pytest.approx(0.8325, abs=5e-5))
    assert rates["B"] == (pytest.approx(289 / 350), pytest.approx(0.7789, abs=5e-5))
    assert rates["A"][0] < rates["B"][0]
    assert rates["A"][1] > rates["B"][1]


def test_strata_of_equal_shares_adjust_nothing():
    rates = adjusted_rates({"a": [(1, 10), (5, 10)], "b": [(2, 30), (3, 30)]})
    assert rates["a"][0] == pytest.approx(rates["a"][1])


@pytest.mark.parametrize(
    "counts", [{}, {"a": [(1, 2)], "b": [(1, 2), (1, 3)]}, {"a": [(0, 0), (1, 2)]}, {"a": [1, 2]}]
)
def test_wrong_counts_are_refused(counts):
    with pytest.raises(ValueError, match="`counts` must"):
        adjusted_rates(counts)


def test_groups_have_one_entry_per_example():
    with pytest.raises(ValueError, match="`right` and `groups`"):
        group_accuracies(np.ones(3, bool), np.zeros(2, int))
