"""Outputs of a model for many examples, with as few calls from Python as the backend allows."""

import importlib
import weakref
from typing import Any

import keras
import numpy as np

from keras_dl.backend.device_memory import fits, placed
from keras_dl.backend.fused_operations import fused_operations

__all__ = ["outputs"]

# One trace for each model and batch size, for the model's lifetime.
_loops: "weakref.WeakKeyDictionary[Any, dict[int, Any]]" = weakref.WeakKeyDictionary()


def outputs(model: keras.Model, x: Any, batch_size: int = 256) -> Any:
    """Returns the outputs of `model.predict`, on TensorFlow by one compiled loop where `x` fits.

    Args:
        model: takes `x`; the first axis of its outputs counts the examples.
        x: (n, …), or such arrays in dicts and lists; at least one example.
        batch_size: examples at a time.

    Returns:
        An array, or arrays in the structure of the model's outputs.
    """
    own_step = type(model).predict_step is not keras.Model.predict_step
    x = keras.tree.map_structure(np.asarray, x)
    compiled = keras.backend.backend() == "tensorflow" and not model.run_eagerly
    if own_step or not compiled or not fits(*keras.tree.flatten(x)):
        return model.predict(x, batch_size=batch_size, verbose=0)  # type: ignore[arg-type]
    loops = _loops.setdefault(model, {})
    if batch_size not in loops:
        loops[batch_size] = _compile(weakref.proxy(model), batch_size)
    tensors = loops[batch_size](keras.tree.map_structure(placed, x))
    return keras.tree.map_structure(lambda tensor: tensor.numpy(), tensors)


def _compile(model: Any, size: int) -> Any:
    tf = importlib.import_module("tensorflow")

    def input_of(array: Any) -> Any:
        return keras.Input(batch_shape=(None, *array.shape[1:]), dtype=array.dtype.name)

    def loop(x: Any) -> Any:
        count = -(-tf.shape(keras.tree.flatten(x)[0])[0] // size)
        spec = model.compute_output_spec(keras.tree.map_structure(input_of, x))
        kinds = [part.dtype for part in keras.tree.flatten(spec)]
        lists = [tf.TensorArray(kind, count, False, infer_shape=False) for kind in kinds]

        def step(number: Any, arrays: list[Any]) -> Any:
            part = slice(number * size, (number + 1) * size)
            batch = keras.tree.map_structure(lambda a: a[part], x)
            with fused_operations():
                y = keras.tree.flatten(model(batch, training=False))
            return number + 1, [a.write(number, b) for a, b in zip(arrays, y, strict=True)]

        arrays = tf.while_loop(lambda number, _: number < count, step, (0, lists))[1]
        return keras.tree.pack_sequence_as(spec, [a.concat() for a in arrays])

    return tf.function(loop, autograph=False, reduce_retracing=True)
