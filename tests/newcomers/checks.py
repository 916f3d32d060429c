"""Tests that each kind of system passes: run, resume, stream, tune, compare, ablate."""

import contextlib
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import pytest

from keras_dl import Recipe, ablate, compare
from keras_dl.backend import device_memory
from keras_dl.execution.run_job import entries, run_job
from keras_dl.tracking import models
from keras_dl.tracking import store as tracking
from keras_dl.training.callbacks import FailureDetector
from keras_dl.training.job import Job

QUIET = {"verbose": False}


@contextlib.contextmanager
def interrupted_after(steps: int):
    """Ctrl-C in the middle of an epoch, after so many steps of all stages together."""
    detect, count = FailureDetector.on_train_batch_end, [0]

    def interrupt(self, batch, logs=None):
        detect(self, batch, logs)
        count[0] += 1
        if count[0] == steps:
            raise KeyboardInterrupt

    with mock.patch.object(FailureDetector, "on_train_batch_end", interrupt):
        yield


def weights(model):
    return [keras.ops.convert_to_numpy(v) for v in model.weights]


def assert_equal(one: Any, other: Any) -> None:
    """Holds two results of `run` to the same numbers, bit by bit."""
    assert one.history == other.history
    timed = {"fit_seconds", "used/seconds"}
    assert {k: v for k, v in one.metrics.items() if k not in timed} == {
        k: v for k, v in other.metrics.items() if k not in timed
    }
    for ours, theirs in zip(weights(one.model), weights(other.model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def histories(run_id: str, *names: str) -> dict[str, list[tuple[int, float]]]:
    """Returns (step, value) by metric as they stand in MLflow."""
    read = tracking.client().get_metric_history
    return {n: [(m.step, m.value) for m in read(run_id, n)] for n in names}


def runs_of(kind: str) -> list[Any]:
    experiments = [e.experiment_id for e in tracking.client().search_experiments()]
    return tracking.search(experiments, f"tags.kind = '{kind}'")


def stopped_run() -> str:
    (run,) = [r for r in runs_of("run") if r.info.status in ("KILLED", "RUNNING")]
    return run.info.run_id


@dataclasses.dataclass(frozen=True)
class System:
    """A system under test.

    Attributes:
        recipe: its recipe.
        steps: steps after which trainings are interrupted, one training each.
        epochs: number of epochs in MLflow by metric.
        factor: hyperparameter to search and to ablate, with two values.
        facts: type of inputs and of targets in `data.json`.
    """

    recipe: Recipe
    steps: tuple[int, ...]
    epochs: Mapping[str, int]
    factor: tuple[str, tuple[Any, Any]]
    facts: tuple[str, str]


def current_folder() -> Path:
    return Path.cwd()


class Newcomer:
    """Base class of the tests of one system."""

    system: System

    def interrupted(self, steps: int):
        return interrupted_after(steps)

    def test_run_is_logged(self, whole):
        run = tracking.find_run(whole.run_id)
        assert run.info.status == "FINISHED"
        for name, hyper in self.system.recipe.space().items():
            assert name in run.data.params, hyper
        for name, values in histories(whole.run_id, *self.system.epochs).items():
            assert [step for step, _ in values] == [*range(1, self.system.epochs[name] + 1)], name
        goal = self.system.recipe.objective
        best = (max if goal.direction == "max" else min)(whole.history[goal.name])
        assert run.data.metrics["objective"] == pytest.approx(best)
        score = self.system.recipe.final_score.name
        assert run.data.metrics[score] == pytest.approx(whole.metrics[score])
        stored = models.spec(whole.run_id)
        assert (stored["inputs"]["type"], stored["targets"]["type"]) == self.system.facts

    def test_resumed_run_equals_the_whole(self, whole):
        for steps in self.system.steps:
            with self.interrupted(steps), pytest.raises(KeyboardInterrupt):
                self.system.recipe.run(**QUIET)
            resumed = self.system.recipe.run(resume=stopped_run(), **QUIET)
            assert_equal(resumed, whole)
            assert histories(resumed.run_id, *self.system.epochs) == histories(
                whole.run_id, *self.system.epochs
            )

    def test_streamed_data_give_the_same_numbers(self, whole):
        with mock.patch.object(device_memory, "SHARE", 0.0):
            streamed = self.system.recipe.run(**QUIET)
        assert streamed.history.keys() == whole.history.keys()
        for name, values in whole.history.items():
            np.testing.assert_allclose(streamed.history[name], values, rtol=1e-3, atol=1e-4)

    def test_worker_writes_journal_and_result(self, whole, tmp_path):
        values = {n: h.default for n, h in self.system.recipe.space().items()}
        job = Job(self.system.recipe, values, 0, self.system.recipe.epochs, tmp_path, test=True)
        outcome = run_job(job)
        for name, curve in whole.history.items():
            np.testing.assert_allclose(outcome.history[name], curve, rtol=1e-3, atol=1e-4)
        assert (tmp_path / "model.keras").is_file()
        lines, _ = entries(tmp_path, 0)
        stages = {(e.stage, e.epoch) for e in lines}
        assert len(stages) == len(lines)
        assert {("fit", n + 1) for n in range(outcome.best_epoch)} <= stages
        assert run_job(job) == outcome

    def test_tune(self):
        name, _ = self.system.factor
        search = self.system.recipe.tune(
            trials=2,
            workers=0,
            algorithm="random",
            final_seeds=0,
            prune=False,
            search=(name,),
            **QUIET,
        )
        assert [t.status for t in search.trials] == ["done"] * 2, [t.message for t in search.trials]
        assert np.isfinite([t.score for t in search.trials]).all()
        metric = next(iter(self.system.epochs))
        for run in runs_of("trial"):
            assert len(histories(run.info.run_id, metric)[metric]) == self.system.epochs[metric]

    @pytest.mark.slow
    def test_compare(self):
        other = dataclasses.replace(self.system.recipe, name=f"{self.system.recipe.name}_variant")
        comparison = compare(self.system.recipe, other, seeds=2, workers=0, **QUIET)
        assert comparison.metric == self.system.recipe.final_score.name
        first, second = comparison.rows
        assert first.scores == pytest.approx(second.scores)
        assert first.failed == second.failed == 0

    @pytest.mark.slow
    def test_ablate(self):
        name, values = self.system.factor
        ablation = ablate(
            self.system.recipe, values={name: values}, seeds=2, workers=0, epochs=1, **QUIET
        )
        assert [row["reason"] for row in ablation.rows] == [""] * 4
