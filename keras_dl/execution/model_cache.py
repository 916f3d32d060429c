"""Compiled models that a worker uses again: where only numbers differ, a trial needs no new trace.

A trial's model is built as ever, which takes a few hundredths of a second and gives the initial
weights; but another one trains in its place, which was built with dials (see `dials`), traced once
and set to the trial's numbers. All trials of a worker go this way, so that a trial's result does
not depend on what was trained before it.
"""

import contextlib
import dataclasses
import functools
import sys
from collections.abc import Iterator
from typing import Any

import cloudpickle
import keras
import numpy as np

from keras_dl.backend.runtime_floats import RuntimeFloats
from keras_dl.data import Data
from keras_dl.training import fit
from keras_dl.training.checkpoint import restore, snapshot
from keras_dl.training.input_pipeline import InputPipeline
from keras_dl.training.job import Job, arguments

__all__ = ["CachedModel", "borrow", "forget"]

KEPT, LARGEST = 4, 2**26  # engines in a process, and bytes of the variables of one
_engines: list[tuple[str, "CachedModel"]] = []  # with what was built; the one used last stands last
_unfit: set[str] = set()  # what no engine can be made for


class CachedModel:
    """A traced model whose numbers can be set.

    Args:
        job: what it is built for.
        data: what it trains on.
        model: built for the same job just before.

    Raises:
        ValueError: if training it changes, or draws from, what belongs to no model.
    """

    def __init__(self, job: Job, data: Data, model: Any) -> None:
        self.panel = RuntimeFloats(_numbers(job))
        values = {**job.values, **self.panel.dials}
        dialled = dataclasses.replace(job, values=values)
        self.model = fit.built(dialled, data, seed_backend=False)
        for one, other in zip(snapshot(model), snapshot(self.model), strict=True):
            if not np.array_equal(one, other):
                raise ValueError("weights are drawn otherwise than with Keras' seeds")
        self.pipeline = InputPipeline(self.model, data.batch_size)
        self.model.optimizer.build(self.model.trainable_variables)
        with self.pipeline.evaluate(data.validation, steps=1) as (x, ahead):  # makes the metrics
            self.model.evaluate(x, callbacks=ahead, verbose=0)
        for graph in self.pipeline.graphs(data):
            self._check(graph)

    def take(self, model: Any) -> None:
        """Starts where `model` stands."""
        self.model.jit_compile = model.jit_compile
        model.optimizer.build(model.trainable_variables)
        self._copy(model, self.model)

    def give(self, model: Any) -> None:
        """Hands what was learnt to `model`."""
        self._copy(self.model, model)

    @staticmethod
    def _copy(source: Any, target: Any) -> None:
        restore(target.variables, snapshot(source))
        restore(target.optimizer.variables, snapshot(source.optimizer))

    def _check(self, graph: Any) -> None:
        own = [*self.model.variables, *self.model.optimizer.variables]
        known = {id(v.value.handle) for v in [*own, *self.model.metrics_variables]}
        known.add(id(self.panel.variable.handle))
        held = [t for t, _ in graph.captures if t.dtype == "resource" and id(t) not in known]
        if held:
            raise ValueError("a step keeps something in variables that are not the model's")
        functions = graph.as_graph_def().library.function
        drawn = {n.op for f in functions for n in f.node_def if n.op.startswith("Random")}
        if drawn:
            raise ValueError(f"a step draws random numbers that no seed repeats: {min(drawn)}")


@contextlib.contextmanager
def borrow(job: Job, data: Data) -> Iterator[tuple[Any, Any, InputPipeline]]:
    """A model, what trains in its place, and the feeder of that.

    Args:
        job: what is trained.
        data: what it is trained on.

    Yields:
        (the model as `fit.built` gives it, which gets the variables at last; the model to train;
        its feeder). Where no engine can be made, both models are one.
    """
    key, numbers = _key(job, data), _numbers(job)
    engine = _turned(key, numbers)
    # Clearing Keras' state, for layers' names, makes TensorFlow optimise all traces anew.
    if engine is None or (job.test and job.keep):
        keras.utils.clear_session(free_memory=False)  # collected after the training, once
    model = fit.built(job, data, seed_backend=engine is None)
    if engine is None and _suitable(model) and InputPipeline(model, data.batch_size).in_loops(data):
        engine = _made(job, data, model, key)
    if engine is None:
        yield model, model, InputPipeline(model, data.batch_size)
        return
    engine.take(model)
    try:
        yield model, engine.model, engine.pipeline
    except BaseException:
        forget()  # whatever state it was left in
        raise
    engine.give(model)


def forget() -> None:
    """Lets all engines go."""
    _engines.clear()


def _turned(key: str, numbers: dict[str, float]) -> CachedModel | None:
    for i, (known, engine) in enumerate(_engines):
        if known == key and engine.panel.turn(numbers):
            _engines.append(_engines.pop(i))
            return engine
    return None


def _made(job: Job, data: Data, model: Any, key: str) -> CachedModel | None:
    """None where the recipe's code will not take dials; what was in the way is in the log."""
    if key in _unfit:
        return None
    try:
        made = CachedModel(job, data, model)
    except Exception as error:
        print(f"{job.recipe.name}: each trial is traced anew ({error})", file=sys.stderr)
        _unfit.add(key)
        return None
    _engines.append((key, made))
    del _engines[:-KEPT]
    return made


def _suitable(model: Any) -> bool:
    """Whether training changes variables alone; models of other classes may do as they like."""
    kinds = (keras.Sequential, _functional())
    return type(model) in kinds and 4 * model.count_params() <= LARGEST


@functools.cache
def _functional() -> type:
    inputs = keras.Input((1,))
    return type(keras.Model(inputs, keras.layers.Identity()(inputs)))


def _numbers(job: Job) -> dict[str, float]:
    """Hyperparameters of `build` that can be turned."""
    given = arguments(job.recipe.build, job.values)
    return {name: value for name, value in given.items() if type(value) is float}


def _key(job: Job, data: Data) -> str:
    """Whatever else a trace depends on."""
    numbers = _numbers(job)
    rest = {name: value for name, value in job.values.items() if name not in numbers}
    code = cloudpickle.dumps((job.recipe.build, job.recipe.data)).hex()
    shapes = [[a.shape, a.dtype.name] for a in (*data.train, *data.validation)]
    return repr(
        (code, rest, job.precision, data.planned_steps, data.batch_size, shapes, data.digest)
    )
