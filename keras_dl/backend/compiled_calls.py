"""A model called step by step by a loop of Python: its outputs, and several updates at once.

`predict` and `train_on_batch` cost a millisecond and more beside the arithmetic, as they build an
iterator for each call.
"""

import importlib
import weakref
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_dl.backend.compiled_loop import compile_steps

__all__ = ["CompiledUpdates", "compiled_call", "compiled_outputs"]

# One trace for each model and shape of its inputs, for the model's lifetime.
_calls: "weakref.WeakKeyDictionary[Any, Any]" = weakref.WeakKeyDictionary()


def compiled_outputs(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """Returns a function from examples (n, …) to outputs, one compiled call for each.

    Args:
        model: built; its weights may change between calls.

    Returns:
        The function, which compiles once for each n.
    """
    call = compiled_call(model)
    return lambda x: np.asarray(keras.ops.convert_to_numpy(call(x)))


def compiled_call(model: keras.Model) -> Callable[[Any], Any]:
    """Returns the model's inference as one compiled call, whose outputs stay on the device.

    Args:
        model: built; its weights may change between calls.

    Returns:
        A function from arrays or tensors, in the structure of the inputs, to tensors in that of
        the outputs; it compiles once for each shape.
    """
    if model not in _calls:
        by_backend = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
        _calls[model] = by_backend[keras.backend.backend()](weakref.proxy(model))
    return _calls[model]


class CompiledUpdates:
    """Optimizer steps of a model on batches that a loop of Python draws, several in one call.

    Args:
        model: compiled; its `train_step` is used.
        batch_size: examples of an update.
    """

    def __init__(self, model: keras.Model, batch_size: int) -> None:
        self._model, self._size = model, batch_size
        self._loop: Any = None
        if keras.backend.backend() == "tensorflow":
            self._loop = compile_steps(model.train_step, batch_size, model.jit_compile)

    def __call__(self, x: np.ndarray, y: dict[str, np.ndarray]) -> dict[str, float]:
        """Updates the weights once for each batch, in order.

        Args:
            x: (updates · batch, …).
            y: arrays of the same first axis, by name.

        Returns:
            The means of the model's metrics over these updates.
        """
        updates = len(x) // self._size
        if self._loop is not None:
            self._model.reset_metrics()
            tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, (x, y))
            logs = self._loop(tensors, None, np.int32(0), np.int32(updates))
            return {name: float(value.numpy()) for name, value in logs.items()}
        sums: dict[str, float] = {}
        for start in range(0, updates * self._size, self._size):
            rows = slice(start, start + self._size)
            batch = keras.tree.map_structure(lambda array, rows=rows: array[rows], y)
            logs: Any = self._model.train_on_batch(x[rows], batch, return_dict=True)
            sums = {name: sums.get(name, 0.0) + float(value) for name, value in logs.items()}
        return {name: value / updates for name, value in sums.items()}


def _tensorflow(model: Any) -> Any:
    tf = importlib.import_module("tensorflow")
    call = tf.function(lambda x: model(x, training=False), autograph=False)
    return lambda x: call(keras.tree.map_structure(tf.convert_to_tensor, x))


def _jax(model: Any) -> Any:
    jax = importlib.import_module("jax")
    call = jax.jit(lambda *arrays: model.stateless_call(*arrays, training=False)[0])

    def outputs(x: Any) -> Any:
        trainable = [variable.value for variable in model.trainable_variables]
        others = [variable.value for variable in model.non_trainable_variables]
        return call(trainable, others, x)

    return outputs


def _torch(model: Any) -> Any:
    torch = importlib.import_module("torch")

    def outputs(x: Any) -> Any:
        with torch.no_grad():
            return model(x, training=False)

    return outputs
