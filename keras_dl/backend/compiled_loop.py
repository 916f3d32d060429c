"""Steps of `fit` and `evaluate` on TensorFlow, in compiled loops over data in device memory.

Each call from Python costs TensorFlow a fifth of a millisecond or more, and each batch from Python
as much again. So one call runs many steps: `fit` still counts the steps one by one, but the first
of a group computes all of them, and the others return its result.
"""

import importlib
import time
from typing import Any

import keras
import numpy as np

from keras_dl.backend.batches import as_batch
from keras_dl.backend.device_memory import placed
from keras_dl.backend.fused_operations import fused_operations
from keras_dl.data.dataset import Split
from keras_dl.data.samplers import Sampler, Sequential

__all__ = ["CompiledLoop", "compile_steps"]

GROUP_SECONDS = 0.5  # of a call: the progress bar stands still, and Ctrl-C waits, for so long
GROWTH = 8  # a group has at most so many times the steps of the group before


class CompiledLoop(keras.callbacks.Callback):
    """Replaces a model's `train_function` or `test_function`, and is a callback of the same fit.

    Args:
        model: compiled.
        training: whether the steps train.
        batch_size: examples per step.
    """

    def __init__(self, model: keras.Model, *, training: bool, batch_size: int) -> None:
        super().__init__()
        # `self.model` is set by Keras; the loop must work before that, and after.
        self._trained_model, self._training, self._size = model, training, batch_size
        self._loops: dict[bool | str, Any] = {}  # by whether XLA compiles the steps
        self._arrays: tuple[Any, ...] = ()
        self._rows: Any = None  # the epoch's row numbers; None: the split in its order
        self._spec: Any = None
        self._steps = self._end = self._requested = self._completed = 0
        self._total: int | None = None
        self._logs: dict[str, Any] = {}
        self._group, self._seconds = 0, 0.0  # steps of the last group, seconds per step

    def attach(
        self,
        split: Split,
        sampler: Sampler,
        *,
        seed: int = 0,
        steps: int | None = None,
        single_steps: bool = False,
        total_steps: int | None = None,
    ) -> Any:
        """Uploads a split.

        Args:
            split: examples and targets.
            sampler: draws the rows of each epoch.
            seed: of the sampler.
            steps: steps per epoch at most; None for all.
            single_steps: whether each step is a call of its own, for callbacks that see each.
            total_steps: steps from epoch 0 on after which `fit` is stopped; None: it is not.

        Returns:
            The data argument of `fit` or `evaluate`: a `tf.data.Dataset` as long as an epoch.
        """
        whole = -(-sampler.num_examples // self._size)
        self._steps = min(whole, steps or whole, keras.config.max_steps_per_epoch() or whole)
        self._end, self._total = self._steps, total_steps
        self._arrays = as_batch(split.map(placed))
        self._sampler, self._seed, self._single_steps = sampler, seed, single_steps
        self._draw(0)
        counter = importlib.import_module("tensorflow").data.Dataset.range(self._steps)
        self._spec = counter.element_spec
        return counter

    @property
    def uncounted(self) -> int:
        """Steps that are computed and not yet counted by `fit`."""
        return self._completed - self._requested

    def release(self) -> None:
        """Frees the device's memory; the trace stays for the next split."""
        self._arrays, self._rows = (), None

    def traced(self, jit_compile: bool | str) -> Any:
        """Returns TensorFlow's concrete function of the steps, traced if necessary."""
        return self._loop(jit_compile).get_concrete_function(*self._arguments(0, 1))

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Draws the epoch's rows."""
        if self._training:
            self._draw(epoch)
            if self._total is not None:
                self._end = min(self._steps, self._total - epoch * self._steps)
            self._requested = self._completed = 0

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts the pass over the split."""
        if not self._training:
            self._requested = self._completed = 0

    def __call__(self, iterator: Any) -> dict[str, Any]:
        """One step, as Keras counts it.

        Args:
            iterator: over the result of `attach`; counts the steps, its elements are not used.

        Returns:
            The metrics' means over this pass, after the last step that was computed.

        Raises:
            RuntimeError: if a callback evaluates the model on other data while `fit` runs.
        """
        if getattr(iterator, "element_spec", None) != self._spec or self._requested == self._end:
            raise RuntimeError("`evaluate` must wait until `fit` has ended")
        if self._requested == self._completed:
            self._compute(min(self._next_group(), self._end - self._completed))
        self._requested += 1
        return self._logs

    def _draw(self, epoch: int) -> None:
        in_order = isinstance(self._sampler, Sequential) and not self._training
        if in_order and self._sampler.num_examples == len(keras.tree.flatten(self._arrays)[0]):
            self._rows = None
        else:
            rows = self._sampler.indices(self._seed, epoch, self._size, self._steps)
            self._rows = placed(rows)

    def _next_group(self) -> int:
        if self._single_steps or not self._group:
            return 1  # the first step of all includes the tracing
        wanted = GROUP_SECONDS / self._seconds if self._seconds else GROWTH
        return max(1, int(min(wanted, GROWTH * self._group)))

    def _loop(self, jit_compile: bool | str) -> Any:
        if jit_compile not in self._loops:
            model = self._trained_model
            step = model.train_step if self._training else model.test_step
            self._loops[jit_compile] = compile_steps(step, self._size, jit_compile)
        return self._loops[jit_compile]

    def _arguments(self, start: int, stop: int) -> tuple[Any, ...]:
        return self._arrays, self._rows, np.int32(start), np.int32(stop)

    def _compute(self, steps: int) -> None:
        start = time.perf_counter()
        loop = self._loop(self._trained_model.jit_compile)
        logs = loop(*self._arguments(self._completed, self._completed + steps))
        self._logs = {name: _to_python(value) for name, value in logs.items()}
        if self._group:
            self._seconds = (time.perf_counter() - start) / steps
        self._group = steps
        self._completed += steps


def _to_python(value: Any) -> float | np.ndarray:
    """A scalar as a float, other tensors as arrays; waits for the steps."""
    array = value.numpy()
    return float(array) if array.ndim == 0 else array


def compile_steps(model_step: Any, size: int, jit_compile: bool | str) -> Any:
    """Compiles the loop over the steps from `start` up to `stop`.

    Args:
        model_step: `train_step` or `test_step` of a model.
        size: examples per step.
        jit_compile: whether XLA compiles the steps.

    Returns:
        A function of arrays, row numbers (None: the arrays in their order), the first step and the
        one after the last, to the metrics.
    """
    tf = importlib.import_module("tensorflow")
    options: dict[str, Any] = {"autograph": False, "reduce_retracing": True}

    def fused_step(*batch: Any) -> Any:
        with fused_operations():
            return model_step(batch)

    step = tf.function(fused_step, jit_compile=jit_compile, **options)

    def loop(arrays: Any, rows: Any, start: Any, stop: Any) -> Any:
        def batch(number: Any) -> Any:
            part = slice(number * size, (number + 1) * size)
            if rows is None:
                return keras.tree.map_structure(lambda a: a[part], arrays)
            # Any rank of `rows` works: an example may consist of several rows.
            return keras.tree.map_structure(lambda a: tf.gather(a, rows[part]), arrays)

        def spec(array: Any) -> Any:
            inner = array.shape[1:] if rows is None else [*rows.shape[1:], *array.shape[1:]]
            return tf.TensorSpec([None, *inner], array.dtype)

        # The loop needs the step's outputs before the first step: zeros of their shapes.
        specs: Any = keras.tree.map_structure(spec, arrays)
        outputs = step.get_concrete_function(*specs).structured_outputs
        empty = {name: tf.zeros(out.shape, out.dtype) for name, out in outputs.items()}
        return tf.while_loop(
            lambda number, _: number < stop,
            lambda number, _: (number + 1, step(*batch(number))),
            (start, empty),
        )[1]

    return tf.function(loop, **options)
