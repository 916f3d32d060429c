"""Copies of networks that are not trained: averages of weights, targets of Q-learning."""

from typing import Any

import keras
from keras import ops

__all__ = ["copy_weights", "frozen_copy"]


def frozen_copy(net: keras.Model) -> keras.Model:
    """Returns a copy of a net, with equal weights that are not trainable."""
    copy: Any = keras.models.clone_model(net)
    copy_weights(net, copy)
    copy.trainable = False
    return copy


def copy_weights(source: keras.Model, target: keras.Model) -> None:
    """Gives a net the weights of another one, in memory of its own.

    JAX would let both share a buffer, also by way of NumPy arrays, and refuse to update it twice.

    Args:
        source: the net with the weights.
        target: a net of the same layers.
    """
    for old, new in zip(target.weights, source.weights, strict=True):
        old.assign(ops.copy(new))
