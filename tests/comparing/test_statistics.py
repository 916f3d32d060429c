"""Intervals, paired tests and winners against scipy and simulated truths."""

import numpy as np
import pytest
from scipy import stats

from keras_dl.comparing.results import Row, find_winner, make_row, make_verdict, paired_tests
from keras_dl.comparing.statistics import interval, paired_p_value
from keras_dl.training.job import Outcome
from keras_dl.utils.intervals import is_proportion
from tests.toys import toy


def row(label, scores, examples=None):
    low, high = interval(np.array(scores), examples, proportion=True)
    shown = {} if examples is None else dict(enumerate(examples))
    return Row(label, dict(enumerate(scores)), float(np.mean(scores)), low, high, 1, 1.0, 0, shown)


def test_without_examples_the_test_is_scipys_paired_one():
    random = np.random.default_rng(0)
    first, second = random.normal(0.9, 0.01, 6), random.normal(0.88, 0.01, 6)
    expected = stats.ttest_rel(first, second).pvalue
    assert paired_p_value(first - second) == pytest.approx(expected)
    assert paired_tests([row("a", first), row("b", second)])["b"] == pytest.approx(expected)


def test_p_values_are_adjusted_for_all_pairs():
    scores = {"a": [1.0, 1.1, 0.9, 1.05], "b": [0.9, 1.05, 0.8, 1.04], "c": [0.5, 0.7, 0.4, 0.5]}
    raw = {(x, y): stats.ttest_rel(scores[x], scores[y]).pvalue for x, y in ("ab", "ac", "bc")}
    found = paired_tests([row(label, values) for label, values in scores.items()])
    ordered = sorted(raw, key=lambda pair: raw[pair])
    factor = {pair: 3 - rank for rank, pair in enumerate(ordered)}
    assert found["c"] >= raw["a", "c"] * factor["a", "c"] - 1e-12
    assert found["b"] == pytest.approx(
        max(raw[pair] * factor[pair] for pair in ordered[: ordered.index(("a", "b")) + 1])
    )


def test_equal_gaps_give_no_p_value_and_no_winner():
    rows = [row("a", [0.9, 0.92, 0.94]), row("b", [0.86, 0.88, 0.90])]
    tests = paired_tests(rows)
    assert tests == {"b": None}
    assert find_winner(rows, tests) is None
    assert "no variance to test it by" in make_verdict(rows, tests, None, "test/accuracy")


def test_equal_scores_are_no_evidence():
    assert paired_tests([row("a", [0.9, 0.8]), row("b", [0.9, 0.8])]) == {"b": 1.0}


def test_two_seeds_give_no_winner():
    rows = [row("a", [0.9, 0.91]), row("b", [0.1, 0.1101])]
    tests = paired_tests(rows)
    assert tests["b"] < 0.05
    assert find_winner(rows, tests) is None
    assert "a winner needs 3 or more" in make_verdict(rows, tests, None, "test/accuracy")


def test_one_seed_gives_no_winner():
    rows = [row("a", [0.9]), row("b", [0.1])]
    tests = paired_tests(rows)
    assert find_winner(rows, tests) is None
    assert "is best over 1 seed; a winner needs 3" in make_verdict(rows, tests, None, "x")


def test_few_test_examples_take_the_evidence_away():
    """One flower more in each training, of 30: the seeds alone would crown the first."""
    random = np.random.default_rng(0)
    second = np.ones((5, 30), bool)
    second[:, 0] = second[:, 1] = False
    first = second.copy()
    first[:, 0] = True
    first[4, 5] = False
    assert stats.ttest_rel(first.mean(1), second.mean(1)).pvalue < 0.2
    rows = [row("a", first.mean(1), first), row("b", second.mean(1), second)]
    assert find_winner(rows, paired_tests(rows)) is None
    many = random.random((5, 20_000))
    rows = [row("a", (many < 0.9).mean(1), many < 0.9), row("b", (many < 0.8).mean(1), many < 0.8)]
    assert find_winner(rows, paired_tests(rows)) == "a"


def test_p_values_are_not_below_those_of_the_seeds_alone():
    random = np.random.default_rng(0)
    first, second = random.random((2, 2, 2000)) < np.array([0.9, 0.7])[:, None, None]
    gaps = first.mean(1) - second.mean(1)
    expected = stats.ttest_1samp(gaps, 0).pvalue
    assert paired_p_value(gaps, first.astype(float) - second) == pytest.approx(expected)


def test_perfect_scores_have_the_exact_interval_of_their_examples():
    low, high = interval(np.ones(3), np.ones((3, 18), bool), proportion=True)
    assert (low, high) == (pytest.approx(0.025 ** (1 / 18)), 1.0)
    assert interval(np.zeros(3), np.zeros((3, 18), bool), proportion=True)[1] == pytest.approx(
        1 - low
    )


def test_outcomes_carry_the_examples():
    right = np.array([True, False, True] * 5)
    outcome = Outcome(
        0.5, 1, {}, 1, 1.0, metrics={"test/accuracy": 2 / 3},
        correct=np.packbits(right).tobytes().hex(), tested=15,
    )  # fmt: skip
    np.testing.assert_array_equal(outcome.example_results(), right)
    made = make_row("a", toy.final_score, {0: outcome, 1: outcome})
    np.testing.assert_array_equal(made.examples[1], right)
    assert made.high - made.low > 0.2  # equal seeds: all of it is the test set's


def test_intervals_of_proportions_stay_within_their_bounds():
    low, high = interval(np.array([0.99, 1.0, 0.98]), proportion=True)
    assert 0.88 < low < 0.99 < high < 1
    assert interval(np.array([1.0, 1.0]), proportion=True) == (1.0, 1.0)
    assert interval(np.array([0.99, 1.0, 0.98]))[1] > 1
    assert is_proportion("test/accuracy")
    assert is_proportion("val_mean_iou")
    assert not is_proportion("test/loss")


def test_interval_without_examples_is_students():
    random, hits = np.random.default_rng(1), 0
    for _ in range(1000):
        low, high = interval(random.normal(0.9, 0.02, 5))
        hits += low <= 0.9 <= high
    assert 930 <= hits <= 970


def trainings(random, recipes, seeds, *, luck=0.15, taste=0.0, examples=500):
    """Correctness of equally good recipes, (recipes, seeds, examples).

    Examples are of various difficulty, and by `taste` of various difficulty for each recipe;
    trainings are of various luck as a whole and on each example.
    """
    ease = random.normal(2.0, 1.5, examples) + random.normal(0, taste, (recipes, 1, examples))
    fortune = random.normal(0, luck, (recipes, seeds, 1))
    own = random.normal(0, 0.8, (recipes, seeds, examples))
    return ease + fortune + own > 0


@pytest.mark.slow
@pytest.mark.parametrize("taste", [0.0, 1.0])
@pytest.mark.parametrize(("recipes", "seeds"), [(2, 3), (3, 5), (8, 3)])
def test_equal_recipes_have_a_winner_in_at_most_a_twentieth_of_comparisons(recipes, seeds, taste):
    random, winners, count = np.random.default_rng(recipes * seeds), 0, 300
    for _ in range(count):
        right = trainings(random, recipes, seeds, taste=taste)
        rows = [row(str(i), results.mean(1), results) for i, results in enumerate(right)]
        rows.sort(key=lambda r: -r.mean)
        winners += find_winner(rows, paired_tests(rows)) is not None
    assert winners / count <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / count)


@pytest.mark.slow
@pytest.mark.parametrize("luck", [0.05, 0.3])
@pytest.mark.parametrize("seeds", [3, 10])
def test_intervals_cover_the_accuracy_on_new_examples_and_seeds(seeds, luck):
    random, hits, count = np.random.default_rng(seeds), 0, 2000
    truth = stats.norm.cdf(2.0 / np.sqrt(1.5**2 + luck**2 + 0.8**2))
    for _ in range(count):
        right = trainings(random, 1, seeds, luck=luck)[0]
        low, high = interval(right.mean(1), right, proportion=True)
        hits += low <= truth <= high
    assert 0.93 <= hits / count <= 0.97
