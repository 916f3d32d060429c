"""Fixed vectors of sines and cosines for the places of a feature map."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.layers.sinusoidal_positions import LONGEST

__all__ = ["SinusoidalPositions2D"]


@keras.saving.register_keras_serializable("keras_dl")
class SinusoidalPositions2D(keras.layers.Layer):
    """Adds a vector of the row to the first half of the channels, of the column to the second.

    Each half is sin(t·10000^(−2i/half)) and the cosine, in turn, of the row or column t.

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if the number of channels is no multiple of 4.

    Reference:
        Coquenet, Chatelain and Paquet, 2022, DAN: a Segmentation-free Document Attention Network
        for Handwritten Document Recognition, arXiv:2203.12273, section 4.1.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks the channels of inputs (batch, height, width, channels)."""
        channels = input_shape[-1]
        if channels is None or channels % 4:
            raise ValueError(
                "`inputs` must have a multiple of 4 channels; rows and columns get sines and "
                f"cosines. Received: inputs of shape {tuple(input_shape)}"
            )

    def call(self, inputs: keras.KerasTensor) -> Any:
        """Maps (batch, height, width, channels) to the same shape."""
        shape: Any = ops.shape(inputs)
        half = int(inputs.shape[-1]) // 2  # type: ignore[arg-type]
        rows: Any = _table(shape[1], half)
        columns: Any = _table(shape[2], half)
        places = (shape[1], shape[2], half)
        table: Any = ops.concatenate(
            [
                ops.broadcast_to(rows[:, None, :], places),
                ops.broadcast_to(columns[None, :, :], places),
            ],
            axis=-1,
        )
        return inputs + ops.cast(table, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape


def _table(count: Any, width: int) -> Any:
    """Returns sines and cosines in turn, (count, width)."""
    places: Any = ops.cast(ops.arange(count), "float32")
    even: Any = ops.arange(0, width, 2, dtype="float32")
    rates: Any = ops.exp(even * (-math.log(LONGEST) / width))
    angles: Any = places[:, None] * rates[None, :]
    return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (-1, width))
