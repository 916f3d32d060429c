"""Long searches in worker processes: failures of every kind, flat memory, neighbours."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from keras_dl.tracking import store as tracking
from tests.toys import toy, unlucky

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(900)]
HERE = Path(__file__).resolve().parents[2]


def all_runs():
    return tracking.search([e.experiment_id for e in tracking.client().search_experiments()], "")


def test_fifty_trials_with_every_failure_leave_one_parent_and_fifty_children(store):
    search = unlucky.tune(
        trials=50, workers=2, final_seeds=0, timeout=4.0, algorithm="random", verbose=False
    )
    kinds = Counter(t.reason or t.status for t in search.trials)
    reasons = {"done", "diverged", "crashed", "out_of_memory", "worker_died", "timed_out"}
    assert set(kinds) - {"median"} == reasons
    found = all_runs()
    assert Counter(r.data.tags["kind"] for r in found) == {"search": 1, "trial": 50}
    assert "RUNNING" not in {r.info.status for r in found}
    for run in found:
        if run.data.tags["kind"] == "trial":
            trial = search.trials[int(run.data.tags["trial"])]
            assert (run.info.status == "FAILED") == (trial.score is None)
            assert run.data.tags["mlflow.parentRunId"] == search.run_id


def test_memory_stays_flat_over_fifty_trials(store):
    search = toy.tune(
        trials=50, workers=1, epochs=1, final_seeds=0, algorithm="random", verbose=False
    )
    rss = [t.rss for t in search.trials]
    assert np.mean(rss[40:]) < 1.15 * np.mean(rss[2:10])


def test_two_searches_at_once_do_not_disturb_each_other(store):
    code = (
        "import json, sys; from tests.toys import toy\n"
        "s = toy.tune(trials=4, workers=1, epochs=2, final_seeds=0, algorithm='random',"
        " seed=int(sys.argv[1]), verbose=False)\n"
        "print(json.dumps([s.run_id, [t.score for t in s.trials]]))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, seed],
            cwd=store,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    for process, seed in zip(both, (1, 2), strict=True):
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        run_id, scores = json.loads(out.splitlines()[-1])
        children = [r for r in all_runs() if r.data.tags.get("mlflow.parentRunId") == run_id]
        assert len(children) == 4
        alone = toy.tune(
            trials=4,
            workers=0,
            epochs=2,
            final_seeds=0,
            algorithm="random",
            seed=seed,
            verbose=False,
        )
        assert [t.score for t in alone.trials] == scores
    assert {r.info.status for r in all_runs()} == {"FINISHED"}


def _environment():
    return os.environ | {"PYTHONPATH": str(HERE)}
