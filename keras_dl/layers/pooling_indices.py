"""Max pooling that remembers where each maximum was, and unpooling that puts it back there."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops as keras_ops

from keras_dl.utils.checks import check_count

__all__ = ["MaxPoolingWithIndices", "MaxUnpooling"]

ops: Any = keras_ops  # its stubs allow None for every tensor

MEANING = "it is the side of a window in pixels"


@keras.saving.register_keras_serializable("keras_dl")
class MaxPoolingWithIndices(keras.layers.Layer):
    """Takes the maximum of each window and the place it was found at.

    Windows do not overlap. Where a side is no multiple of `size`, the last window reaches beyond
    the bottom or right border, as with padding "same". Of equal values, which are frequent after
    ReLU, the first in reading order is taken and gets the whole gradient, as
    `torch.nn.functional.max_pool2d` and `tf.nn.max_pool_with_argmax` do.

    Args:
        size: side of a window in pixels, 2 to 15.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `size` is not an integer.
        ValueError: if `size` is outside of 2 … 15.

    Reference:
        Badrinarayanan, Kendall and Cipolla, 2017, SegNet, arXiv:1511.00561, section 3.
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        _check_size(size)
        super().__init__(**kwargs)
        self.size = int(size)

    def call(self, inputs: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns maxima and their places.

        Args:
            inputs: maps (batch, height, width, channels).

        Returns:
            Maxima (batch, ⌈height/size⌉, ⌈width/size⌉, channels); and of the same shape uint8
            numbers of the pixel in its window, in reading order from 0.
        """
        maps = _with_border(inputs, self.size)
        # On JAX, Keras expands strides that are not given twice.
        values: Any = ops.max_pool(maps, self.size, self.size)
        # The places have no gradient; that of the pooling goes to the first maximum, too.
        pixels = _pixels_of_windows(ops.stop_gradient(maps), self.size)
        places: Any = ops.zeros_like(values, dtype="uint8")
        for place in reversed(range(self.size**2)):
            places = ops.where(pixels[place] == values, ops.cast(place, "uint8"), places)
        return values, places

    def compute_output_spec(
        self, inputs: keras.KerasTensor
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Returns shape and dtype of maxima and places."""
        batch, height, width, channels = inputs.shape
        shape = batch, _windows(height, self.size), _windows(width, self.size), channels
        return keras.KerasTensor(shape, self.compute_dtype), keras.KerasTensor(shape, "uint8")

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("keras_dl")
class MaxUnpooling(keras.layers.Layer):
    """Puts each value at the remembered place of its window; all other pixels are 0.

    Args:
        size: side of a window in pixels, that of the pooling.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `size` is not an integer.
        ValueError: if `size` is outside of 2 … 15.

    Call arguments:
        inputs: [x, places, like]; x (batch, rows, columns, channels), places of the same shape from
            `MaxPoolingWithIndices`, like (batch, height, width, …), whose height and width the
            result has.

    Reference:
        Badrinarayanan, Kendall and Cipolla, 2017, SegNet, arXiv:1511.00561, section 3.
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        _check_size(size)
        super().__init__(**kwargs)
        self.size = int(size)

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns sparse maps (batch, height, width, channels)."""
        x: Any = inputs[0]
        places: Any = inputs[1]
        shape: Any = ops.shape(inputs[2])
        none = ops.zeros_like(x)
        pixels = [
            ops.where(places == ops.cast(place, "uint8"), x, none) for place in range(self.size**2)
        ]
        rows = [
            ops.stack(pixels[start : start + self.size], axis=3)
            for start in range(0, self.size**2, self.size)
        ]
        _, height, width, channels = ops.shape(x)
        maps = ops.stack(rows, axis=2)  # (batch, rows, size, columns, size, channels)
        maps = ops.reshape(maps, (-1, height * self.size, width * self.size, channels))
        return maps[:, : shape[1], : shape[2]]

    def compute_output_shape(
        self, input_shape: Sequence[Sequence[int | None]]
    ) -> tuple[int | None, ...]:
        """Returns the batch and channels of x with the height and width of like."""
        x, _, like = input_shape
        return (x[0], like[1], like[2], x[3])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "size": self.size}


def _check_size(size: Any) -> None:
    check_count("size", size, MEANING, least=2)
    if size > 15:
        raise ValueError(f"`size` must be at most 15; {MEANING}. Received: size={size}")


def _windows(side: int | None, size: int) -> int | None:
    return None if side is None else -(-side // size)


def _with_border(maps: Any, size: int) -> Any:
    """The maps with rows and columns below and right of them that complete the last windows."""
    fixed = [side is not None and side % size == 0 for side in maps.shape[1:3]]
    if all(fixed):
        return maps
    _, height, width, _ = ops.shape(maps)
    border = (0, 0), (0, -height % size), (0, -width % size), (0, 0)
    half = keras.backend.standardize_dtype(maps.dtype) == "float16"
    # Lower than any pixel, so that the border is never the place of a maximum.
    return ops.pad(maps, border, constant_values=-65504.0 if half else -3e38)


def _pixels_of_windows(maps: Any, size: int) -> list[Any]:
    """The first pixel of every window, the second, …, each (batch, rows, columns, channels)."""
    _, height, width, channels = ops.shape(maps)
    # Contiguous slices of a reshaped map: cheaper than slices with a stride.
    maps = ops.reshape(maps, (-1, height // size, size, width // size, size * channels))
    return [
        maps[:, :, row, :, column * channels : (column + 1) * channels]
        for row in range(size)
        for column in range(size)
    ]
