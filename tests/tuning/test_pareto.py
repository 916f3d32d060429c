"""Searches with a cost: the front, its dominated hypervolume, and what a search reports."""

import numpy as np
import pytest

import keras_dl
from keras_dl import Objective
from keras_dl.errors import Failure
from keras_dl.execution.journal import Trial
from keras_dl.space import hypers
from keras_dl.tracking import store as tracking
from keras_dl.tuning.oracle import OracleAdapter, decode
from keras_dl.tuning.pareto import cost_of, front, non_dominated
from keras_dl.tuning.plan import make_plan
from keras_dl.tuning.scalarization import scalarized
from tests.toys import toy
from tests.tuning.test_suggesters import mixed

BEST = Objective("score", "max")


def test_front_is_what_pairwise_comparison_finds():
    random = np.random.default_rng(0)
    scores, costs = random.integers(0, 6, 40).astype(float), random.integers(1, 6, 40).astype(float)
    expected = [
        not any(
            (s >= scores[i] and c <= costs[i]) and (s > scores[i] or c < costs[i])
            for s, c in zip(scores, costs, strict=True)
        )
        for i in range(40)
    ]
    assert non_dominated(scores, costs).tolist() == expected
    assert 0 < sum(expected) < 40


def test_front_of_trials_is_sorted_by_cost_without_failed_ones():
    trials = [
        Trial(0, {}, {}, 1, status="done", score=0.9, parameters=100, seconds=3.0),
        Trial(1, {}, {}, 1, status="failed", parameters=1),
        Trial(2, {}, {}, 1, status="done", score=0.5, parameters=10, seconds=4.0),
        Trial(3, {}, {}, 1, status="done", score=0.4, parameters=20, seconds=1.0),
    ]
    assert [t.number for t in front(trials, BEST, "parameters")] == [2, 0]
    assert [t.number for t in front(trials, BEST, "seconds")] == [3, 0]
    assert [t.number for t in front(trials, Objective("loss", "min"), "parameters")] == [2, 3]
    assert front(trials[1:2], BEST, "parameters") == []
    assert cost_of(trials[1], "parameters") is None
    assert cost_of(trials[0], None) is None


def test_scalarization_prefers_a_trial_that_dominates():
    scores, costs = np.array([0.9, 0.9, 0.5, 0.2]), np.array([10.0, 1000.0, 10.0, 2000.0])
    values = [scalarized(scores, costs, np.random.default_rng(seed)) for seed in range(50)]
    assert all(v[0] > v[1] > v[3] and v[0] > v[2] > v[3] for v in values)
    orders = {tuple(np.argsort(v)) for v in values}
    assert len(orders) == 2  # the weight decides between a better and a cheaper trial


def _score(values):
    """Grows with the sum of the units, which is the cost, and has its best rate at 0.01."""
    size = sum(values["units"])
    return float(np.log(size) - 2 * abs(np.log10(values["rate"]) + 2) - values["flag"]), float(size)


def _hypervolume(results):
    """Area that the front dominates, of score above -8 and log cost below 7."""
    scores, costs = (np.array(column) for column in zip(*results, strict=True))
    on = non_dominated(scores, costs)
    order = np.argsort(costs[on])
    heights = np.maximum(scores[on][order] + 8, 0)
    edges = np.append(np.log(costs[on][order]), 7.0)
    return float((heights * np.diff(edges)).sum())


def _searched(algorithm, seed, trials=40):
    searched = hypers(mixed)
    oracle = OracleAdapter(searched, algorithm, BEST, seed, trials, 9)
    results = []
    for number in range(trials):
        suggestion = oracle.ask()
        results.append(_score(decode(searched, suggestion.raw)))
        oracle.tell(number, *results[-1])
    return results


def test_bayesian_search_dominates_more_than_random_search():
    ours, random = (
        [_hypervolume(_searched(name, seed)) for seed in range(6)]
        for name in ("bayesian", "random")
    )
    assert np.mean(ours) > np.mean(random)
    assert sum(a > b for a, b in zip(ours, random, strict=True)) >= 5


@pytest.mark.slow
def test_search_reports_the_front(store, capsys):
    given = {"trials": 4, "epochs": 2, "workers": 0, "final_seeds": 0, "search": ("units",)}
    search = keras_dl.tune(toy, cost="parameters", **given)
    printed = capsys.readouterr()
    assert "Pareto front of val_accuracy (max) and parameters (min)" in printed.out + printed.err
    numbers = {t.number for t in search.front}
    table = search.to_dataframe()
    assert set(table["trial"][table["on_front"]]) == numbers
    assert min(search.trials, key=lambda t: t.parameters).number in numbers
    assert "pareto_front" in search.figures
    run = tracking.find_run(search.run_id)
    assert run.data.params["cost"] == "parameters"
    assert "Pareto front" in run.data.tags["mlflow.note.content"]
    assert "Pareto front" in search._repr_html_()
    assert not any(isinstance(t, Failure) for t in search.trials)


def test_a_search_without_cost_has_no_front(store):
    search = keras_dl.tune(toy, trials=1, epochs=1, workers=0, final_seeds=0, verbose=False)
    with pytest.raises(ValueError, match="`cost` must be given"):
        _ = search.front
    for algorithm in ("tpe", "hyperband", "asha"):
        with pytest.raises(ValueError, match="`cost` must be left out unless the algorithm is"):
            make_plan(toy, None, {"cost": "seconds", "algorithm": algorithm})
    with pytest.raises(ValueError, match="`cost` must be parameters or seconds"):
        make_plan(toy, None, {"cost": "flops"})
