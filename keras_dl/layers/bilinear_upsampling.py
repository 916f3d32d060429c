"""Upsampling by a transposed convolution that starts as bilinear interpolation."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.utils.checks import check_count

__all__ = ["Bilinear", "BilinearUpsampling", "bilinear_kernel"]


def bilinear_kernel(factor: int) -> np.ndarray:
    """Returns the transposed convolution's kernel that interpolates linearly in both directions.

    Args:
        factor: upsampling factor, at least 1.

    Returns:
        (size, size) float32 with size = 2·factor − factor mod 2; it sums to factor².

    Example:
        >>> bilinear_kernel(2)[0].tolist()
        [0.0625, 0.1875, 0.1875, 0.0625]
    """
    size = 2 * factor - factor % 2
    distance = np.abs(np.arange(size) - (size - 1) / 2)
    line = 1 - distance / factor
    return np.outer(line, line).astype("float32")


@keras.saving.register_keras_serializable("keras_dl")
class Bilinear(keras.initializers.Initializer):
    """Initializes a transposed convolution to interpolate each channel by itself.

    Reference:
        Long, Shelhamer and Darrell, 2015, Fully Convolutional Networks for Semantic Segmentation,
        arXiv:1411.4038, section 3.3.
    """

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Any:
        """Returns a kernel (size, size, channels, channels), zero between different channels."""
        size, _, outputs, inputs = shape
        factor = (size + 1) // 2
        kernel = np.zeros(shape, "float32")
        diagonal = np.arange(min(outputs, inputs))
        kernel[:, :, diagonal, diagonal] = bilinear_kernel(factor)[:, :, None]
        return ops.convert_to_tensor(kernel, dtype=dtype or keras.config.floatx())

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments: none."""
        return {}


@keras.saving.register_keras_serializable("keras_dl")
class BilinearUpsampling(keras.layers.Layer):
    """Upsamples feature maps by a factor and crops them to the size of a second input.

    The transposed convolution has as many output as input channels, no bias, and begins as bilinear
    interpolation. The centre of each coarse pixel lies on the centre of the `factor`×`factor` block
    that poolings with padding "same" made it from, so that cropping at the bottom and the right
    aligns the map with `like` for every height and width. Within half a coarse pixel of the border
    the kernel reaches past the map and fades the values.

    Args:
        factor: upsampling factor, at least 2.
        learned: whether the kernel is trained; the authors' code fixes it, the paper trains it.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `factor` is not an integer.
        ValueError: if `factor` is below 2.

    Call arguments:
        inputs: [x, like]; x (batch, rows, columns, channels), like (batch, height, width, …) with
            height ≤ factor·rows and width ≤ factor·columns.
    """

    def __init__(self, factor: int, learned: bool = True, **kwargs: Any) -> None:
        check_count("factor", factor, "each pixel becomes so many rows and columns", least=2)
        super().__init__(**kwargs)
        self.factor, self.learned = int(factor), bool(learned)

    def build(self, input_shape: Sequence[Sequence[int | None]]) -> None:
        """Creates the kernel (size, size, channels, channels)."""
        size, channels = 2 * self.factor - self.factor % 2, input_shape[0][-1]
        self.kernel = self.add_weight(
            shape=(size, size, channels, channels),
            initializer=Bilinear(),
            trainable=self.learned,
            name="kernel",
        )

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns x upsampled to the height and width of like."""
        x, like = inputs
        shape: Any = ops.shape(like)
        upsampled: Any = ops.conv_transpose(x, self.kernel, strides=self.factor, padding="same")
        return upsampled[:, : shape[1], : shape[2]]

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the batch and channels of x with the height and width of like."""
        x, like = input_shape
        return (x[0], like[1], like[2], x[3])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "factor": self.factor, "learned": self.learned}
