"""Build, fit and evaluate one job; nothing here knows of MLflow or of searches."""

import contextlib
import dataclasses
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import psutil

from keras_dl.backend import data_parallel
from keras_dl.backend.device_memory import runs_on_cpu
from keras_dl.data import Data
from keras_dl.errors import Oversized
from keras_dl.training import checkpoint
from keras_dl.training.callbacks import Checkpointing, FailureDetector
from keras_dl.training.checkpoint import State
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job, Listener, Outcome, arguments, load_data

__all__ = ["Trained", "built", "evaluate", "outcome", "prepared", "train"]


@dataclass
class Trained:
    """A trained model with what led to it.

    Attributes:
        model: with its best weights.
        data: what it was trained on.
        state: epochs, best value, history.
        seconds: wall time of build and fit.
        stopped: "patience", "median" or "".
        feeder: of the model.
    """

    model: Any
    data: Data
    state: State
    seconds: float
    stopped: str
    pipeline: InputPipeline


def prepared(job: Job) -> Data:
    """Loads the job's data and notes how many optimizer steps are planned on it."""
    data = load_data(job)
    return dataclasses.replace(data, planned_steps=job.epochs * steps_per_epoch(job, data))


def steps_per_epoch(job: Job, data: Data) -> int:
    """Optimizer steps in one epoch of the job."""
    whole = -(-len(data.train.x) // data.batch_size)
    return min(whole, job.steps_per_epoch or whole)


def built(job: Job, data: Data, *, seed_backend: bool = True) -> Any:
    """Seeds everything, sets the precision and builds the compiled model.

    Args:
        job: what is trained.
        data: what it is trained on.
        seed_backend: whether the backend's own generator, from which Keras' layers do not draw, is
            seeded too; TensorFlow then optimises again whatever is traced.

    Raises:
        TypeError: if the recipe's build gives anything but a compiled Keras model.
        Oversized: if the model has more than `max_parameters`.
        ValueError: if it cannot be trained on so many `devices`.
    """
    with _policy(job.precision):
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
        model(data.train.x[:1])
    count = model.count_params()
    if job.max_parameters is not None and count > job.max_parameters:
        raise Oversized(f"{count:,} parameters, {job.max_parameters:,} allowed")
    jit_compile = _wanted_jit(job)
    if jit_compile is None and runs_on_cpu():  # XLA's convolutions are slow there; see `jitting`
        jit_compile = False
    if jit_compile is not None:
        model.jit_compile = jit_compile
    data_parallel.check(job.devices, model, data.batch_size, job.jit_compile)
    return model


def _wanted_jit(job: Job) -> bool | None:
    if job.devices > 1 and keras.backend.backend() == "tensorflow":
        return False  # replicas talk to each other in the midst of a step
    return job.recipe.jit_compile if job.jit_compile is None else job.jit_compile


def train(
    job: Job,
    data: Data,
    model: Any,
    listener: Listener,
    verbose: int | str = 0,
    callbacks: Sequence[Any] = (),
    pipeline: InputPipeline | None = None,
) -> Trained:
    """Fits the model, from the job's checkpoint where there is one, and restores its best weights.

    Args:
        job: what is trained.
        data: what it is trained on.
        model: as `built` gives it.
        listener: called with each epoch's number and metrics.
        verbose: of Keras.
        callbacks: further ones for Keras.
        feeder: of the model, where it has one already.

    Raises:
        Diverged, TimedOut: see `keras_dl.training.callbacks.Guard`.
        ValueError: if the recipe's objective is not among the reported metrics.
    """
    start = time.monotonic()
    state, best = _starting_point(job, model)
    keep = Checkpointing(
        job.recipe.objective, state, best, job.folder, listener, job.patience, job.median_threshold
    )
    pipeline = pipeline or InputPipeline(model, data.batch_size, job.devices)
    jit_compile = _wanted_jit(job) if state.jit_compile is None else state.jit_compile
    if jit_compile is not None:
        model.jit_compile = jit_compile
    if state.epoch < job.epochs:
        to_come = job.epochs - state.epoch if jit_compile is None else None
        feeding = pipeline.fit(data, job.seed, job.steps_per_epoch, state.epoch, callbacks, to_come)
        with feeding as (x, held_out, ahead):
            model.fit(
                x,
                validation_data=held_out,
                epochs=job.epochs,
                initial_epoch=state.epoch,
                shuffle=False,  # each epoch has an order of its own
                callbacks=[*ahead, FailureDetector(state, job.timeout), keep, *callbacks],
                verbose=verbose,
            )
    if best:
        checkpoint.restore(model.variables, best)
    return Trained(model, data, state, time.monotonic() - start, keep.stopped, pipeline)


def evaluate(trained: Trained) -> dict[str, float]:
    """Metrics on the whole test set, as `test/loss`, `test/accuracy`; called once, at the end."""
    with trained.pipeline.evaluate(trained.data.test) as (x, callbacks):
        values = trained.model.evaluate(x, callbacks=callbacks, verbose=0, return_dict=True)
    return {f"test/{name}": float(value) for name, value in values.items()}


def outcome(trained: Trained, metrics: dict[str, float]) -> Outcome:
    """The plain numbers of a training."""
    state = trained.state
    return Outcome(
        score=float("nan") if state.best is None else state.best,
        best_epoch=state.best_epoch,
        history=state.history,
        parameters=trained.model.count_params(),
        seconds=trained.seconds,
        stopped=trained.stopped,
        metrics=metrics,
        rss=psutil.Process().memory_info().rss / 2**20,
        jit_compile=state.jit_compile,
    )


def _starting_point(job: Job, model: Any) -> tuple[State, list[np.ndarray]]:
    found = checkpoint.load(job.folder, model)
    if found is None and job.warm_start is not None:
        found = checkpoint.load(job.warm_start, model)
    return found or (State(), [])


@contextlib.contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
