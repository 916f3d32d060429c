"""Trainings under way: submitted to an executor, followed through their journals into MLflow."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from keras_dl.errors import Failure, classify
from keras_dl.execution import model_cache
from keras_dl.execution.executors import InProcess, WorkerPool
from keras_dl.execution.run_job import dry_run, entries, run_job
from keras_dl.tracking import models
from keras_dl.tracking.runs import SAMPLES, TrackedRun
from keras_dl.training.checkpoint import MAIN
from keras_dl.training.job import Job, Outcome

__all__ = ["RunningJob", "Scheduler"]


@dataclass
class RunningJob:
    """One training under way.

    Attributes:
        job: what is trained.
        tracked: its MLflow run.
        future: of the outcome.
        read: bytes of the journal that MLflow has.
        epoch: epochs done.
        done: whether it has ended.
    """

    job: Job
    tracked: TrackedRun
    future: "Future[Outcome]"
    read: int = 0
    epoch: int = 0
    done: bool = False

    def result(self) -> Outcome | Failure:
        """The outcome, or why there is none."""
        error = self.future.exception()
        return self.future.result() if error is None else classify(error)


class Scheduler:
    """Workers, and the units they have in hand.

    Args:
        workers: number of processes; 0 trains in this process.
        folder: for the workers' output.
        timeout: seconds one training may take.
        executor: takes the workers' place, for a cluster.
    """

    def __init__(
        self,
        workers: int,
        folder: Path,
        timeout: float | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.slots = max(1, workers)
        self._executor: Executor = executor or (
            WorkerPool(workers, folder / "workers", timeout=timeout) if workers else InProcess()
        )
        self.units: list[RunningJob] = []

    def dry_run(self, job: Job) -> Any:
        """Tries one batch of the job; raises what is wrong with it."""
        return self._executor.submit(dry_run, job).result()

    def submit(self, job: Job, tracked: TrackedRun) -> RunningJob:
        """Hands a training to the next free worker."""
        unit = RunningJob(job, tracked, self._executor.submit(run_job, job))
        self.units.append(unit)
        return unit

    def free(self) -> int:
        """How many more trainings can start at once."""
        return self.slots - len(self.units)

    def wait(self, seconds: float = 0.3) -> list[RunningJob]:
        """Waits for trainings to end, at most `seconds`; writes their journals to MLflow."""
        wait([u.future for u in self.units], timeout=seconds, return_when=FIRST_COMPLETED)
        ended = [u for u in self.units if u.future.done()]
        for unit in self.units:
            follow(unit)
        self.units = [u for u in self.units if u not in ended]
        return ended

    def each(self, starts: Iterable[Callable[[], object]]) -> Iterator[RunningJob]:
        """Starts trainings as workers become free, and gives each as it ends.

        Args:
            starts: each submits one training.
        """
        waiting = list(starts)
        while waiting or self.units:
            while waiting and self.free() > 0:
                waiting.pop(0)()
            for unit in self.wait():
                unit.done = True
                yield unit

    def __enter__(self) -> "Scheduler":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=error is not None)
        model_cache.forget()  # of trainings in this process
        for unit in self.units:
            follow(unit)


def follow(unit: RunningJob) -> None:
    """Writes the journal's new epochs to MLflow."""
    new, unit.read = entries(unit.job.folder, unit.read)
    for entry in new:
        unit.tracked.epoch(entry.epoch, entry.values, entry.when)
        if entry.stage == MAIN:
            unit.epoch = entry.epoch


def log_outcome(tracked: TrackedRun, outcome: Outcome) -> None:
    """Writes the closing numbers of a training."""
    tracked.params({"jit_compile": outcome.jit_compile})
    tracked.metrics(
        {
            "best_epoch": outcome.best_epoch,
            "fit_seconds": outcome.seconds,
            "parameters": outcome.parameters,
            "rss_mb": outcome.rss,
            **outcome.metrics,
        }
    )


def log_leftovers(tracked: TrackedRun, folder: Path) -> None:
    """Moves figures, images and model that a tested training left in its folder into MLflow."""
    import keras

    from keras_dl.tracking import store

    store.client().log_artifacts(tracked.id, str(folder / "figures"), "figures")
    with np.load(folder / "images.npz", allow_pickle=False) as images:
        for epoch in images.files:
            tracked.image(images[epoch], SAMPLES, int(epoch))
    model = keras.saving.load_model(folder / "model.keras", safe_mode=True)
    preprocessor = (folder / "preprocessor.json").read_text(encoding="utf-8")
    with np.load(folder / "examples.npz", allow_pickle=False) as file:
        arrays = dict(file)
    models.log(tracked, model, arrays["x"] if list(arrays) == ["x"] else arrays, preprocessor)
    for name in ("model.keras", "images.npz"):
        (folder / name).unlink()
    shutil.rmtree(folder / "figures")
