"""Load, build, train and evaluate one job; nothing here knows of MLflow or of searches."""

import contextlib
import dataclasses
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import psutil

from keras_dl.backend import data_parallel
from keras_dl.data import Data
from keras_dl.data.class_weights import apply_class_weight
from keras_dl.data.folds import fold_data
from keras_dl.data.reading import join, record
from keras_dl.errors import Diverged, Oversized
from keras_dl.training.allotment import StageLength, allot
from keras_dl.training.callbacks import objective_value
from keras_dl.training.checkpoint import MAIN, State
from keras_dl.training.evaluators import Evaluators
from keras_dl.training.initial_weights import copy_weights
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job, Listener, Outcome, arguments, recipe_data
from keras_dl.training.rehearsal import Rehearsal
from keras_dl.training.session import Session, TracedModel, resolve_jit_compile
from keras_dl.utils.layers import count_parameters

__all__ = [
    "Trained",
    "build_model",
    "check_objective",
    "divide_limit",
    "load_data",
    "outcome",
    "train",
]

# A rehearsal measures the speed of each stage for this share of the limit, in these bounds (s).
MEASURED_SHARE, LEAST_MEASURED, MOST_MEASURED = 0.05, 1.0, 10.0


@dataclass
class Trained:
    """A trained model with its training.

    Attributes:
        model: with its best weights.
        data: its data set.
        state: epochs, best value and history of the main stage.
        seconds: wall time of the training, with that before a stop but not the pause.
        session: evaluates on the test set.
    """

    model: keras.Model
    data: Data
    state: State
    seconds: float
    session: Session


def load_data(job: Job) -> Data:
    """Loads the job's data and records how many optimizer steps are planned on it.

    Data that a recipe draws from the global generators are the same in every process and order.
    """
    random.seed(0)
    np.random.seed(0)
    data = recipe_data(job)
    if job.fold is not None:
        data = fold_data(data, job.fold, job.seed)
    if job.class_weight is not None:
        with record() as reading:
            data = apply_class_weight(data, job.class_weight)
        data = dataclasses.replace(data, reading=join(data.reading, reading))
    return dataclasses.replace(data, planned_steps=job.epochs * job.epoch_steps(data))


def divide_limit(job: Job, data: Data) -> tuple[Job, Data]:
    """Divides a limit of steps or seconds among the stages, and plans the schedules for it.

    Where the recipe has stages, or the limit is a time, the stages are rehearsed with a model of
    their own. A job with an allotment keeps it.

    Args:
        job: the training; without a limit it is returned as it is.
        data: its data set.

    Returns:
        The job with its allotment, and the data with the planned steps.

    Raises:
        ValueError: if the limit cannot be divided.
    """
    if job.limit is None:
        return job, data
    allotment = job.allotment
    if allotment is None:
        allotment = allot(job.limit, _stage_lengths(job, data), MAIN)
    job = dataclasses.replace(job, allotment=allotment)
    return job, dataclasses.replace(data, planned_steps=allotment.planned_steps)


def _stage_lengths(job: Job, data: Data) -> dict[str, StageLength]:
    limit = job.limit
    assert limit is not None
    if job.recipe.train is None and limit.steps is not None:
        return {MAIN: StageLength(job.epochs, job.epoch_steps(data))}
    seconds = 0.0
    if limit.seconds is not None:
        seconds = min(max(LEAST_MEASURED, limit.seconds * MEASURED_SHARE), MOST_MEASURED)
    model = build_model(job, data)
    rehearsal = Rehearsal(job, data, seconds)
    _train_stages(rehearsal, job, data, model)
    return rehearsal.lengths


def build_model(job: Job, data: Data, *, seed_backend: bool = True) -> keras.Model:
    """Seeds everything, sets the precision and builds the compiled model.

    Args:
        job: the training.
        data: its data set.
        seed_backend: whether the backend's own generator, from which Keras' layers do not draw, is
            seeded too; TensorFlow then optimizes all traces again.

    Raises:
        TypeError: if the recipe's build returns anything but a compiled Keras model.
        Oversized: if the model has more than `max_parameters`.
        ValueError: if no layer matches those of `init_from`, or the model cannot be trained on so
            many `devices`.
    """
    with _dtype_policy(job.precision):
        if seed_backend:
            keras.utils.set_random_seed(job.seed)
        else:
            random.seed(job.seed)
            np.random.seed(job.seed)
        model = job.recipe.build(data, **arguments(job.recipe.build, job.values))
    if not isinstance(model, keras.Model) or not model.compiled:
        raise TypeError(
            f"`build` must return a compiled keras.Model. Received: {type(model).__name__}"
            f"{' that is not compiled' if isinstance(model, keras.Model) else ''}"
        )
    if not model.built:
        model(data.train.take(data.sampler("train").indices(job.seed, 0, 1, 1)).x)
    count = count_parameters(model)
    if job.max_parameters is not None and count > job.max_parameters:
        raise Oversized(f"{count:,} parameters, {job.max_parameters:,} allowed")
    if job.init_from is not None:
        copy_weights(job.init_from, model)
    resolve_jit_compile(job, model)
    data_parallel.check(job.devices, data.batch_size)
    return model


def check_objective(job: Job, data: Data, model: keras.Model) -> None:
    """Evaluates a batch of validation to find out that the objective is among the metrics.

    Args:
        job: the training, without stages of its recipe's own.
        data: its data set.
        model: as `build_model` returns it; unchanged.

    Raises:
        ValueError: if the objective is not logged; lists the metrics that are.
    """
    with InputPipeline(model, data.batch_size).evaluate(data, "validation", steps=1) as (x, first):
        options: Any = {"callbacks": first, "verbose": 0, "return_dict": True}
        values: Any = model.evaluate(x, **options)
    logs = {**values, **{f"val_{name}": value for name, value in values.items()}}
    if job.recipe.objective.name not in logs:
        logs |= Evaluators(job.recipe, data).validate(model, data.validation, logs)
    objective_value(job.recipe.objective, logs)


def train(
    job: Job,
    data: Data,
    model: keras.Model,
    listener: Listener,
    verbose: int | str = 0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    traced: TracedModel | None = None,
) -> Trained:
    """Trains the model by the recipe's `train`, or in one stage; it ends with its best weights.

    Args:
        job: the training.
        data: its data set.
        model: as `build_model` returns it.
        listener: called with each epoch's number, metrics and stage.
        verbose: of Keras.
        callbacks: further ones for the main stage.
        traced: trains in place of the model, where it matches.

    Raises:
        Diverged, TimedOut: see `keras_dl.training.callbacks.FailureDetector`.
        ValueError: if the recipe's objective is not among the reported metrics, or its `train`
            leaves out the main stage.
    """
    start = time.monotonic()
    session = Session(
        job, data, model, listener, verbose=verbose, callbacks=callbacks, traced=traced
    )
    _train_stages(session, job, data, model)
    session.finish()
    seconds = time.monotonic() - start + session.earlier_seconds
    return Trained(model, data, session.progress.state, seconds, session)


def _train_stages(session: Session | Rehearsal, job: Job, data: Data, model: keras.Model) -> None:
    train_function = job.recipe.train
    if train_function is None:
        session.fit(model, data)
        return
    with _dtype_policy(job.precision):
        train_function(session, model, data, **arguments(train_function, job.values))


def outcome(trained: Trained, metrics: dict[str, float]) -> Outcome:
    """Returns the plain numbers of a training.

    Args:
        trained: the training.
        metrics: of the test set, by name; empty where it was not evaluated.

    Raises:
        Diverged: if the objective was finite in no epoch.
    """
    state, objective = trained.state, trained.session.objective.name
    if state.best is None:
        last = state.history.get(objective, [math.nan])[-1]
        raise Diverged(f"{objective} is {last:g} after epoch {state.epoch} and was never finite")
    return Outcome(
        score=state.best,
        best_epoch=state.best_epoch,
        history=state.history,
        parameters=count_parameters(trained.model),
        seconds=trained.seconds,
        stopped=state.stopped,
        metrics=metrics,
        rss=psutil.Process().memory_info().rss / 2**20,
        jit_compile=bool(trained.model.jit_compile),
        used=trained.session.used,
    )


@contextlib.contextmanager
def _dtype_policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
