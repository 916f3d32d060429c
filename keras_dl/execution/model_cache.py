"""Reuse of traced models across trials: where only floats differ, a trial needs no new trace.

A trial's model is built as usual, which takes a few hundredths of a second and sets the initial
weights; another model trains in its place, which was built with runtime floats (see
`keras_dl.backend.runtime_floats`), traced once and set to the trial's values. All trials of a
worker go this way, so that a trial's result does not depend on the trials before it. On
TensorFlow this gives five times the trials per minute; KERAS_DL_MODEL_CACHE=0 turns it off.
"""

import contextlib
import dataclasses
import functools
import os
import sys
from collections.abc import Iterator
from typing import Any

import cloudpickle
import keras
import numpy as np

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.backend.runtime_floats import RuntimeFloats
from keras_dl.data import Data
from keras_dl.training import fit
from keras_dl.training.checkpoint import restore, snapshot
from keras_dl.training.input_pipeline import InputPipeline, training_setup
from keras_dl.training.job import Job, arguments

__all__ = ["CachedModel", "borrow", "forget"]

MOST_MODELS, MOST_BYTES = 4, 2**26  # models in a process, and bytes of the variables of one
_cache: list[tuple[str, "CachedModel"]] = []  # by key; the model used last is the last
_uncacheable: set[str] = set()  # keys whose build or step cannot be reused


class CachedModel:
    """A traced model whose hyperparameters can be set; a `keras_dl.training.session.TracedModel`.

    Args:
        job: the training that it is built for.
        data: data set of the job.
        model: built for the same job just before.

    Attributes:
        model: trains in place of the trials' models.
        pipeline: input pipeline of that model, with the traces.
        floats: the runtime floats that the traces read.

    Raises:
        ValueError: if a step changes, or draws from, variables that are not the model's.
    """

    def __init__(self, job: Job, data: Data, model: keras.Model) -> None:
        self.floats = RuntimeFloats(_float_values(job))
        values = {**job.values, **self.floats.floats}
        self.model = fit.build_model(
            dataclasses.replace(job, values=values), data, seed_backend=False
        )
        for one, other in zip(snapshot(model), snapshot(self.model), strict=True):
            if not np.array_equal(one, other):
                raise ValueError("weights are not drawn with Keras' seeds")
        self.pipeline = InputPipeline(self.model, data.batch_size)
        self.model.optimizer.build(self.model.trainable_variables)
        # One step of validation creates the metrics' variables before the traces.
        with self.pipeline.evaluate(data, "validation", steps=1) as (x, callbacks):
            self.model.evaluate(x, callbacks=callbacks, verbose=0)  # type: ignore[arg-type]
        for graph in self.pipeline.graphs(data):
            self._check(graph)
        self._expected: tuple[Any, ...] = ()

    def expect(self, model: keras.Model) -> None:
        """Records how a trial's model is compiled, before its training can change that."""
        self._expected = training_setup(model)

    def matches(self, model: keras.Model) -> bool:
        """Returns whether the model is still compiled, and frozen, as when it was built."""
        return training_setup(model) == self._expected

    def take(self, model: keras.Model) -> None:
        """Copies the variables of `model`, and shares its training state."""
        self.model.jit_compile = model.jit_compile
        if isinstance(self.model, ComposedModel):
            for name in self.model.training_state:
                setattr(self.model, name, getattr(model, name))
        model.optimizer.build(model.trainable_variables)
        self._copy(model, self.model)

    def give(self, model: keras.Model) -> None:
        """Copies the variables to `model`."""
        self._copy(self.model, model)

    @staticmethod
    def _copy(source: keras.Model, target: keras.Model) -> None:
        restore(target.variables, snapshot(source))
        restore(target.optimizer.variables, snapshot(source.optimizer))

    def _check(self, graph: Any) -> None:
        own = [*self.model.variables, *self.model.optimizer.variables]
        handles = {id(v.value.handle) for v in [*own, *self.model.metrics_variables]}
        if isinstance(self.model, ComposedModel):
            handles |= {id(v.value.handle) for v in self.model.shared_variables()}
        handles.add(id(self.floats.variable.handle))
        captures = [t for t, _ in graph.captures if t.dtype == "resource"]
        if any(id(tensor) not in handles for tensor in captures):
            raise ValueError("a step keeps state in variables that are not the model's")
        functions = graph.as_graph_def().library.function
        random = {n.op for f in functions for n in f.node_def if n.op.startswith("Random")}
        if random:
            raise ValueError(f"a step draws random numbers without a seed: {min(random)}")


@contextlib.contextmanager
def borrow(job: Job, data: Data) -> Iterator[tuple[keras.Model, CachedModel | None]]:
    """Builds a job's model, and finds a traced one that can train in its place.

    Args:
        job: the training.
        data: its data set.

    Yields:
        (the model as `fit.build_model` returns it, the traced model or None).
    """
    key, floats = _key(job, data), _float_values(job)
    cached = _lookup(key, floats)
    # Clearing Keras' state, for layers' names, makes TensorFlow optimize all traces again.
    if cached is None or (job.test and job.keep):
        keras.utils.clear_session(free_memory=False)  # collected after the training, once
    model = fit.build_model(job, data, seed_backend=cached is None)
    if cached is None and _is_cacheable(job, model, data):
        cached = _add(job, data, model, key)
    if cached is not None:
        cached.expect(model)
    try:
        yield model, cached
    except BaseException:
        forget()  # a failed training may leave any state
        raise


def forget() -> None:
    """Removes all models from the cache."""
    _cache.clear()


def _lookup(key: str, floats: dict[str, float]) -> CachedModel | None:
    for i, (other, cached) in enumerate(_cache):
        if other == key and cached.floats.assign(floats):
            _cache.append(_cache.pop(i))
            return cached
    return None


def _add(job: Job, data: Data, model: keras.Model, key: str) -> CachedModel | None:
    """Returns None where the recipe's code does not work with runtime floats; the log says why."""
    if key in _uncacheable:
        return None
    try:
        cached = CachedModel(job, data, model)
    except Exception as error:
        # Whatever fails here concerns the reuse alone: the trial trains on a trace of its own.
        print(f"{job.recipe.name}: each trial is traced again ({error})", file=sys.stderr)
        _uncacheable.add(key)
        return None
    _cache.append((key, cached))
    del _cache[:-MOST_MODELS]
    return cached


def _is_cacheable(job: Job, model: keras.Model, data: Data) -> bool:
    """Models of classes that do not say so may change more than variables in a step."""
    return (
        os.environ.get("KERAS_DL_MODEL_CACHE", "1") != "0"
        and job.devices == 1
        and job.callbacks is None  # they may change the model
        and (job.limit is None or job.limit.seconds is None)  # the rate follows the clock
        and _has_reusable_step(model)
        and 4 * model.count_params() <= MOST_BYTES
        and InputPipeline(model, data.batch_size).uses_compiled_loops(data)
    )


def _has_reusable_step(model: keras.Model) -> bool:
    if isinstance(model, ComposedModel):
        return model.reusable_step
    return type(model) in (keras.Sequential, _functional())


@functools.cache
def _functional() -> type:
    inputs = keras.Input((1,))
    return type(keras.Model(inputs, keras.layers.Identity()(inputs)))


def _float_values(job: Job) -> dict[str, float]:
    """Hyperparameters of `build` that are floats."""
    values = arguments(job.recipe.build, job.values)
    return {name: value for name, value in values.items() if type(value) is float}


def _key(job: Job, data: Data) -> str:
    """Everything else that a trace depends on.

    The hyperparameters of `train` are not part of it: `CachedModel.matches` notices its changes.
    """
    apart = {
        *_float_values(job),
        *(arguments(job.recipe.train, job.values) if job.recipe.train else ()),
    }
    rest = {name: value for name, value in job.values.items() if name not in apart}
    code = cloudpickle.dumps((job.recipe.build, job.recipe.data)).hex()
    arrays = [*data.train.arrays(), *data.validation.arrays()]
    shapes = [[a.shape, a.dtype.name] for a in arrays]
    rows = [data.sampler(s).indices(0, 0, 1, 1).shape[1:] for s in ("train", "validation")]
    setup = (job.precision, data.planned_steps, data.batch_size, shapes, rows, data.digest)
    return repr((code, rest, setup))
