"""A model's outputs for many examples, with as few calls from Python as the backend allows."""

import importlib
import weakref
from typing import Any

import keras
import numpy as np

from keras_dl.backend.device_memory import fits, placed

__all__ = ["outputs"]

# A trace for each model and number of examples at a time, as long as there is the model.
_walks: "weakref.WeakKeyDictionary[Any, dict[int, Any]]" = weakref.WeakKeyDictionary()


def outputs(model: Any, x: np.ndarray, batch_size: int = 256) -> Any:
    """What `model.predict` gives; on TensorFlow in one compiled loop where `x` fits on the device.

    Args:
        model: takes `x`; its outputs have the examples in front.
        x: (n, …), at least one example.
        batch_size: examples at a time.

    Returns:
        An array, or arrays in the structure of the model's outputs.
    """
    own = type(model).predict_step is not keras.Model.predict_step
    x = np.asarray(x)
    loops = keras.backend.backend() == "tensorflow" and not model.run_eagerly
    if own or not loops or not fits(x):
        return model.predict(x, batch_size=batch_size, verbose=0)
    walks = _walks.setdefault(model, {})
    if batch_size not in walks:
        walks[batch_size] = _compiled(weakref.proxy(model), batch_size)
    made = walks[batch_size](placed(x))
    return keras.tree.map_structure(lambda tensor: tensor.numpy(), made)


def _compiled(model: Any, size: int) -> Any:
    tf = importlib.import_module("tensorflow")

    def walk(x: Any) -> Any:
        count = -(-tf.shape(x)[0] // size)
        spec = keras.Input(batch_shape=(None, *x.shape[1:]), dtype=x.dtype.name)
        made = model.compute_output_spec(spec)
        kinds = [part.dtype for part in keras.tree.flatten(made)]
        lists = [tf.TensorArray(kind, count, False, infer_shape=False) for kind in kinds]

        def step(number: Any, found: list[Any]) -> Any:
            y = keras.tree.flatten(model(x[number * size : (number + 1) * size], training=False))
            return number + 1, [a.write(number, b) for a, b in zip(found, y, strict=True)]

        found = tf.while_loop(lambda number, _: number < count, step, (0, lists))[1]
        return keras.tree.pack_sequence_as(made, [a.concat() for a in found])

    return tf.function(walk, autograph=False, reduce_retracing=True)
