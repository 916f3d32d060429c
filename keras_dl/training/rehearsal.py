"""A rehearsal: a recipe's stages in a few steps each, which tells their lengths and their speed."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np

from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.data import Data
from keras_dl.recipe import Objective
from keras_dl.training.allotment import StageLength
from keras_dl.training.callbacks import objective_value
from keras_dl.training.checkpoint import MAIN, Checkpoint
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job
from keras_dl.training.session import first_callbacks, resolve_jit_compile

__all__ = ["Rehearsal"]

MOST_EPOCHS = 1000


class Rehearsal:
    """Takes the place of a `keras_dl.training.session.Session` in a recipe's `train`.

    Each stage trains one step and validates, which compiles both, and then trains for the measured
    time: some epochs, or a part of one and a validation. Nothing is written, logged or restored;
    the user's callbacks are left out.

    Args:
        job: the training, with a limit.
        data: data set of the job.
        seconds: seconds of measured steps in each stage; 0: only the first step, without speeds.

    Attributes:
        lengths: length and speed of each stage in the full recipe, by name.
    """

    def __init__(self, job: Job, data: Data, seconds: float) -> None:
        self._job, self._data, self._seconds = job, data, seconds
        self.lengths: dict[str, StageLength] = {}
        self.progress = Checkpoint()

    @property
    def seed(self) -> int:
        """Seed of weights, data order and dropout."""
        return self._job.seed

    @property
    def objective(self) -> Objective:
        """The metric that decides the best weights of the main stage."""
        return self._job.recipe.objective

    def epochs(self, share: float = 1.0) -> int:
        """Returns a share of the recipe's epochs, at least 1."""
        return max(1, round(share * self._job.epochs))

    def fit(
        self,
        model: keras.Model,
        data: Data,
        *,
        epochs: int | None = None,
        stage: str = MAIN,
        objective: Objective | None = None,
        jit_compile: bool | None = None,
    ) -> dict[str, list[float]]:
        """Trains a few steps; arguments as in `Session.fit`.

        Returns:
            Metric by Keras' name → a value per epoch of the rehearsal.
        """
        job = self._job
        resolve_jit_compile(job, model, jit_compile)
        pipeline = InputPipeline(model, data.batch_size, job.devices)
        own = first_callbacks(job, model, data, self._data) if stage == MAIN else []
        steps, seconds = job.epoch_steps(data), 0.0
        history = self._run(pipeline, model, data, own, _Stopwatch(0.0))  # after one step
        if self._seconds:
            stopwatch = _Stopwatch(self._seconds)
            history = self._run(pipeline, model, data, own, stopwatch)
            seconds = stopwatch.epoch_seconds(steps)
        self.lengths[stage] = StageLength(epochs or job.epochs, steps, seconds)
        return history

    def iterations(self) -> Iterator[int]:
        """Yields one iteration, and a second one that is measured.

        Raises:
            ValueError: under a budget of steps, which a loop of the recipe's own does not count.
        """
        if self._job.limit is not None and self._job.limit.steps is not None:
            raise ValueError(
                "`budget` must be smoke, quick, full or a time for a recipe with a loop of its "
                f"own, whose iterations are no optimizer steps. Received: {self._job.limit}"
            )
        yield 1
        begin = time.monotonic()
        yield 2
        self.lengths[MAIN] = StageLength(self._job.epochs, 0, time.monotonic() - begin)

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Checks that the objective is among the metrics."""
        objective_value(self.objective, dict(metrics))
        self.progress.state.epoch = step

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays for this rehearsal."""
        self.progress.arrays = dict(arrays)

    def restored(self) -> None:
        """Returns None: nothing was stopped before."""

    def _run(
        self,
        pipeline: InputPipeline,
        model: keras.Model,
        data: Data,
        callbacks: list[keras.callbacks.Callback],
        stopwatch: "_Stopwatch",
    ) -> dict[str, list[float]]:
        steps = self._job.steps_per_epoch
        with pipeline.fit(data, self.seed, steps, 0) as (x, validation_data, first):
            stopwatch.loops = [c for c in first if isinstance(c, CompiledLoop)]
            options: Any = {"verbose": 0, "shuffle": False, "epochs": MOST_EPOCHS}
            options["callbacks"] = [*first, *callbacks, stopwatch]
            return model.fit(x, validation_data=validation_data, **options).history


class _Stopwatch(keras.callbacks.Callback):
    """Stops a training after some seconds, and tells how long an epoch takes."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.loops: list[CompiledLoop] = []
        self._seconds = seconds
        self._begin = self._first = self._last = self._step = self._validation = 0.0
        self._ends: list[float] = []  # of whole epochs

    def epoch_seconds(self, steps: int) -> float:
        """Returns the seconds of an epoch with validation; the first one is a warm-up.

        Args:
            steps: steps of an epoch.
        """
        if len(self._ends) > 1:
            return (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)
        return steps * self._step + self._validation

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts."""
        self._begin = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the steps of an epoch."""
        self._first = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stops after the time, when all computed steps are counted."""
        if any(loop.uncounted for loop in self.loops):
            return
        self._last = time.monotonic()
        self._step = (self._last - self._first) / (batch + 1)
        self._stop_after_the_time()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Takes the time since the last step."""
        now = time.monotonic()
        self._validation = now - self._last
        if not self.model.stop_training:  # type: ignore[union-attr]
            self._ends.append(now)
            self._stop_after_the_time()

    def _stop_after_the_time(self) -> None:
        if time.monotonic() - self._begin >= self._seconds:
            self.model.stop_training = True  # type: ignore[union-attr]
