"""Copies of networks that are not trained: averages of weights, targets of Q-learning."""

from typing import Any

import keras

__all__ = ["frozen_copy"]


def frozen_copy(net: keras.Model) -> keras.Model:
    """Returns a copy of a net, with equal weights that are not trainable."""
    copy: Any = keras.models.clone_model(net)
    copy.set_weights(net.get_weights())
    copy.trainable = False
    return copy
