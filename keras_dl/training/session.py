"""One training in stages: `fit` with checkpoints, metrics by stage, and resume."""

import math
import sys
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from keras_dl.backend.device_memory import runs_on_cpu
from keras_dl.backend.fused_operations import fused_operations
from keras_dl.backend.random_state import set_random_state
from keras_dl.data import Data
from keras_dl.errors import TimedOut
from keras_dl.recipe import Objective
from keras_dl.tasks.base import get_task
from keras_dl.training import checkpoint
from keras_dl.training.baseline import majority_share
from keras_dl.training.callbacks import (
    Checkpointing,
    Evaluation,
    FailureDetector,
    check_callbacks,
    objective_value,
)
from keras_dl.training.checkpoint import MAIN, Checkpoint, State
from keras_dl.training.evaluators import Evaluators
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job, Listener
from keras_dl.training.pacing import ClockedRate, Schedules
from keras_dl.training.usage import TimedProgress, Usage, is_used_up, used_by
from keras_dl.utils.text import plural

__all__ = ["Session", "TracedModel", "first_callbacks", "resolve_jit_compile"]

UNBOUNDED = 1_000_000_000  # epochs, where the time ends a stage


class TracedModel(Protocol):
    """A model that is traced already and trains in place of the main one."""

    model: keras.Model
    pipeline: InputPipeline

    def matches(self, model: keras.Model) -> bool:
        """Returns whether training this model would do what training `model` does."""
        ...

    def take(self, model: keras.Model) -> None:
        """Copies the variables of `model`."""
        ...

    def give(self, model: keras.Model) -> None:
        """Copies the variables to `model`."""
        ...


class Session:
    """A training under way; a recipe's `train(session, model, data)` calls `fit` once per stage.

    Args:
        job: the training.
        data: data set of the job.
        model: the main model, whose variables a run keeps.
        listener: called with epoch, metrics and stage, when the epoch's checkpoint is on disk.
        verbose: of Keras' `fit`.
        callbacks: further ones for the main stage.
        traced: trains in place of the main model, where it matches.
    """

    def __init__(
        self,
        job: Job,
        data: Data,
        model: keras.Model,
        listener: Listener,
        *,
        verbose: Any = 0,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        traced: TracedModel | None = None,
    ) -> None:
        self._job, self._data, self._model, self._listener = job, data, model, listener
        self._verbose, self._callbacks = verbose, list(callbacks)
        self._traced = traced
        self._trained_by: TracedModel | None = None  # set where the main stage trained it
        self._deadline = time.monotonic() + (job.timeout if job.timeout else math.inf)
        self._stages: list[str] = []
        self._states: dict[str, State] = {}  # of the stages that have a checkpoint
        self._schedules = Schedules()
        self._budgeted: set[int] = set()  # epochs that follow from the budget
        self._progress: Checkpoint | None = None  # of the main stage
        self._recorder: Checkpointing | None = None  # of `iterations` and `log`
        self._iterating = False
        self._logged: tuple[int, dict[str, float]] | None = None
        self._pipelines: weakref.WeakKeyDictionary[Any, InputPipeline]
        self._pipelines = weakref.WeakKeyDictionary()

        self.earlier_seconds = 0.0  # of `fit`, in processes before a stop
        self.notes: list[str] = []  # sentences on stages, for the user before a search

    @property
    def seed(self) -> int:
        """Seed of weights, data order and dropout."""
        return self._job.seed

    @property
    def objective(self) -> Objective:
        """The metric that decides the best weights of the main stage."""
        return self._job.recipe.objective

    @property
    def progress(self) -> Checkpoint:
        """State and best weights of the main stage, from the checkpoint where there is one."""
        if self._progress is None:
            self._progress = self._load(self._model, MAIN)
        return self._progress

    @property
    def used(self) -> dict[str, float]:
        """Epochs, steps, examples and seconds of all stages together."""
        return used_by(list(self._states.values()))

    def epochs(self, share: float = 1.0) -> int:
        """Returns a share of the epoch budget, at least 1.

        Under a budget of steps or time it is an estimate; `fit` ends by the budget.

        Args:
            share: above 0.
        """
        part = self._job.allotment.share if self._job.allotment else 1.0
        epochs = max(1, round(share * part * self._job.epochs))
        self._budgeted.add(epochs)
        return epochs

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
        """Trains a model in one stage, from its checkpoint where there is one.

        The main stage, "fit", follows the recipe's objective, patience and pruning, and keeps the
        best weights. Other stages keep the last weights unless they have an objective; their
        metrics are logged as `<stage>/<metric>`. A finished stage is skipped on resume. Under a
        budget of steps or time each stage trains the same part of its full length.

        Args:
            model: compiled; may share layers with the models of other stages.
            data: train and validation are used.
            epochs: passes over train; None: the whole budget. A budget of steps or time takes
                precedence.
            stage: unique name.
            objective: metric whose best weights are kept, for stages other than the main one.
            jit_compile: XLA on or off in this stage; None: as the training's option and recipe say.

        Returns:
            Metric by Keras' name → value per epoch.

        Raises:
            ValueError: if the stage has been trained already, or an objective is not reported.
            Diverged, TimedOut: see `keras_dl.training.callbacks.FailureDetector`.
        """
        self._start(stage)
        own = stage != MAIN and epochs is not None and epochs not in self._budgeted
        if own and epochs is not None and self._job.allotment is None:
            self._note_epochs(stage, epochs)
        traced = self._traced if stage == MAIN and self._is_traceable(model) else None
        resolve_jit_compile(self._job, model, jit_compile)
        if traced is None:
            return self._fit(model, self._pipeline(model, data), data, epochs, stage, objective)
        self._trained_by = traced
        traced.take(model)
        try:
            return self._fit(traced.model, traced.pipeline, data, epochs, stage, objective)
        finally:
            traced.give(model)

    def evaluate(self) -> dict[str, float]:
        """Returns metrics on the test set, as `test/loss`; to be called once, at the end.

        Metrics of the model, of the task and of the recipe's evaluators. With an accuracy comes
        `test/majority_share`, that of always predicting the most frequent class.
        """
        traced = self._trained_by
        model = self._model if traced is None else traced.model
        pipeline = self._pipeline(model, self._data) if traced is None else traced.pipeline
        with pipeline.evaluate(self._data, "test") as (x, callbacks):
            options: Any = {"callbacks": callbacks, "verbose": 0, "return_dict": True}
            values: Any = model.evaluate(x, **options)
        evaluators = Evaluators(self._job.recipe, self._data)
        metrics = evaluators.test(model, self._data.test, values)
        metrics |= majority_share(self._data) if "accuracy" in metrics else {}
        return {f"test/{name}": float(value) for name, value in metrics.items()}

    def iterations(self) -> Iterator[int]:
        """Yields the numbers of the iterations still to come, from 1 to the budget's end.

        The budget is a number of epochs, of iterations here, or a time.

        For training loops of a recipe's own: each iteration calls `log`, and `save` for state that
        is no model's. The checkpoint is written when the iteration has ended, so that weights,
        arrays and metrics are of one moment. Patience and pruning end the loop early.

        Raises:
            ValueError: if the main stage has been trained already, or an iteration logs nothing.
            Diverged, TimedOut: see `keras_dl.training.callbacks.FailureDetector`.
        """
        self._start(MAIN)
        state, self._iterating = self.progress.state, True
        set_random_state(self.progress.random)
        while not (self._is_over(state, MAIN, self._job.epochs) or state.stopped):
            begin = time.monotonic()
            if time.monotonic() > self._deadline:
                raise TimedOut(f"took longer than {self._job.timeout or 0:g} s")
            yield state.epoch + 1
            if self._logged is None:
                raise ValueError(
                    "`train` must call session.log(iteration, metrics) in each iteration. "
                    f"Received: nothing in iteration {state.epoch + 1}"
                )
            state.seconds += time.monotonic() - begin
            self._end_iteration()
        self._iterating = False

    def log(self, step: int, metrics: Mapping[str, float]) -> None:
        """Reports the metrics of an iteration of the main stage, which decide its best weights.

        Args:
            step: number of the iteration, from 1.
            metrics: by name; the recipe's objective must be among them.

        Raises:
            ValueError: if the objective is missing, or `step` is not the current iteration.
        """
        values = {name: float(value) for name, value in metrics.items()}
        objective_value(self._job.recipe.objective, values)
        if step != self.progress.state.epoch + 1:
            raise ValueError(
                "`step` must be the current iteration, "
                f"{self.progress.state.epoch + 1}. Received: step={step}"
            )
        self._logged = step, values
        if not self._iterating:
            self._end_iteration()

    def save(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Keeps state that is no model's, such as a replay buffer, in the checkpoint.

        In an iteration they are written when it ends, else at once.

        Args:
            arrays: by name; they replace those saved before.
        """
        self.progress.arrays = dict(arrays)
        if not self._iterating:
            checkpoint.save(self._job.folder, self._model, self.progress)

    def restored(self) -> dict[str, np.ndarray] | None:
        """Returns the arrays that `save` kept before this training was stopped, or None."""
        if self._progress is not None:
            return self._progress.arrays or None
        # Without the weights: stages that come before the main one still change them.
        return dict(checkpoint.stored_arrays(self._folder(MAIN))) or None

    def finish(self) -> None:
        """Writes what is pending and gives the main model its best weights.

        Raises:
            ValueError: if the main stage has not been trained.
        """
        if self._logged is not None:
            self._end_iteration()
        if self._recorder is not None:
            self._recorder.on_train_end()
        if self.progress.state.epoch == 0:
            raise ValueError(
                "`train` must train the main stage, with session.fit(model, data) or "
                f"session.log(…); it reports the objective. Received: stages {self._stages}"
            )
        if self.progress.best:
            checkpoint.restore(self._model.variables, self.progress.best)

    def _fit(
        self,
        model: keras.Model,
        pipeline: InputPipeline,
        data: Data,
        epochs: int | None,
        stage: str,
        objective: Objective | None,
    ) -> dict[str, list[float]]:
        job, main = self._job, stage == MAIN
        schedule = self._schedules.take(model.optimizer) if self._timed else None
        progress = self._load(model, stage)
        state = progress.state
        if main:
            self._progress, objective = progress, job.recipe.objective
        epochs, total_steps = self._length(stage, epochs or job.epochs, data)
        if not (self._is_over(state, stage, epochs) or state.finished or state.stopped):
            own = check_callbacks(job.callbacks()) if main and job.callbacks else []
            further = self._callbacks if main else []
            seen = [*own, *further]
            fitted = pipeline.fit(
                data, job.seed, job.steps_per_epoch, state.epoch, seen, total_steps
            )
            with fused_operations(), fitted as (x, validation_data, first):
                usage = self._usage(state, stage, data, first)
                callbacks = [
                    *(first_callbacks(job, model, data, self._data) if main else ()),
                    *own,
                    FailureDetector(state, self._deadline, job.timeout),
                    usage,
                    self._checkpointing(model, progress, stage, objective),
                    *further,
                    *self._clocked(usage, schedule),
                ]
                model.fit(
                    x,
                    validation_data=validation_data,
                    epochs=epochs,
                    initial_epoch=state.epoch,
                    shuffle=False,  # each epoch has an order drawn by the sampler
                    callbacks=[*first, *callbacks],
                    verbose=self._verbose,
                )
            over = self._is_over(state, stage, epochs)
            if main and model.stop_training and not state.stopped and not over:
                state.stopped = "callback"  # a resumed training does not go on either
                checkpoint.save(job.folder, model, progress, stage)
        self._end_stage(model, progress, stage)
        return state.history

    def _end_stage(self, model: keras.Model, progress: Checkpoint, stage: str) -> None:
        """Restores the best weights; a stage before the main one is then finished."""
        if progress.best:
            checkpoint.restore(model.variables, progress.best)
        if stage == MAIN:
            return
        if not progress.state.finished:
            progress.state.finished, progress.best = True, []
            checkpoint.save(self._job.folder, model, progress, stage)
        if not self._iterating:
            self._progress = None  # its weights may be this stage's now

    def _length(self, stage: str, epochs: int, data: Data) -> tuple[int, int | None]:
        """Returns a stage's epochs, and its steps if they are limited."""
        allotment = self._job.allotment
        if allotment is None:
            return epochs, None
        if allotment.unit == "seconds":
            return UNBOUNDED, None
        steps = int(allotment.of(stage))
        return -(-steps // self._job.epoch_steps(data)), steps

    def _is_over(self, state: State, stage: str, epochs: int) -> bool:
        """Returns whether a stage has reached the end of its budget."""
        allotment = self._job.allotment
        if allotment is None:
            return state.epoch >= epochs
        return is_used_up(state, allotment.unit, allotment.of(stage))

    @property
    def _timed(self) -> bool:
        """Whether the stages end by the clock."""
        return self._job.allotment is not None and self._job.allotment.unit == "seconds"

    def _clocked(self, usage: Usage, schedule: Any) -> list[keras.callbacks.Callback]:
        """Returns the callbacks of a stage that ends by the clock: its rate and its progress."""
        allotment = self._job.allotment
        callbacks: list[keras.callbacks.Callback] = []
        if schedule is not None and allotment is not None:
            callbacks.append(ClockedRate(schedule, usage, allotment.planned_steps))
        if self._timed and self._verbose:
            callbacks.append(TimedProgress(usage))
        return callbacks

    def _usage(
        self,
        state: State,
        stage: str,
        data: Data,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> Usage:
        allotment = self._job.allotment
        limit = {} if allotment is None else {allotment.unit: allotment.of(stage)}
        examples = data.sampler("train").num_examples
        return Usage(state, examples, data.batch_size, callbacks, **limit)

    def _start(self, stage: str) -> None:
        if stage in self._stages or not stage.isidentifier():
            raise ValueError(f"`stage` must be a new name of one word. Received: stage={stage!r}")
        self._stages.append(stage)

    def _note_epochs(self, stage: str, epochs: int) -> None:
        """States that a stage has a number of epochs of its own, which the options leave alone."""
        self.notes.append(
            f"Stage {stage}: {plural(epochs, 'epoch', 'epochs')}, set by the recipe; budget and "
            f"epochs apply to the stage {MAIN}"
        )
        if self._verbose:
            print(self.notes[-1], file=sys.stderr, flush=True)

    def _checkpointing(
        self, model: keras.Model, progress: Checkpoint, stage: str, objective: Objective | None
    ) -> Checkpointing:
        job, main = self._job, stage == MAIN
        return Checkpointing(
            objective,
            progress,
            lambda: checkpoint.save(job.folder, model, progress, stage),
            lambda epoch, values: self._listener(epoch, checkpoint.prefixed(values, stage), stage),
            job.patience if main else None,
            job.median_threshold if main else (),
        )

    def _end_iteration(self) -> None:
        assert self._logged is not None
        (step, values), self._logged = self._logged, None
        if self._recorder is None:
            objective = self._job.recipe.objective
            self._recorder = self._checkpointing(self._model, self.progress, MAIN, objective)
            self._recorder.set_model(self._model)
        FailureDetector(self.progress.state).on_epoch_end(step - 1, values)
        self._recorder.on_epoch_end(step - 1, values)

    def _load(self, model: keras.Model, stage: str) -> Checkpoint:
        folder = self._folder(stage)
        stored = checkpoint.load(folder, model, stage)
        if stored is not None and folder != self._job.folder:
            stored.state.stopped = ""  # a longer training may go on
        progress = stored or Checkpoint()
        self._states[stage] = progress.state
        if self._job.warm_start is None:  # else most of them are another trial's
            self.earlier_seconds += progress.state.seconds
        return progress

    def _folder(self, stage: str) -> Path:
        """Folder of a stage's checkpoint: the job's own, or that of the job that it continues."""
        own, warm_start = self._job.folder, self._job.warm_start
        return own if warm_start is None or checkpoint.exists(own, stage) else Path(warm_start)

    def _pipeline(self, model: keras.Model, data: Data) -> InputPipeline:
        pipeline = self._pipelines.get(model)
        if pipeline is None or pipeline.batch_size != data.batch_size:
            pipeline = InputPipeline(model, data.batch_size, self._job.devices)
            self._pipelines[model] = pipeline
        return pipeline

    def _is_traceable(self, model: keras.Model) -> bool:
        return model is self._model and self._traced is not None and self._traced.matches(model)


def first_callbacks(
    job: Job, model: keras.Model, data: Data, whole: Data
) -> list[keras.callbacks.Callback]:
    """Returns the task's callbacks and the evaluation, whose metrics later ones see.

    Args:
        job: the training.
        model: model of the main stage.
        data: data of the main stage.
        whole: data set of the job.
    """
    evaluators = Evaluators(job.recipe, whole)
    task = get_task(job.recipe.task)
    return [*task.callbacks(model, data), Evaluation(evaluators, data.validation)]


def resolve_jit_compile(job: Job, model: keras.Model, jit_compile: bool | None = None) -> None:
    """Sets whether XLA compiles a model's steps: the job's option, else the recipe's, else Keras'.

    On TensorFlow without a graphics card the default is False: XLA's convolutions are several
    times slower than oneDNN's there.

    Args:
        job: its `jit_compile` is asked first.
        model: compiled.
        jit_compile: of the stage, which takes precedence over the recipe's.
    """
    if job.jit_compile is not None:
        jit_compile = job.jit_compile
    elif jit_compile is None:
        jit_compile = job.recipe.jit_compile
    if jit_compile is None and runs_on_cpu():
        jit_compile = False
    if jit_compile is not None:
        model.jit_compile = jit_compile
