"""Cross-validation: folds below a run, comparisons over folds, resume after a kill."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_dl.comparing import compare
from keras_dl.comparing.statistics import fold_error, interval, paired_p_value
from keras_dl.data.folds import Fold, fold_data
from keras_dl.errors import Crashed
from keras_dl.execution import run_job
from keras_dl.tracking import records
from keras_dl.tracking import store as tracking
from keras_dl.training import fit
from keras_dl.training.job import Job
from tests.toys import other, toy

QUIET = {"verbose": False}


def children_of(run_id):
    parent = tracking.find_run(run_id)
    found = tracking.search(parent.info.experiment_id, "tags.kind = 'fold'")
    below = [r for r in found if r.data.tags["mlflow.parentRunId"] == run_id]
    return sorted(below, key=lambda run: run.info.run_name)


@pytest.mark.slow
def test_run_has_its_folds_below_it_and_the_result_of_a_run_without(store):
    result = toy.run(folds=3, epochs=3, **QUIET)
    plain = toy.run(epochs=3, **QUIET)
    assert result.metrics["test/accuracy"] == plain.metrics["test/accuracy"]
    assert result.history == plain.history
    run, children = tracking.find_run(result.run_id), children_of(result.run_id)
    assert [c.info.run_name for c in children] == ["toy-fold1", "toy-fold2", "toy-fold3"]
    assert {c.info.status for c in [run, *children]} == {"FINISHED"}
    scores = [c.data.metrics["fold/accuracy"] for c in children]
    assert not any(n.startswith("test/") for n in children[0].data.metrics)
    assert list(result.fold_scores.values()) == scores
    assert run.data.metrics["cv/accuracy"] == pytest.approx(np.mean(scores))
    assert result.metrics["cv/accuracy_std"] == pytest.approx(np.std(scores, ddof=1))
    history = tracking.client().get_metric_history(result.run_id, "fold/accuracy")
    assert [(m.step, m.value) for m in history] == list(enumerate(scores, 1))
    assert run.data.params["folds"] == "3"
    assert "over 3 folds" in run.data.tags["verdict"]
    assert not list((store / "mlruns" / "checkpoints").iterdir())
    with pytest.raises(ValueError, match="must name the run above a fold"):
        records.read(children[0].info.run_id)


def test_the_score_of_a_fold_is_that_of_its_examples(tmp_path):
    values = {name: hyper.default for name, hyper in toy.space().items()}
    job = Job(toy, values, 5, 3, tmp_path, fold=Fold(1, 3), test=True, keep=False)
    outcome = run_job.run_job(job)
    part = fold_data(fit.load_data(dataclasses.replace(job, fold=None)), job.fold, job.seed)
    assert outcome.tested == part.test.num_examples == 40
    assert outcome.metrics["test/accuracy"] == pytest.approx(outcome.example_results().mean())
    again = fit.load_data(job)
    for ours, theirs in zip(again.splits.values(), part.splits.values(), strict=True):
        np.testing.assert_array_equal(ours.x, theirs.x)


def test_wrong_folds_are_refused_before_any_run(store):
    for folds, rule in ((1, "lie in 2"), (41, "be at most the examples of the smallest")):
        with pytest.raises(ValueError, match=f"`folds` must {rule}"):
            toy.run(folds=folds, **QUIET)
    with pytest.raises(ValueError, match="`callbacks` must be left out with folds"):
        toy.run(folds=3, callbacks=[keras.callbacks.TerminateOnNaN()], **QUIET)
    with pytest.raises(ValueError, match="`seeds` must be left out with folds"):
        compare([toy, other], folds=3, seeds=3, workers=0, **QUIET)
    with pytest.raises(ValueError, match="`folds` must be at most the examples of the smallest"):
        compare([toy, other], folds=41, workers=0, **QUIET)
    runs = [e.experiment_id for e in tracking.client().search_experiments()]
    assert tracking.search(runs, "") == []


@pytest.mark.slow
def test_comparison_over_folds_pairs_them(store):
    made = compare([toy, other], folds=3, epochs=2, workers=0, **QUIET)
    assert (made.metric, made.unit) == ("fold/accuracy", "fold")
    assert made.rows[0].scores == made.rows[1].scores  # the same folds for both
    assert list(made.rows[0].scores) == [0, 1, 2]
    assert made.winner is None
    assert "the folds do not tell" in made.verdict
    children = children_of(made.run_id)
    assert len(children) == 6
    assert tracking.find_run(made.run_id).data.params["folds"] == "3"
    config = tracking.client().download_artifacts(made.run_id, "config.toml")
    assert "folds = 3" in Path(config).read_text()
    assert "seeds" not in Path(config).read_text()


def test_errors_over_folds_allow_for_shared_examples():
    scores = np.array([0.9, 0.8, 0.85, 0.95, 0.9])
    error = fold_error(scores)
    assert error == pytest.approx(np.std(scores, ddof=1) * np.sqrt(1 / 5 + 1 / 4))
    low, high = interval(scores, folds=True)
    assert (high - low) / 2 == pytest.approx(2.776445 * error)  # t of 4 degrees of freedom
    gaps = scores - 0.83
    assert paired_p_value(gaps, folds=True) > paired_p_value(gaps)


@pytest.mark.slow
def test_a_run_that_crashed_repeats_no_finished_fold(store, monkeypatch):
    train, trained = run_job._train, []

    def crashes(job):
        trained.append(job.fold.number)
        if len(trained) == 3:
            raise KeyboardInterrupt
        return train(job)

    monkeypatch.setattr(run_job, "_train", crashes)
    with pytest.raises((KeyboardInterrupt, Crashed)):
        toy.run(folds=4, epochs=3, **QUIET)
    experiment = tracking.experiment("iris-classification")
    run = tracking.search(experiment, "tags.kind = 'run'")[0]
    assert run.info.status == "KILLED"
    assert "RUNNING" not in {c.info.status for c in children_of(run.info.run_id)}
    result = toy.run(resume=run.info.run_id, **QUIET)
    assert trained == [0, 1, 2, 2, 3]
    assert len(result.fold_scores) == len(children_of(run.info.run_id)) == 4


SCRIPT = """
import sys
from tests.toys import toy
toy.run(resume=sys.argv[1]) if sys.argv[1:] else toy.run(folds=4, epochs=60)
"""


@pytest.mark.slow
def test_killed_cross_validation_goes_on(store):
    code = [sys.executable, "-c", SCRIPT]
    root = Path(__file__).resolve().parents[2]
    environment = {"cwd": store, "env": os.environ | {"PYTHONPATH": str(root)}}
    process = subprocess.Popen(code, **environment)
    deadline, done = time.monotonic() + 240, []
    while len(done) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
        done = list((store / "mlruns" / "checkpoints").glob("[!.]*/folds/*/result.json"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    run_id = done[0].parents[2].name
    subprocess.run([*code, run_id], check=True, **environment)
    run, children = tracking.find_run(run_id), children_of(run_id)
    assert {c.info.status for c in [run, *children]} == {"FINISHED"}
    assert [c.data.tags["fold"] for c in children] == ["0", "1", "2", "3"]
    assert len(tracking.client().get_metric_history(run_id, "fold/accuracy")) == 4
    for child in children:
        history = tracking.client().get_metric_history(child.info.run_id, "val/loss")
        assert [m.step for m in history] == list(range(1, 61))
