"""Budgets of steps and of time: exact steps, shares of stages, the clock, resume."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from keras_dl import Recipe
from keras_dl.budget import limit_of
from keras_dl.tracking import store as tracking
from keras_dl.training import fit, usage
from keras_dl.training.allotment import Allotment, StageLength, allot
from keras_dl.training.job import Job
from tests.backends import values_on
from tests.toys import toy
from tests.training import budget_values
from tests.training.budget_values import ONE, SECONDS, trained

QUIET = {"verbose": False}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_trainings_end_exactly_and_resume(backend, tmp_path):
    values = values_on(backend, "training.budget_values", tmp_path, own=True)
    assert values["steps"].tolist() == [13, 13, 3]
    assert values["examples"] == 70 + 70 + 3 * 16
    np.testing.assert_allclose(*values["streamed"], rtol=1e-5, atol=1e-6)
    # 9 steps of pre-training and 3 × 5 of the main stage in the full recipe.
    assert values["stages"].tolist() == [6, 12, 18]
    assert values["main_steps"] == 12
    np.testing.assert_array_equal(*values["resumed"])
    seconds, counted, taken = values["timed"]
    assert SECONDS <= seconds < SECONDS + 5
    assert counted == taken > 0
    assert values["rate"] < 0.05 * 0.5  # it follows the clock down to 0
    assert values["again"].tolist() == [counted, seconds]  # nothing is left to train


def test_limits_are_divided_by_the_full_lengths():
    lengths = {"first": StageLength(2, 10, 4.0), "fit": StageLength(4, 20, 8.0)}
    allotment = allot(limit_of("50steps"), lengths, "fit")
    assert (allotment.stages, allotment.planned_steps) == ({"first": 10, "fit": 40}, 40)
    assert allotment.share == 0.5
    allotment = allot(limit_of("20s"), lengths, "fit")
    assert (allotment.stages, allotment.planned_steps) == ({"first": 4.0, "fit": 16.0}, 40)
    assert allot(limit_of("2steps"), lengths, "fit").stages == {"first": 1, "fit": 1}
    assert sum(allot(limit_of("7steps"), lengths, "fit").stages.values()) == 7
    with pytest.raises(ValueError, match="a step or more for each of the stages first, fit"):
        allot(limit_of("1steps"), lengths, "fit")
    with pytest.raises(ValueError, match="same stages each time .* Received: stage='other'"):
        allotment.of("other")


def test_the_last_stage_takes_the_place_of_a_main_one_that_trains_nothing():
    allotment = allot(limit_of("30steps"), {"head": StageLength(6, 10)}, "fit")
    assert (allotment.stages, allotment.planned_steps) == ({"head": 30}, 30)


def loop(session, model, data):
    for iteration in session.iterations():
        time.sleep(0.01)
        session.log(iteration, {"val_accuracy": iteration / 1e6})


def test_own_loops_take_time_and_no_steps(tmp_path):
    recipe = dataclasses.replace(ONE, train=loop)
    result, _ = trained(recipe, "0.3s", tmp_path)
    assert result.state.seconds >= 0.3
    assert 5 < result.state.epoch < 40
    with pytest.raises(ValueError, match=r"`budget` must be smoke, quick, full or a time for a"):
        trained(recipe, "30steps", tmp_path / "steps")


def test_the_clock_goes_on_where_it_was_stopped(tmp_path):
    clock = [0.0]

    def tick():
        clock[0] += 1.0
        return clock[0]

    job = Job(ONE, {}, 0, 3, tmp_path, limit=limit_of("100s"))
    job = dataclasses.replace(job, allotment=Allotment("seconds", {"fit": 100.0}, 1.0, 15))
    loaded = dataclasses.replace(fit.load_data(job), planned_steps=15)
    with mock.patch.object(usage.time, "monotonic", tick):
        with budget_values.stopped_after(12), pytest.raises(KeyboardInterrupt):
            fit.train(job, loaded, fit.build_model(job, loaded), lambda *_: None)
        result = fit.train(job, loaded, fit.build_model(job, loaded), lambda *_: None)
    assert 100 <= result.state.seconds < 130
    assert result.session.used["seconds"] == result.state.seconds


def test_run_logs_what_was_used_and_counts_named_budgets_too(store):
    result = toy.run(budget="9steps", **QUIET)  # epochs of iris have 4 steps
    run = tracking.find_run(result.run_id)
    used = {n: run.data.metrics[f"used/{n}"] for n in ("steps", "epochs", "examples", "seconds")}
    assert (used["steps"], used["epochs"], used["examples"]) == (9, 3, 2 * 108 + 32)
    assert run.data.params["budget"] == "9steps"
    assert "epochs" not in run.data.params
    assert run.data.metrics["planned_steps"] == 9
    assert run.data.metrics["test/accuracy"] == result.metrics["test/accuracy"]
    named = toy.run(epochs=2, **QUIET)
    assert named.metrics["used/steps"] == 8
    assert "planned_steps" not in named.metrics


SCRIPT = """
import sys
from tests.toys import toy
toy.run(budget=sys.argv[1]) if len(sys.argv) == 2 else toy.run(resume=sys.argv[2])
"""


@pytest.mark.slow
def test_killed_run_uses_the_rest_of_its_time(store):
    code = [sys.executable, "-c", SCRIPT, "6s"]
    root = Path(__file__).resolve().parents[2]
    environment = {"cwd": store, "env": os.environ | {"PYTHONPATH": str(root)}}
    process = subprocess.Popen(code, **environment)
    deadline, stored = time.monotonic() + 120, []
    while not stored and time.monotonic() < deadline:
        time.sleep(0.2)
        stored = list((store / "mlruns" / "checkpoints").glob("[!.]*/checkpoint.npz"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = json.loads(str(np.load(stored[0])["state"]))
    assert 0 < before["seconds"] < 6
    subprocess.run([*code, stored[0].parent.name], check=True, **environment)
    run = tracking.find_run(stored[0].parent.name)
    assert run.info.status == "FINISHED"
    assert 6 <= run.data.metrics["used/seconds"] < 9
    assert run.data.metrics["used/steps"] > before["steps"]


def test_recipes_see_the_planned_steps(tmp_path):
    seen = []

    def recording(data):
        seen.append(data.planned_steps)
        return budget_values.build(data)

    trained(Recipe("points", budget_values.data, recording, epochs=3), "7steps", tmp_path)
    assert seen == [7]
