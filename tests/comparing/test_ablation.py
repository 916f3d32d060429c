"""Ablations: runs under one parent, resumption, failures, figures, what is refused."""

import itertools

import numpy as np
import pytest

import keras_dl
from keras_dl.comparing import ablate
from keras_dl.errors import SearchFailed
from keras_dl.execution import parent_run
from keras_dl.tracking import store as tracking
from tests.toys import faulty, misjudged, toy

QUICK = {"epochs": 2, "seeds": 2, "workers": 0, "verbose": False}
VALUES = {"dropout": (0.0, 0.5), "learning_rate": (1e-4, 1e-1)}


def children(made):
    parent = tracking.client().get_run(made.run_id)
    where = f"tags.ablation = '{made.run_id}'"
    return parent, tracking.search(parent.info.experiment_id, where)


def test_effects_runs_and_figures(store):
    made = keras_dl.ablate(toy, values=VALUES, **{**QUICK, "seeds": 3})
    assert made.metric == "test/accuracy"
    assert made.levels == {"dropout": (0.0, 0.5), "learning_rate": (1e-4, 1e-1)}
    rate = next(e for e in made.effects.main if e.level == 1e-1)
    assert rate.gain > 0.1
    assert rate.p < 0.05
    assert "learning_rate=0.1 helps" in made.verdict
    assert set(made.figures) == {"main_effects", "curves", "interactions"}
    parent, runs = children(made)
    assert len(runs) == 2 * 2 * 3
    assert {r.info.status for r in [parent, *runs]} == {"FINISHED"}
    assert parent.data.tags["kind"] == "ablation"
    assert parent.data.params["values"] == "dropout=0,0.5 learning_rate=0.0001,0.1"
    assert all("test/accuracy" in r.data.metrics for r in runs)
    files = {f.path for f in tracking.client().list_artifacts(made.run_id, "figures")}
    assert files == {f"figures/{name}.png" for name in made.figures}
    assert len(made.to_dataframe()) == 12
    assert {f.get_suptitle() for f in made.figures.values()} == {"toy on iris"}
    assert all(0 <= e.low <= e.high <= 1 for e in made.effects.main)


@pytest.mark.slow
def test_a_stopped_ablation_goes_on(store, monkeypatch):
    options = {**QUICK, "seeds": 1, "values": VALUES}
    whole = ablate(toy, **options)
    real, calls = parent_run.log_outcome, itertools.count()

    def interrupting(tracked, outcome, **options):
        if next(calls) == 2:
            raise KeyboardInterrupt
        real(tracked, outcome, **options)

    monkeypatch.setattr(parent_run, "log_outcome", interrupting)
    with pytest.raises(KeyboardInterrupt):
        ablate(toy, **options)
    trained = []

    def counting(tracked, outcome, **options):
        trained.append(tracked)
        real(tracked, outcome, **options)

    monkeypatch.setattr(parent_run, "log_outcome", counting)
    made = ablate(toy, resume=True, **options)
    assert [(r["score"]) for r in made.rows] == [r["score"] for r in whole.rows]
    assert len(trained) == 4 - 2  # those finished before are not trained again
    parent, runs = children(made)
    assert len(runs) == 4
    assert {r.info.status for r in [parent, *runs]} == {"FINISHED"}
    assert all(len(history(r, "train/loss")) == 2 for r in runs)


def history(run, metric):
    return tracking.client().get_metric_history(run.info.run_id, metric)


def test_two_seeds_give_no_verdict(store):
    made = ablate(toy, values={"learning_rate": (1e-4, 1e-1)}, **QUICK)
    assert made.verdict == "No verdict on test/accuracy from 2 seeds; it needs 3 or more"


def test_failed_trainings_are_counted_not_hidden(store):
    values = {"fault": ("none", "nan"), "learning_rate": (1e-3, 1e-2)}
    with pytest.raises(SearchFailed, match="2 trainings failed"):
        ablate(faulty, values=values, **{**QUICK, "seeds": 1})
    parent = tracking.search(tracking.experiment("iris-classification"), "tags.kind = 'ablation'")
    assert parent[0].info.status == "FAILED"


@pytest.mark.slow
def test_a_fraction_gives_main_effects_alone(store):
    values = {**VALUES, "units": (4, 8)}
    made = ablate(toy, values=values, max_settings=5, **{**QUICK, "seeds": 3})
    assert "5 of 8 settings: a gain may contain interactions" in made.verdict
    assert made.effects.interactions == []
    assert made.interaction_table() == "Too few settings for interactions"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "`over` must name at least one hyperparameter"),
        ({"over": ("droput",)}, "Did you mean 'dropout'?"),
        ({"over": ("dropout",), "dropout": 0.1}, "`over` must not name what is fixed"),
        ({"over": ("dropout",), "sedes": 3}, "Did you mean 'seeds'?"),
        ({"over": ("dropout",), "max_settings": 1}, "`max_settings` must"),
        ({"over": ("dropout",), "seeds": 1}, "`seeds` must be larger"),
    ],
)
def test_wrong_arguments_leave_no_trace(store, options, said):
    with pytest.raises(ValueError, match=said.replace("?", r"\?")):
        ablate(toy, **options)
    assert not (store / "mlruns" / "ablations").exists()


def test_an_objective_that_is_not_reported_is_said_before_anything_runs(store):
    with pytest.raises(ValueError, match="val_acuracy"):
        ablate(misjudged, values={"units": (2, 4)}, **QUICK)


def test_resume_with_other_data_or_options_is_refused(store):
    options = {**QUICK, "epochs": 1, "values": {"units": (2, 4)}}
    labels = np.arange(60) % 3
    x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    np.savez("d.npz", x=x, y=labels)
    ablate(toy, data="d.npz", **options)
    with pytest.raises(ValueError, match=r"differs in epochs \(1 → 2\)"):
        ablate(toy, data="d.npz", resume=True, **{**options, "epochs": 2})
    np.savez("d.npz", x=x, y=labels[::-1])
    with pytest.raises(ValueError, match=r"differs in data \("):
        ablate(toy, data="d.npz", resume=True, **options)
