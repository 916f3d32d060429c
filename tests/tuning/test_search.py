"""Searches from end to end, in this process and in workers."""

import math
from dataclasses import replace
from typing import Annotated

import numpy as np
import pytest

from keras_dl import Choice, Objective, Range, Recipe, Score
from keras_dl.errors import SearchFailed
from keras_dl.execution.run_job import DryRun
from keras_dl.tracking import store as tracking
from keras_dl.tuning.plan import make_plan
from keras_dl.tuning.report import announcement
from tests.toys import build, conditional, faulty, misjudged, toy

QUICK = {"epochs": 2, "final_seeds": 0, "workers": 0, "verbose": False, "algorithm": "random"}


def runs_of(search):
    where = f"tags.search = '{search.run_id}' and tags.trial != ''"
    parent = tracking.client().get_run(search.run_id)
    return parent, tracking.search(parent.info.experiment_id, where)


def test_search_finds_the_best_of_its_trials(store):
    search = toy.tune(trials=4, **QUICK)
    scores = [t.score for t in search.trials]
    assert len(scores) == 4
    assert search.score == max(scores)
    assert search.best == search.trials[scores.index(max(scores))].values


def test_parent_and_children_are_closed_and_typed(store):
    search = toy.tune(trials=3, seed=5, **QUICK)
    parent, children = runs_of(search)
    assert parent.info.status == "FINISHED"
    assert parent.data.tags["objective_direction"] == "max"
    assert len(children) == 3
    for child in children:
        assert child.info.status == "FINISHED"
        assert child.data.tags["mlflow.parentRunId"] == search.run_id
        assert child.data.tags["dataset_digest"] == parent.data.tags["dataset_digest"]
        trial = search.trials[int(child.data.tags["trial"])]
        assert float(child.data.params["learning_rate"]) == trial.values["learning_rate"]
        assert child.data.params["seed"] == "5"
        assert child.data.metrics["objective"] == trial.score


@pytest.mark.slow
def test_folds_take_the_place_of_seeds(store):
    search = toy.tune(trials=2, folds=3, **QUICK)
    _, children = runs_of(search)
    for trial in search.trials:
        own = [c for c in children if c.data.tags["trial"] == str(trial.number)]
        folds = {c.data.tags["fold"]: c for c in own if c.data.tags["kind"] == "fold"}
        (above,) = (c for c in own if c.data.tags["kind"] == "trial")
        assert sorted(folds) == ["0", "1", "2"]
        assert {c.data.tags["mlflow.parentRunId"] for c in folds.values()} == {above.info.run_id}
        scores = [c.data.metrics["objective"] for c in folds.values()]
        assert len(set(scores)) > 1
        assert trial.score == pytest.approx(np.mean(scores))
        assert above.data.params["folds"] == "3"
    with pytest.raises(ValueError, match="`seeds` must be left out with folds"):
        toy.tune(trials=2, folds=3, seeds=2, **QUICK)


@pytest.mark.slow
def test_search_with_folds_goes_on(store):
    whole = toy.tune(trials=2, folds=2, **QUICK)
    begun = toy.tune(trials=1, folds=2, **QUICK)
    grown = toy.tune(trials=2, folds=2, resume=True, **QUICK)
    assert grown.run_id == begun.run_id != whole.run_id
    assert [t.score for t in grown.trials] == [t.score for t in whole.trials]


def test_each_metric_stands_once_at_each_epoch(store):
    search = toy.tune(trials=2, **QUICK)
    _, children = runs_of(search)
    for child in children:
        for name in ("train/loss", "val/accuracy"):
            history = tracking.client().get_metric_history(child.info.run_id, name)
            assert [m.step for m in history] == [1, 2]


@pytest.mark.parametrize(
    "algorithm",
    [
        "random",
        "bayesian",
        *(pytest.param(n, marks=pytest.mark.slow) for n in ("grid", "hyperband")),
    ],
)
def test_same_seed_same_table_even_for_seed_0(store, algorithm):
    options = {**QUICK, "algorithm": algorithm, "trials": 5, "seed": 0}
    if algorithm == "grid":
        options |= {"search": ("units", "batch_size")}
    first, second = (toy.tune(**options) for _ in range(2))
    assert first.folder != second.folder
    tables = [s.to_dataframe().drop(columns="seconds").to_dict("list") for s in (first, second)]
    assert tables[0] == tables[1]


def test_other_seed_other_suggestions(store):
    first, second = (toy.tune(trials=2, seed=s, **QUICK) for s in (0, 1))
    assert first.trials[0].values != second.trials[0].values


def test_repeated_seeds_are_grandchildren_and_their_mean_counts(store):
    search = toy.tune(trials=2, seeds=2, **QUICK)
    _, found = runs_of(search)
    kinds = [r.data.tags["kind"] for r in found]
    assert (kinds.count("trial"), kinds.count("seed")) == (2, 4)
    assert {r.info.status for r in found} == {"FINISHED"}
    for trial in search.trials:
        seeds = [
            r.data.tags["mlflow.parentRunId"]
            for r in found
            if r.data.tags["trial"] == str(trial.number) and r.data.tags["kind"] == "seed"
        ]
        assert len(set(seeds)) == 1
    assert len(search.trials[0].curve) == 2


def test_fixed_hyperparameters_stay_and_are_not_searched(store):
    search = toy.tune(trials=3, dropout=0.25, units=5, **QUICK)
    assert {t.values["dropout"] for t in search.trials} == {0.25}
    assert {t.values["units"] for t in search.trials} == {5}
    assert set(search.searched) == {"batch_size", "learning_rate"}


def test_search_option_limits_what_is_searched(store):
    search = toy.tune(trials=3, search=("dropout",), **QUICK)
    assert {t.values["units"] for t in search.trials} == {8}
    assert len({t.values["dropout"] for t in search.trials}) == 3


def test_domains_of_the_call_are_searched_and_logged(store):
    domains = {"learning_rate": Range(1e-3, 1e-2), "dropout": [0.1, 0.2]}
    search = toy.tune(trials=4, units=5, **domains, **QUICK)
    assert set(search.searched) == {"dropout", "learning_rate"}
    assert search.searched["learning_rate"].domain == Range(1e-3, 1e-2, log=True)
    assert {t.values["dropout"] for t in search.trials} == {0.1, 0.2}
    assert all(1e-3 <= t.values["learning_rate"] <= 1e-2 for t in search.trials)
    assert {t.values["units"] for t in search.trials} == {5}
    parent, _ = runs_of(search)
    stated = {name: parent.data.params[name] for name in ("learning_rate", "dropout", "units")}
    assert stated == {"learning_rate": "0.001..0.01", "dropout": "0.1,0.2", "units": "5"}


def test_search_adds_to_the_domains_of_the_call(store):
    search = toy.tune(trials=1, dropout=Choice(0.1, 0.2), search=("units",), **QUICK)
    assert set(search.searched) == {"dropout", "units"}


@pytest.mark.slow
def test_conditional_values_are_sampled_not_defaulted(store):
    search = conditional.tune(trials=10, **{**QUICK, "epochs": 1, "seed": 3})
    momenta = [t.values["momentum"] for t in search.trials if t.values["kind"] == "sgd"]
    assert momenta
    assert 0.5 not in momenta
    assert all("momentum" not in t.values for t in search.trials if t.values["kind"] == "adam")
    assert {len(t.values["units"]) for t in search.trials} == {1, 2, 3}


@pytest.mark.slow
def test_median_rule_stops_bad_trials(store):
    search = toy.tune(trials=10, **{**QUICK, "epochs": 6, "seed": 1})
    stopped = [t for t in search.trials if t.status == "stopped"]
    assert stopped
    assert all(t.reason == "median" and len(t.curve) < 6 for t in stopped)
    assert search.score not in [t.score for t in stopped]


@pytest.mark.slow
def test_prune_false_stops_nothing(store):
    search = toy.tune(trials=8, prune=False, **{**QUICK, "epochs": 3, "seed": 1})
    assert {len(t.curve) for t in search.trials} == {3}


def test_hyperband_continues_its_best_trials(store):
    search = toy.tune(trials=8, **{**QUICK, "algorithm": "hyperband", "epochs": 4})
    later = [t for t in search.trials if t.warm_start is not None]
    assert later
    for trial in later:
        past = search.trials[trial.warm_start]
        assert trial.curve[: len(past.curve)] == past.curve
        assert len(trial.curve) == trial.epochs > past.epochs


def test_failures_are_typed_and_the_search_goes_on(store):
    search = faulty.tune(
        search=("fault",), **{**QUICK, "algorithm": "grid", "trials": 4, "epochs": 1}
    )
    reasons = {t.values["fault"]: t.reason for t in search.trials}
    assert reasons == {
        "none": "",
        "nan": "diverged",
        "exception": "crashed",
        "oom": "out_of_memory",
    }
    parent, children = runs_of(search)
    assert parent.info.status == "FINISHED"
    status = {r.data.params["fault"]: (r.info.status, r.data.tags.get("reason")) for r in children}
    assert status["nan"] == ("FAILED", "diverged")
    assert "a bad architecture" in {r.data.tags.get("message", "")[-18:] for r in children}


def test_oversized_models_fail_as_oversized(store):
    search = toy.tune(trials=6, max_parameters=60, search=("units",), **{**QUICK, "seed": 2})
    for trial in search.trials:
        too_big = trial.values["units"] * 5 + (trial.values["units"] + 1) * 3 > 60
        assert (trial.reason == "oversized") == too_big
    assert any(t.reason == "oversized" for t in search.trials)


def test_trial_that_takes_too_long_is_timed_out(store):
    with pytest.raises(SearchFailed, match="timed_out"):
        faulty.tune(trials=1, fault="slow", timeout=2.0, **QUICK)


def test_search_that_the_system_fails_is_no_failed_training(store):
    def refused(data, *, units: Annotated[int, Range(2, 16)] = 8):
        if units != 8:
            raise OSError(30, "Read-only file system", "/data")
        return build(data, units=units)

    recipe = Recipe(name="refused", data=toy.data, build=refused, epochs=1)
    with pytest.raises(SearchFailed, match="all 2 .*inaccessible.*Read-only.*: /data") as caught:
        recipe.tune(trials=2, **QUICK)
    assert caught.value.exit_code == 2


def test_all_trials_failed_is_an_error_and_closes_the_runs(store):
    with pytest.raises(SearchFailed, match="all 3 trials failed \\(diverged\\)"):
        faulty.tune(trials=3, search=("learning_rate",), fault="nan", **QUICK)
    found = tracking.search(["1"], "")
    assert len(found) == 4
    assert {r.info.status for r in found} == {"FAILED"}


def test_wrong_objective_is_found_before_the_first_trial(store):
    with pytest.raises(ValueError, match="val_accuracy.*Received: objective='val_acuracy'"):
        misjudged.tune(trials=3, **QUICK)
    assert not tracking.search(
        [e.experiment_id for e in tracking.client().search_experiments()], ""
    )


def test_mixed_precision_and_seed_hold_inside_trials(store):
    import keras

    from keras_dl.training import fit
    from keras_dl.training.job import Job

    job = Job(toy, {"units": 4}, 0, 1, store, precision="mixed_bfloat16")
    model = fit.build_model(job, fit.load_data(job))
    assert model.get_layer("tiny").get_layer("hidden").compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.slow
def test_winner_is_tested_against_the_defaults(store):
    search = toy.tune(trials=3, **{**QUICK, "final_seeds": 3})
    assert {r.label for r in search.final_comparison.rows} == {"tuned", "defaults"}
    # The search has trained with seed 0.
    assert all(set(r.scores) == {1, 2, 3} for r in search.final_comparison.rows)
    assert search.final_comparison.metric == "test/accuracy"


@pytest.mark.slow
def test_search_goes_by_one_metric_and_is_tested_by_another(store):
    loss = Objective("val_loss", "min")
    recipe = replace(toy, alternatives=(loss,), score=Score("test/accuracy", "max"))
    search = recipe.tune(objective="val_loss", trials=3, **{**QUICK, "final_seeds": 2})
    assert search.objective == loss
    assert search.score == min(trial.score for trial in search.trials)
    final = search.final_comparison
    assert (final.metric, final.direction) == ("test/accuracy", "max")


def test_exhausted_space_ends_the_search(store):
    search = toy.tune(
        trials=50, search=("batch_size",), **{**QUICK, "epochs": 1, "algorithm": "grid"}
    )
    assert len(search.trials) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"search": ("nonsense",)}, "'nonsense' is not a hyperparameter"),
        ({"search": ("dataset",)}, "hyperparameters with a domain"),
        ({"search": ("units",), "units": 4}, "must not name what is fixed"),
        ({"algorithm": "evolution"}, "must be bayesian, tpe, random, grid, hyperband or asha"),
        ({"trials": 0}, "`trials` must lie in"),
        ({"workers": -1}, "`workers` must lie in"),
        ({"algorithm": "grid"}, "needs a step for every range"),
        ({"unit": 4}, "Did you mean 'units'"),
        ({"units": 99}, "`units` must lie in 2 … 16"),
        ({"units": Range(1, 16)}, "`units` must lie in 2 … 16"),
        ({"units": [4]}, "`units` must list two different values"),
    ],
)
def test_wrong_arguments_are_refused_at_once(store, given, message):
    with pytest.raises(ValueError, match=message):
        toy.tune(**{**QUICK, **given})


def test_importance_ranks_what_matters():
    from keras_dl.execution.journal import Trial
    from keras_dl.tuning.results import permutation_importance

    space = toy.space()
    searched = {n: space[n] for n in ("units", "dropout", "learning_rate")}
    trials = []
    for i in range(60):
        values = {
            "units": 2 + i % 15,
            "dropout": (i * 7 % 11) / 22,
            "learning_rate": 10 ** -(1 + i % 3),
        }
        score = math.log10(values["learning_rate"]) + 0.02 * values["units"]
        trials.append(Trial(i, {}, values, 1, score=score))
    found = permutation_importance(trials, searched)
    assert found.names == ["learning_rate", "units", "dropout"]
    assert found.means[0] > 5 * found.means[1]
    assert found.r2 > 0.8


def test_importance_is_silent_on_noise():
    from keras_dl.execution.journal import Trial
    from keras_dl.tuning.results import permutation_importance

    space, random = toy.space(), np.random.default_rng(0)
    searched = {n: space[n] for n in ("units", "dropout", "learning_rate")}
    for _ in range(5):
        trials = [
            Trial(
                i, {}, {"units": int(random.integers(2, 17)), "dropout": random.random() / 2,
                        "learning_rate": 10 ** random.uniform(-3, -1)}, 1, score=random.random()
            )
            for i in range(30)
        ]  # fmt: skip
        assert permutation_importance(trials, searched) is None


def test_fixed_child_counts_only_where_its_parent_allows_it(store):
    options = {**QUICK, "epochs": 1, "trials": 8, "seed": 3, "search": ("kind",)}
    search = conditional.tune(momentum=0.3, **{**options, "algorithm": "grid"})
    momenta = {t.values["kind"]: t.values.get("momentum") for t in search.trials}
    assert momenta == {"adam": None, "sgd": 0.3}
    with pytest.raises(ValueError, match="only has an effect when kind is sgd"):
        conditional.tune(momentum=0.3, kind="adam", **QUICK)
    with pytest.raises(ValueError, match="only has an effect when kind is sgd"):
        conditional.tune(momentum=Range(0.2, 0.3), **QUICK)


@pytest.mark.slow
def test_asha_continues_its_best_trials(store):
    search = toy.tune(trials=5, **{**QUICK, "algorithm": "asha", "epochs": 3})
    later = [t for t in search.trials if t.warm_start is not None]
    assert later
    for trial in later:
        past = search.trials[trial.warm_start]
        assert trial.values == past.values
        assert trial.curve[: len(past.curve)] == past.curve
        assert len(trial.curve) == trial.epochs > past.epochs


def test_grid_states_its_size():
    dry_run = DryRun({"name": "iris"}, 10, 1.0, 0.0, 4)
    for trials, text in ((3, "The grid has 15 settings; the first 3 are tried"), (15, "settings")):
        plan = make_plan(toy, None, {"algorithm": "grid", "search": ("units",), "trials": trials})
        assert announcement(plan, dry_run, 1)[-1].endswith(text)
    plan = make_plan(toy, None, {"algorithm": "grid", "search": ("units",), "trials": 30})
    assert announcement(plan, dry_run, 1)[1].startswith("Up to 15 trials ×")


def test_forecast_includes_the_final_test():
    dry_run = DryRun({"name": "iris"}, 10, 1.0, 0.0, 4)
    given = {"algorithm": "random", "trials": 4, "epochs": 2}
    tested = announcement(make_plan(toy, None, {**given, "final_seeds": 3}), dry_run, 1)
    assert tested[1].endswith("about 20.0 s, the final test included")  # (4 + 2 · 3) · 2 epochs
    alone = announcement(make_plan(toy, None, {**given, "final_seeds": 0}), dry_run, 1)
    assert alone[1].endswith("about 8.0 s")
