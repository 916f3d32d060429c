"""Selection of vectors of a sequence by their positions."""

from typing import Any

import keras
from keras import ops

__all__ = ["TakePositions"]


@keras.saving.register_keras_serializable("keras_dl")
class TakePositions(keras.layers.Layer):
    """Returns the vectors at given positions of each sequence, as masked language models need them.

    Inputs are vectors (batch, time, width) and positions (batch, chosen) in 0..time-1.
    """

    def call(self, inputs: list[Any]) -> Any:
        """Returns (batch, chosen, width)."""
        vectors, positions = inputs
        index: Any = ops.expand_dims(ops.cast(positions, "int32"), -1)
        return ops.take_along_axis(vectors, index, axis=1)

    def compute_output_shape(self, input_shape: list[tuple[int | None, ...]]) -> tuple[Any, ...]:
        """Returns (batch, chosen, width)."""
        vectors, positions = input_shape
        return (*positions, vectors[-1])
