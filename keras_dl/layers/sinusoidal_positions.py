"""Fixed vectors of sines and cosines for positions."""

import math
from typing import Any

import keras
from keras import ops

__all__ = ["SinusoidalPositions"]

LONGEST = 10_000.0  # wavelength over 2π of the slowest sine


@keras.saving.register_keras_serializable("keras_dl")
class SinusoidalPositions(keras.layers.Layer):
    """Scales vectors by √width and adds sin(t·10000^(−2i/width)) and the cosine, in turn.

    Args:
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, sections 3.4 and 3.5.
    """

    def call(self, inputs: keras.KerasTensor, start: Any = 0) -> keras.KerasTensor:
        """Maps vectors of tokens to those of tokens at positions.

        Args:
            inputs: (batch, time, width), of even width.
            start: position of the first vector.

        Returns:
            (batch, time, width).
        """
        width: Any = inputs.shape[-1]
        shape: Any = ops.shape(inputs)
        time: Any = ops.cast(ops.arange(shape[1]) + start, "float32")
        even: Any = ops.arange(0, width, 2, dtype="float32")
        rates: Any = ops.exp(even * (-math.log(LONGEST) / width))
        angles: Any = time[:, None] * rates[None, :]
        pairs = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)  # (time, width / 2, 2)
        table: Any = ops.cast(ops.reshape(pairs, (-1, width)), inputs.dtype)
        return inputs * math.sqrt(width) + table

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...], *_: Any
    ) -> tuple[int | None, ...]:
        """Returns the shape of the inputs."""
        return input_shape
