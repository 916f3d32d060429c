"""How far back in time the gradient of a recurrent language model reaches."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.backend.gradients import gradients
from keras_dl.utils.layers import layer_hooks

__all__ = ["gradient_by_distance"]


def gradient_by_distance(net: keras.Model, ids: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Computes the gradient of the last token's loss by the vector of each token before it.

    Args:
        net: from ids and states to logits and states, see `keras_dl.models.recurrent_lm`.
        ids: (batch, time), read from states of 0.
        targets: (batch,), the tokens that follow.

    Returns:
        (time,) mean Euclidean norm over the batch, that of the last token first.

    Reference:
        Bengio, Simard and Frasconi, 1994, Learning Long-Term Dependencies with Gradient Descent is
        Difficult, IEEE Transactions on Neural Networks 5, section III. Hochreiter and Schmidhuber,
        1997, Long Short-Term Memory, Neural Computation 9, section 3.
    """
    table: Any = net.get_layer("words")
    states = [ops.zeros((len(ids), tensor.shape[-1])) for tensor in net.inputs[1:]]

    def loss(added: list[Any]) -> Any:
        with layer_hooks([table], lambda _, vectors: vectors + added[0]):
            logits = net([ops.convert_to_tensor(ids), *states], training=False)[0]
        last: Any = keras.losses.sparse_categorical_crossentropy(
            targets, logits[:, -1], from_logits=True
        )
        return ops.sum(last)  # the examples do not depend on each other

    slopes = gradients(loss, [np.zeros((*ids.shape, table.output_dim), "float32")])[0]
    return np.linalg.norm(slopes.astype("float64"), axis=-1).mean(axis=0)[::-1]
