"""Comparisons: paired tests, intervals, no winner without evidence, runs under one parent."""

import dataclasses
import itertools
import json
import math
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from keras_dl import Score
from keras_dl.comparing import compare
from keras_dl.errors import SearchFailed
from keras_dl.execution import parent_run
from keras_dl.tracking import store as tracking
from tests.toys import conditional, misjudged, other, toy

QUICK = {"epochs": 2, "seeds": 3, "workers": 0, "verbose": False}


@pytest.mark.slow
def test_same_recipe_under_two_names_has_no_winner(store):
    made = compare([toy, other], **QUICK)
    assert made.winner is None
    assert "No winner" in made.verdict
    assert made.rows[0].scores == made.rows[1].scores
    assert made.to_dataframe()["p_value"].tolist()[1] == 1.0


@pytest.mark.slow
def test_runs_stand_under_one_parent_with_models_and_figures(store):
    import keras_dl

    made = keras_dl.compare(toy, other, **{**QUICK, "seeds": 2})
    parent = tracking.find_run(made.run_id)
    children = [
        r
        for r in tracking.search(parent.info.experiment_id, "")
        if r.data.tags.get("mlflow.parentRunId") == made.run_id
    ]
    assert sorted(r.info.run_name for r in children) == ["other-s0", "other-s1", "toy-s0", "toy-s1"]
    assert {r.info.status for r in [parent, *children]} == {"FINISHED"}
    names = {f.path for f in tracking.client().list_artifacts(made.run_id)}
    assert {"figures", "comparison.csv"} <= names
    assert keras_dl.load_model(children[0].info.run_id).name == "tiny"
    assert not list((store / "mlruns" / "comparisons").iterdir())


SCRIPT = """
import json
import keras_dl
from tests.toys import other, toy
made = keras_dl.compare(toy, other, seeds=2, epochs=30, workers=1, resume=True)
print(json.dumps([made.run_id, {r.label: r.scores for r in made.rows}]))
"""


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_killed_comparison_resumes_without_repeating_a_training(store):
    process, deadline = start(store), time.monotonic() + 240
    pattern = "mlruns/comparisons/*/*/s*/result.json"
    while len(finished := list(store.glob(pattern))) < 2 and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert len(finished) >= 2
    out, err = start(store).communicate(timeout=300)
    assert "Resuming after" in err
    run_id, scores = json.loads(out.splitlines()[-1])
    assert set(scores) == {"toy", "other"}
    assert all(len(by_seed) == 2 for by_seed in scores.values())
    assert scores["toy"] == scores["other"]
    experiment = tracking.find_run(run_id).info.experiment_id
    found = tracking.search(experiment, "")
    assert len(found) == 5
    assert {r.info.status for r in found} == {"FINISHED"}
    for run in found:
        if run.info.run_id != run_id:
            steps = [m.step for m in history(run)]
            assert steps == list(range(1, 31))


def history(run):
    return tracking.client().get_metric_history(run.info.run_id, "val/accuracy")


def test_interrupted_comparison_resumes(store, monkeypatch):
    options = {**QUICK, "seeds": 2}
    whole = compare([toy, other], **options)
    real, calls = parent_run.log_leftovers, itertools.count()

    def interrupt(tracked, folder):
        if next(calls) == 2:
            raise KeyboardInterrupt
        real(tracked, folder)

    monkeypatch.setattr(parent_run, "log_leftovers", interrupt)
    with pytest.raises(KeyboardInterrupt):
        compare([toy, other], **options)
    trained = []
    monkeypatch.setattr(parent_run, "log_leftovers", lambda *a: (trained.append(a), real(*a)))
    made = compare([toy, other], resume=True, **options)
    assert len(trained) == 4 - 2
    assert {r.label: r.scores for r in made.rows} == {r.label: r.scores for r in whole.rows}
    found = tracking.search(tracking.find_run(made.run_id).info.experiment_id, "")
    assert {r.info.status for r in found} == {"FINISHED"}
    assert len(found) == 2 * (1 + 4)


def test_resume_of_other_work_is_refused_by_name(store, monkeypatch):
    def interrupt(tracked, folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(parent_run, "log_leftovers", interrupt)
        with pytest.raises(KeyboardInterrupt):
            compare([toy, other], **{**QUICK, "epochs": 1})
    with pytest.raises(ValueError, match=r"differs in other.epochs \(1 → 2\), toy.epochs"):
        compare([toy, other], resume=True, **{**QUICK, "epochs": 2})
    folder = next((store / "mlruns" / "comparisons").iterdir())
    notes = json.loads((folder / "notes.json").read_text())
    (folder / "notes.json").write_text(json.dumps(notes | {"digest": "a" * 64}))
    with pytest.raises(ValueError, match=r"differs in data \(aaaaaaaa → "):
        compare([toy, other], resume=True, **{**QUICK, "epochs": 1})


def test_score_that_is_not_finite_is_a_failed_training(store):
    def report(model, data):
        return {"figure of merit": math.nan}

    recipes = [
        dataclasses.replace(r, report=report, score=Score("figure of merit", "max"))
        for r in (toy, other)
    ]
    with pytest.raises(SearchFailed, match="failed with every seed: figure of merit is nan"):
        compare(recipes, **{**QUICK, "epochs": 1, "seeds": 2})


def test_score_that_the_test_does_not_measure_is_refused(store):
    """Validation's accuracy is no substitute under the name of the test's."""

    def recipes(score):
        return [dataclasses.replace(r, score=Score(score, "max")) for r in (toy, other)]

    with pytest.raises(
        ValueError, match="one of test/accuracy, .*test/loss.* Received: score='test/"
    ):
        compare(recipes("test/acuracy"), **QUICK)
    with pytest.raises(ValueError, match="of the finished training.*score='figure of merit'"):
        compare(recipes("figure of merit"), **{**QUICK, "epochs": 1, "seeds": 2})
    parent, *_ = tracking.search(
        tracking.experiment("iris-classification"), "tags.kind = 'comparison'"
    )
    assert parent.info.status == "FAILED"
    assert "mean/toy" not in parent.data.metrics


def test_executor_takes_the_place_of_workers(store):
    with ThreadPoolExecutor(1) as pool:
        made = compare([toy, other], executor=pool, **{**QUICK, "workers": None, "seeds": 2})
        assert pool.submit(int).result() == 0  # it stays open
    assert made.rows[0].scores == made.rows[1].scores


@pytest.mark.slow
def test_clearly_better_recipe_wins(store):
    from keras_dl import Recipe
    from tests.toys import data, tiny

    def hopeless(data):
        return tiny(data, units=2, rate=1e-7)

    weak = Recipe(name="weak", data=data, build=hopeless, epochs=4)
    made = compare([weak, toy], **{**QUICK, "epochs": 8, "seeds": 5})
    assert made.rows[0].label == "toy"
    assert made.winner == "toy"
    assert made.p_values["weak"] < 0.05


@pytest.mark.slow
def test_recipes_of_different_scores_are_compared_by_a_stated_objective(store):
    made = compare([toy, misjudged], objective="val_loss", **QUICK)
    assert (made.metric, made.direction) == ("test/loss", "min")
    best = made.rows[0]
    assert best.mean == min(row.mean for row in made.rows)
    parent = tracking.find_run(made.run_id)
    children = tracking.search(parent.info.experiment_id, "tags.kind = 'final'")
    for run in children:
        metrics = run.data.metrics
        assert metrics["objective"] == pytest.approx(metrics["val/loss"], abs=1e-6) or (
            metrics["objective"] < metrics["val/loss"]  # of an earlier epoch
        )


@pytest.mark.parametrize(
    ("recipes", "given", "message"),
    [
        ([toy], {}, "two or more different ones"),
        ([toy, toy], {}, "two or more different ones"),
        ([toy, misjudged], {}, "must share task and objective"),
        ([toy, conditional], {"dropuot": 0.1}, "Did you mean 'dropout'"),
        ([toy, other], {"objective": "quality"}, "or another logged metric with its direction"),
        ([toy, other], {"seeds": 1}, "`seeds` must lie in"),
        ([toy, other], {"trials": 3}, "'trials' is not a hyperparameter or option"),
    ],
)
def test_wrong_arguments_are_refused(store, recipes, given, message):
    with pytest.raises(ValueError, match=message):
        compare(recipes, **given)


def test_hyperparameter_goes_to_those_that_have_it(store):
    made = compare([toy, conditional], dropout=0.3, **{**QUICK, "epochs": 1, "seeds": 2})
    parent = tracking.find_run(made.run_id)
    params = {
        r.data.tags["recipe"]: r.data.params
        for r in tracking.search(parent.info.experiment_id, "tags.kind = 'final'")
    }
    assert params["toy"]["dropout"] == "0.3"
    assert "dropout" not in params["conditional"]


@pytest.mark.slow
def test_recipes_on_different_data_are_refused(store):
    from keras_dl import Recipe
    from keras_dl.data import load
    from tests.toys import build

    def wine(*, dataset: str = "wine"):
        return load(dataset)

    elsewhere = Recipe(name="elsewhere", data=wine, build=build)
    with pytest.raises(ValueError, match="toy on iris, elsewhere on wine"):
        compare([toy, elsewhere], **QUICK)
    assert compare([toy, elsewhere], dataset="iris", **{**QUICK, "epochs": 1}).rows
