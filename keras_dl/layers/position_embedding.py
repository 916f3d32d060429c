"""Learned vectors for positions."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["PositionEmbedding"]


@keras.saving.register_keras_serializable("keras_dl")
class PositionEmbedding(keras.layers.Layer):
    """Adds a learned vector to each position.

    Args:
        length: number of positions; sequences may be shorter.
        embeddings_initializer: of the table (length, width).
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `length` is not an integer.
        ValueError: if it is below 1.

    Reference:
        Gehring et al., 2017, Convolutional Sequence to Sequence Learning, arXiv:1705.03122,
        section 3.1.
    """

    def __init__(
        self,
        length: int,
        *,
        embeddings_initializer: str | keras.Initializer = "uniform",
        **kwargs: Any,
    ) -> None:
        check_count("length", length, "the table has one row for each position")
        super().__init__(**kwargs)
        self.length = length
        self.embeddings_initializer: Any = keras.initializers.get(embeddings_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the table for inputs (batch, time, width)."""
        self.embeddings = self.add_weight(
            (self.length, input_shape[-1]), self.embeddings_initializer, name="embeddings"
        )

    def call(self, inputs: keras.KerasTensor, start: Any = None) -> keras.KerasTensor:
        """Adds the vectors of positions.

        Args:
            inputs: (batch, time, width).
            start: position of the first vector; None: 0. `start` + time is at most `length`.

        Returns:
            (batch, time, width).
        """
        table: Any = ops.cast(self.embeddings, inputs.dtype)
        shape: Any = ops.shape(inputs)
        if start is None:
            return inputs + table[: shape[1]]
        rows: Any = ops.take(table, ops.arange(shape[1], dtype="int32") + start, axis=0)
        return inputs + rows

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], *_: Any, **__: Any
    ) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "length": self.length,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }
