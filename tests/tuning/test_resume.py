"""Searches that are killed: nothing finished is lost, repeated or left open."""

import dataclasses
import errno
import itertools
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from keras_dl import Objective, Range
from keras_dl.errors import DiskFull, SearchFailed, WorkerDied
from keras_dl.execution import parent_run, run_job, scheduler
from keras_dl.execution.journal import Journal
from keras_dl.tracking import store as tracking
from keras_dl.training import checkpoint
from tests.rotation import in_turn
from tests.toys import tiny, toy

HERE = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys, json
from tests.toys import toy
s = toy.tune(trials=6, algorithm={algorithm!r}, workers={workers}, epochs=3, seed=4, final_seeds=0,
             prune=True, resume=True)
print(json.dumps([[t.score, t.status, t.curve, t.values] for t in s.trials]))
"""


def start(folder, algorithm, workers):
    code = SCRIPT.format(algorithm=algorithm, workers=workers)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HERE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def events(folder):
    found = list(folder.glob("mlruns/searches/*/events.jsonl"))
    return found[0].read_text().count("\n") if found else 0


def kill_after(process, folder, count):
    """Kills without warning as soon as `count` lines are on disk."""
    deadline = time.monotonic() + 240
    while events(folder) < count and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize(("algorithm", "workers"), in_turn([("bayesian", 1), ("random", 2)], 2))
def test_killed_search_resumes_to_the_same_table(store, tmp_path_factory, algorithm, workers):
    whole = tmp_path_factory.mktemp("whole")
    (whole / "mlruns").mkdir()
    (whole / "mlruns" / "mlflow.db").write_bytes((store / "mlruns" / "mlflow.db").read_bytes())
    expected = finished(start(whole, algorithm, 1))
    for count in (3, 8):  # in the middle of trials, or between them
        kill_after(start(store, algorithm, workers), store, count)
    got = finished(start(store, algorithm, workers))
    if workers == 1:
        assert got == expected
    else:  # who ends first may change which peers the median rule sees; the suggestions stay
        assert [g[3] for g in got] == [e[3] for e in expected]
    found = tracking.search([e.experiment_id for e in tracking.client().search_experiments()], "")
    assert len(found) == 7
    assert {r.info.status for r in found} == {"FINISHED"}
    for run in found:
        if run.data.tags["kind"] == "trial":
            history = tracking.client().get_metric_history(run.info.run_id, "val/accuracy")
            steps = [m.step for m in history]
            assert steps == sorted(set(steps))
    assert [p.name for p in (store / "mlruns" / "searches").iterdir()] == [
        next((whole / "mlruns" / "searches").iterdir()).name
    ]


def test_more_trials_extend_a_search(store):
    options = {"algorithm": "random", "epochs": 1, "workers": 0, "final_seeds": 0, "verbose": False}
    first = toy.tune(trials=2, **options)
    second = toy.tune(trials=4, resume=True, **options)
    fresh = toy.tune(trials=4, **options)
    assert second.run_id == first.run_id != fresh.run_id
    assert [t.score for t in second.trials] == [t.score for t in fresh.trials]
    assert [t.values for t in second.trials][:2] == [t.values for t in first.trials]


HYPERBAND = {"algorithm": "hyperband", "epochs": 4, "workers": 0, "final_seeds": 0}


@pytest.mark.slow
def test_extended_hyperband_continues_the_checkpoints_of_its_first_trials(store, monkeypatch):
    first = toy.tune(trials=5, verbose=False, **HYPERBAND)  # the first round of the first bracket
    kept = {path.parts[-3] for path in first.folder.rglob("checkpoint.npz")}
    assert kept == {f"{n:04d}" for n in range(5)}
    trained, real = [], run_job.run_job

    def count(job):
        loaded = checkpoint.exists(job.warm_start) if job.warm_start else None
        trained.append(loaded)
        return real(job)

    monkeypatch.setattr(scheduler, "run_job", count)
    more = toy.tune(trials=7, resume=True, verbose=False, **HYPERBAND)
    assert trained == [True, True]
    assert not list(first.folder.rglob("checkpoint.npz"))  # no later round may continue one
    fresh = toy.tune(trials=7, verbose=False, **HYPERBAND)
    assert [t.score for t in more.trials] == [t.score for t in fresh.trials]


@pytest.mark.slow
def test_trial_that_cannot_continue_an_earlier_one_is_announced(store, capsys):
    first = toy.tune(trials=5, verbose=False, **HYPERBAND)
    checkpoint.remove(first.folder)
    more = toy.tune(trials=7, resume=True, **HYPERBAND)
    past = more.trials[5].warm_start
    assert f"The checkpoint of trial #{past} is gone" in capsys.readouterr().err
    assert len(more.trials[5].curve) == 4


@pytest.mark.slow
def test_extended_search_shows_its_present_options(store):
    toy.tune(trials=1, **QUICK)
    more = toy.tune(trials=3, resume=True, **QUICK | {"final_seeds": 2})
    run = tracking.find_run(more.run_id)
    assert (run.data.params["trials"], run.data.params["final_seeds"]) == ("1", "0")
    assert run.data.tags["present_trials"] == "3"
    assert run.data.tags["present_final_seeds"] == "2"
    assert run.data.metrics["trials"] == 3
    verdict, count, *_ = run.data.tags["mlflow.note.content"].split("\n\n")
    assert verdict == f"**{more.final_comparison.verdict}**"
    assert count.startswith("3 trials, winner tested with 2 seeds · ")
    back = toy.tune(trials=3, resume=True, **QUICK)
    assert tracking.find_run(back.run_id).data.tags["present_final_seeds"] == "0"


def test_run_killed_on_the_brink_of_its_end_is_ended_after_all(store):
    options = {"algorithm": "random", "epochs": 1, "workers": 0, "final_seeds": 0, "verbose": False}
    first = toy.tune(trials=2, **options)
    where = f"tags.search = '{first.run_id}'"
    run = tracking.search(tracking.find_run(first.run_id).info.experiment_id, where)[0]
    tracking.client().set_tag(run.info.run_id, "reason", "process_died")  # as the next process does
    tracking.client().set_terminated(run.info.run_id, "FAILED")
    toy.tune(trials=2, resume=True, **options)
    mended = tracking.find_run(run.info.run_id)
    assert mended.info.status == "FINISHED"
    assert "reason" not in mended.data.tags
    history = tracking.client().get_metric_history(run.info.run_id, "val/accuracy")
    assert [m.step for m in history] == [1]


def test_line_cut_by_a_kill_is_dropped(tmp_path):
    (tmp_path / "events.jsonl").write_text(
        '{"event": "start", "number": 0, "raw": {}, "values": {"units": [4, 2]}, "epochs": 3}\n'
        '{"event": "end", "number": 0, "raw": {}, "val'
    )
    record = Journal(tmp_path)
    assert [t.number for t in record.running()] == [0]
    assert record.trials[0].values == {"units": (4, 2)}
    assert (tmp_path / "events.jsonl").read_text().count("\n") == 1


def test_search_in_other_hands_is_refused(store):
    from keras_dl.execution.journal import open_journal

    with (
        open_journal(store, "x", {"a": 1}, resume=False),
        pytest.raises(ValueError, match="no other process works on"),
        open_journal(store, "x", {"a": 1}, resume=True),
    ):
        pass


def test_same_search_twice_at_once_gets_two_folders(store):
    from keras_dl.execution.journal import open_journal

    with (
        open_journal(store, "x", {"a": 1}, resume=False) as first,
        open_journal(store, "x", {"a": 1}, resume=False) as second,
    ):
        assert first.folder != second.folder


def test_interrupt_closes_all_runs_and_resume_goes_on(store):
    options = {"algorithm": "random", "epochs": 2, "final_seeds": 0, "verbose": False, "trials": 4}

    from unittest import mock

    from keras_dl.tuning.progress import TrialReporter

    with (
        mock.patch.object(TrialReporter, "report_trial", side_effect=[None, KeyboardInterrupt]),
        pytest.raises(KeyboardInterrupt),
    ):
        toy.tune(workers=0, **options)
    found = tracking.search(["1"], "")
    assert {r.info.status for r in found} == {"KILLED", "FINISHED"}
    again = toy.tune(workers=0, resume=True, **options)
    assert len(again.trials) == 4
    found = tracking.search(["1"], "")
    assert len(found) == 5
    assert {r.info.status for r in found} == {"FINISHED"}


@pytest.mark.slow
def test_interrupted_final_comparison_resumes(store, monkeypatch):
    options = {"algorithm": "random", "epochs": 1, "trials": 2, "final_seeds": 2, "workers": 0}
    options["verbose"] = False
    real, calls = parent_run.log_leftovers, itertools.count()

    def interrupt(tracked, folder):
        if next(calls) == 3:
            raise KeyboardInterrupt
        real(tracked, folder)

    monkeypatch.setattr(parent_run, "log_leftovers", interrupt)
    with pytest.raises(KeyboardInterrupt):
        toy.tune(**options)
    trained = []
    monkeypatch.setattr(parent_run, "log_leftovers", lambda *a: (trained.append(a), real(*a)))
    search = toy.tune(resume=True, **options)
    assert len(trained) == 1
    assert all(len(row.scores) == 2 for row in search.final_comparison.rows)
    found = tracking.search(["1"], "")
    assert {r.info.status for r in found} == {"FINISHED"}
    assert len(found) == (1 + 2) + (1 + 4)


QUICK = {"algorithm": "random", "epochs": 1, "workers": 0, "verbose": False, "final_seeds": 0}


def write_table(labels):
    random = np.random.default_rng(0)
    features = random.normal(size=(120, 2)) + 3 * (np.arange(120) % 3)[:, None]
    np.savetxt("d.csv", np.c_[features, labels], "%.3f,%.3f,%d", header="a,b,class", comments="")


@pytest.mark.slow
def test_other_contents_of_the_same_file_are_refused(store):
    labels = np.arange(120) % 3
    write_table(labels)
    first = toy.tune(trials=2, dataset="d.csv", **QUICK)
    write_table(labels[::-1])
    with pytest.raises(ValueError, match=rf"{first.folder.name} differs in data \(.{{8}} →"):
        toy.tune(trials=4, dataset="d.csv", resume=True, **QUICK)
    write_table(labels)
    assert toy.tune(trials=3, dataset="d.csv", resume=True, **QUICK).folder == first.folder


def test_changed_code_and_options_are_refused_by_name(store):
    first = toy.tune(trials=1, **QUICK)
    name = first.folder.name

    def build(data, *, units: Annotated[int, Range(2, 16)] = 8):
        return tiny(data, units, 0.1)

    changed = dataclasses.replace(toy, build=build)
    with pytest.raises(ValueError, match=r"differs in .*code of the recipe"):
        changed.tune(trials=2, resume=True, **QUICK)
    with pytest.raises(ValueError, match=rf"{name} differs in seed \(0 → 1\)\. Leave out"):
        toy.tune(trials=2, resume=True, seed=1, **QUICK)
    with pytest.raises(ValueError, match=r"differs in units \(8 → 5\), searched.units"):
        toy.tune(trials=2, resume=True, units=5, **QUICK)
    assert toy.tune(trials=2, resume=True, **QUICK).folder == first.folder


def test_domains_of_the_call_identify_the_search(store):
    first = toy.tune(trials=1, units=Range(4, 8), **QUICK)
    again = toy.tune(trials=2, units=Range(4, 8), resume=True, **QUICK)
    assert again.folder == first.folder
    with pytest.raises(ValueError, match=r"differs in searched.units \(int 4 … 8 None → int 4 … 9"):
        toy.tune(trials=2, units=Range(4, 9), resume=True, **QUICK)


def test_resume_without_an_earlier_search_says_so(store, capsys):
    toy.tune(trials=1, resume=True, **{**QUICK, "verbose": True})
    assert "Nothing to resume: a new search starts" in capsys.readouterr().err


@pytest.mark.slow
def test_extension_with_another_winner_trains_and_reports_that_one(store):
    options = {**QUICK, "final_seeds": 2, "seed": 0}
    first = toy.tune(trials=2, **options)
    more = toy.tune(trials=6, resume=True, **options)
    assert more.best != first.best  # else the test shows nothing
    assert more.folder == first.folder
    fresh = toy.tune(trials=6, **options)
    assert more.best == fresh.best
    scores = [{r.label: r.scores for r in s.final_comparison.rows} for s in (more, fresh)]
    assert scores[0] == scores[1]
    again = toy.tune(trials=6, resume=True, **options)
    assert again.final_comparison.run_id == fresh.final_comparison.run_id
    assert len(list((first.folder / "final").iterdir())) == 2


def failing(error, times):
    """The training function, which fails so many times before it works."""
    real, calls = run_job.run_job, itertools.count()

    def run(job):
        if next(calls) in times:
            raise error
        return real(job)

    return run


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (WorkerDied("killed by signal 9"), "worker_died"),
        pytest.param(ConnectionError("gone"), "inaccessible", marks=pytest.mark.slow),
    ],
)
def test_failures_of_the_surroundings_are_tried_again_on_resume(store, monkeypatch, error, reason):
    whole = toy.tune(trials=3, **QUICK)
    monkeypatch.setattr(scheduler, "run_job", failing(error, {1, 2}))
    first = toy.tune(trials=3, **QUICK)
    failed = [t.number for t in first.trials if t.reason == reason]
    assert failed == ([1] if reason == "worker_died" else [1, 2])
    again = toy.tune(trials=3, resume=True, **QUICK)
    assert [t.score for t in again.trials] == [t.score for t in whole.trials]
    assert [t.values for t in again.trials] == [t.values for t in whole.trials]
    found = tracking.search(["1"], f"tags.search = '{first.run_id}'")
    assert {r.info.status for r in found} == {"FINISHED"}
    assert not any(r.data.tags.get("message") for r in found)
    third = toy.tune(trials=4, resume=True, **QUICK)
    assert [t.score for t in third.trials][:3] == [t.score for t in whole.trials]


@pytest.mark.slow
def test_trial_whose_worker_dies_once_is_trained_in_its_turn(store, monkeypatch):
    whole = toy.tune(trials=3, **QUICK)
    monkeypatch.setattr(scheduler, "run_job", failing(WorkerDied("killed by signal 9"), {1}))
    search = toy.tune(trials=3, **QUICK)
    assert [(t.values, t.score) for t in search.trials] == [
        (t.values, t.score) for t in whole.trials
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("(sqlite3.OperationalError) database or disk is full"),
    ],
)
def test_full_disk_stops_the_search_and_resume_goes_on(store, monkeypatch, error):
    whole = toy.tune(trials=3, **QUICK)
    monkeypatch.setattr(scheduler, "run_job", failing(error, {1}))
    with pytest.raises(DiskFull, match="^The disk is full .*resume=True continues$"):
        toy.tune(trials=3, **QUICK)
    again = toy.tune(trials=3, resume=True, **QUICK)
    assert [t.score for t in again.trials] == [t.score for t in whole.trials]


def test_objective_that_is_never_finite_fails_the_trial_whatever_the_loss(store):
    def odd(model, split):
        return {"odd": math.nan}

    objective = Objective("val_odd", "max")
    recipe = dataclasses.replace(toy, evaluators=(odd,), objective=objective)
    with pytest.raises(SearchFailed, match="val_odd is nan after epoch 1 and was never finite"):
        recipe.tune(trials=1, **QUICK)
