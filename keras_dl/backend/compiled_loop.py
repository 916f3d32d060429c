"""Steps of `fit` and `evaluate` on TensorFlow, in compiled loops over data that lie on the device.

TensorFlow pays a fifth of a millisecond and more for each call from Python, and as much again for
each batch that Python hands it. So a call here goes through many steps: `fit` still counts them one
by one, but the first of a stretch does the work of all, and the others find it done.
"""

import importlib
import time
from typing import Any

import keras
import numpy as np

from keras_dl.backend.batches import epoch_order
from keras_dl.backend.device_memory import placed
from keras_dl.backend.replicas import Step
from keras_dl.data import Split

__all__ = ["CompiledLoop"]

STRETCH = 0.5  # seconds: how long the progress bar may stand still, and a Ctrl-C wait
GROWTH = 8  # a stretch is at most so many times as long as the one before


class CompiledLoop(keras.callbacks.Callback):
    """Takes the place of a model's `train_function` or `test_function`, and is a callback of it.

    Args:
        model: compiled.
        training: whether the steps learn.
        batch_size: examples per step.
        devices: how many share each step.
    """

    def __init__(self, model: Any, *, training: bool, batch_size: int, devices: int = 1) -> None:
        super().__init__()
        self._learner, self._training, self._size = model, training, batch_size
        self._devices = devices
        self._walks: dict[bool | str, Any] = {}  # by whether XLA compiles the steps
        self._split: tuple[Any, ...] = ()
        self._spec: Any = None
        self._order: tuple[Any, ...] = ()
        self._steps = self._asked = self._done = 0
        self._logs: dict[str, Any] = {}
        self._last, self._seconds = 0, 0.0  # steps of the stretch before, seconds for one of them

    def over(
        self, split: Split, *, seed: int = 0, steps: int | None = None, singly: bool = False
    ) -> Any:
        """Puts a split on the device.

        Args:
            split: examples and targets.
            seed: of the order in which training meets the examples.
            steps: in an epoch at most; None for all.
            singly: whether each step is a call of its own, for callbacks that look at each.

        Returns:
            What `fit` or `evaluate` takes in place of the data: a pipeline as long as an epoch.
        """
        whole = -(-len(split.x) // self._size)
        self._steps = min(whole, steps or whole, keras.config.max_steps_per_epoch() or whole)
        self._split, self._seed, self._singly = tuple(map(placed, split)), seed, singly
        pipeline = importlib.import_module("tensorflow").data.Dataset.range(self._steps)
        self._spec = pipeline.element_spec
        return pipeline

    def leave(self) -> None:
        """Lets the device's memory go; the trace stays for the next split."""
        self._split = self._order = ()

    def traced(self, jit: bool | str) -> Any:
        """What the steps on the split compute: TensorFlow's function for it, traced if need be."""
        return self._walk(jit).get_concrete_function(*self._given(0, 1))

    def timed(self, jit: bool | str, steps: int) -> float:
        """Seconds of the first steps, which change what they change; `fit` does not count them."""
        start = time.perf_counter()
        for value in self._walk(jit)(*self._given(0, steps)).values():
            value.numpy()
        return time.perf_counter() - start

    @property
    def pace(self) -> float:
        """Seconds of a step where steps have been timed, else 0."""
        return self._seconds

    @property
    def shapes(self) -> list[Any]:
        """Batch size, shape and type of an example and of its target."""
        return [self._size, *([list(a.shape[1:]), a.dtype.name] for a in self._split)]

    @property
    def full_steps(self) -> int:
        """Steps of an epoch with whole batches."""
        return min(self._steps, int(self._split[0].shape[0]) // self._size)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Draws the epoch's order."""
        if self._training:
            count = int(self._split[0].shape[0])
            self._order = (epoch_order(self._seed, epoch, count).astype("int32"),)
            self._asked = self._done = 0

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begins anew."""
        if not self._training:
            self._asked = self._done = 0

    def __call__(self, iterator: Any) -> dict[str, Any]:
        """One step, as Keras sees it.

        Args:
            iterator: over what `over` gave; counts, and is not looked into.

        Returns:
            The metrics' means over this pass, after the last step that was done.

        Raises:
            RuntimeError: if a callback evaluates the model on something else while `fit` runs.
        """
        if getattr(iterator, "element_spec", None) != self._spec or self._asked == self._steps:
            raise RuntimeError("`evaluate` must wait until `fit` has ended")
        if self._asked == self._done:
            self._go(min(self._length(), self._steps - self._done))
        self._asked += 1
        return self._logs

    def _length(self) -> int:
        if self._singly or not self._last:
            return 1  # the first step of all includes the tracing
        wanted = STRETCH / self._seconds if self._seconds else GROWTH
        return max(1, int(min(wanted, GROWTH * self._last)))

    def _walk(self, jit: bool | str) -> Any:
        if jit not in self._walks:
            given = self._learner, self._training, self._size
            alone = self._devices == 1
            self._walks[jit] = _compiled(*given, jit) if alone else _shared(*given, self._devices)
        return self._walks[jit]

    def _given(self, start: int, stop: int) -> tuple[Any, ...]:
        return (*self._split, *self._order, np.int32(start), np.int32(stop))

    def _go(self, steps: int) -> None:
        start = time.perf_counter()
        walk = self._walk(self._learner.jit_compile)
        logs = walk(*self._given(self._done, self._done + steps))
        self._logs = {name: _plain(value) for name, value in logs.items()}
        if self._last:
            self._seconds = (time.perf_counter() - start) / steps
        self._last = steps
        self._done += steps


def _plain(value: Any) -> Any:
    """A scalar as a float, anything else as an array; waits for the steps."""
    array = value.numpy()
    return float(array) if array.ndim == 0 else array


def _compiled(model: Any, training: bool, size: int, jit: bool | str) -> Any:
    """The loop over the steps from `start` up to `stop`."""
    tf = importlib.import_module("tensorflow")
    given = model.train_step if training else model.test_step
    plain: dict[str, Any] = {"autograph": False, "reduce_retracing": True}
    step = tf.function(lambda x, y: given((x, y)), jit_compile=jit, **plain)

    def walk(batch: Any, x: Any, y: Any, start: Any, stop: Any) -> Any:
        specs = [tf.TensorSpec([None, *a.shape[1:]], a.dtype) for a in (x, y)]
        made = step.get_concrete_function(*specs).structured_outputs
        empty = {name: tf.zeros(out.shape, out.dtype) for name, out in made.items()}
        return tf.while_loop(
            lambda number, _: number < stop,
            lambda number, _: (number + 1, step(*batch(number * size))),
            (start, empty),
        )[1]

    def shuffled(x: Any, y: Any, order: Any, start: Any, stop: Any) -> Any:
        def batch(first: Any) -> tuple[Any, Any]:
            rows = order[first : first + size]
            return tf.gather(x, rows), tf.gather(y, rows)

        return walk(batch, x, y, start, stop)

    def straight(x: Any, y: Any, start: Any, stop: Any) -> Any:
        return walk(lambda n: (x[n : n + size], y[n : n + size]), x, y, start, stop)

    return tf.function(shuffled if training else straight, **plain)


def _shared(model: Any, training: bool, size: int, devices: int) -> Any:
    """As `_compiled`, over steps that several devices share."""
    tf = importlib.import_module("tensorflow")
    step = Step(model, training=training, devices=devices)

    def walk(x: Any, y: Any, *bounds: Any) -> Any:
        *order, start, stop = bounds

        def go(number: Any) -> Any:
            rows = slice(number * size, (number + 1) * size)
            step(*((tf.gather(a, order[0][rows]) if order else a[rows]) for a in (x, y)))
            return number + 1

        tf.while_loop(lambda number: number < stop, go, (start,))
        return model.get_metrics_result()

    compiled = tf.function(walk, autograph=False, reduce_retracing=True)

    def prepared(x: Any, y: Any, *bounds: Any) -> Any:
        step.prepare(x[:1], y[:1])
        return compiled(x, y, *bounds)

    return prepared
