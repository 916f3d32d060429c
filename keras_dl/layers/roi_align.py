"""Features of rectangular regions: bilinear sampling, or the maximum of whole pixels."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import keras
from keras import ops as keras_ops

from keras_dl.utils.checks import check_count

__all__ = ["PyramidRoIAlign", "RoIAlign", "RoIPool"]

ops: Any = keras_ops  # its stubs allow None for every tensor

Sizes = Sequence[Sequence[int | None]]


class _Regions(keras.layers.Layer):
    """What both layers have in common: their arguments and the shape of their result."""

    def __init__(self, size: int = 7, stride: int = 16, **kwargs: Any) -> None:
        check_count("size", size, "each region gives so many rows and columns")
        check_count("stride", stride, "it is the side of a map's pixel in pixels of the image")
        super().__init__(**kwargs)
        self.size, self.stride = int(size), int(stride)

    def compute_output_shape(self, input_shape: Sizes) -> tuple[int | None, ...]:
        """Returns (batch, regions, size, size, channels)."""
        maps, boxes = input_shape
        return (maps[0], boxes[1], self.size, self.size, maps[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "size": self.size, "stride": self.stride}


@keras.saving.register_keras_serializable("keras_dl")
class RoIAlign(_Regions):
    """Samples each region at regular points by bilinear interpolation, without rounding.

    Each of size × size bins is the mean of `samples` × `samples` points. Pixel i of the map has its
    centre at (i + ½)·stride of the image ("aligned"). Points up to one pixel beyond the map take
    its border, those farther away are 0. As interpolation is linear in rows and in columns, a
    region is two small matrix products, on every backend.

    Args:
        size: rows and columns of the result.
        stride: side of a map's pixel in pixels of the image.
        samples: points of a bin along each side.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if a number is below 1.

    Call arguments:
        inputs: [maps, boxes]; maps (batch, height, width, channels), boxes (batch, regions, 4) as
            (left, top, right, bottom) in pixels of the image.

    Reference:
        He, Gkioxari, Dollár and Girshick, 2017, Mask R-CNN, arXiv:1703.06870, section 3.
    """

    def __init__(self, size: int = 7, stride: int = 16, samples: int = 2, **kwargs: Any) -> None:
        check_count("samples", samples, "each bin has so many points along each side")
        super().__init__(size, stride, **kwargs)
        self.samples = int(samples)

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns features (batch, regions, size, size, channels)."""
        maps: Any = inputs[0]
        boxes: Any = ops.cast(inputs[1], maps.dtype) / self.stride - 0.5
        shape: Any = ops.shape(maps)
        rows = self._weights(boxes[..., 1], boxes[..., 3], shape[1])
        columns = self._weights(boxes[..., 0], boxes[..., 2], shape[2])
        strips = ops.einsum("brih,bhwc->briwc", rows, maps)
        return ops.einsum("brjw,briwc->brijc", columns, strips)

    def _weights(self, low: Any, high: Any, length: Any) -> Any:
        """Weight of each row (or column) of the map in each bin, (batch, regions, size, length)."""
        count = self.size * self.samples
        steps = (ops.arange(count, dtype=low.dtype) + 0.5) / count
        points = low[..., None] + (high - low)[..., None] * steps
        limit = ops.cast(length, low.dtype)
        inside = ops.cast((points >= -1) & (points <= limit), low.dtype)
        points = ops.minimum(ops.maximum(points, 0.0), limit - 1)
        distance = ops.abs(points[..., None] - ops.arange(length, dtype=low.dtype))
        weights = ops.maximum(1 - distance, 0.0) * inside[..., None]
        shape: Any = ops.shape(weights)
        bins = (-1, shape[1], self.size, self.samples, shape[3])
        return ops.mean(ops.reshape(weights, bins), axis=3)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "samples": self.samples}


@keras.saving.register_keras_serializable("keras_dl")
class RoIPool(_Regions):
    """Takes the maximum of the whole pixels of each bin; corners are rounded to pixels.

    A bin without a pixel of the map is 0. Memory grows with regions · size · pixels of the map.

    Args:
        size: rows and columns of the result.
        stride: side of a map's pixel in pixels of the image.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if a number is below 1.

    Call arguments:
        inputs: [maps, boxes] as in `RoIAlign`.

    Reference:
        Girshick, 2015, Fast R-CNN, arXiv:1504.08083, section 2.1, rounded as the
        authors' code does.
    """

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns features (batch, regions, size, size, channels)."""
        maps: Any = inputs[0]
        boxes: Any = ops.round(ops.cast(inputs[1], maps.dtype) / self.stride)
        shape: Any = ops.shape(maps)
        rows = self._members(boxes[..., 1], boxes[..., 3], shape[1])
        columns = self._members(boxes[..., 0], boxes[..., 2], shape[2])
        low = ops.convert_to_tensor(-1e30, maps.dtype)
        strips = [
            ops.max(
                ops.where(rows[:, :, row, :, None, None], maps[:, None], low), axis=2
            )  # (batch, regions, width, channels)
            for row in range(self.size)
        ]
        bins = [
            [
                ops.max(ops.where(columns[:, :, column, :, None], strip, low), axis=2)
                for column in range(self.size)
            ]
            for strip in strips
        ]
        pooled = ops.stack([ops.stack(row, axis=2) for row in bins], axis=2)
        return ops.where(pooled > -1e29, pooled, ops.zeros_like(pooled))

    def _members(self, first: Any, last: Any, length: Any) -> Any:
        """Whether a row (or column) of the map is in a bin, (batch, regions, size, length) bool."""
        side = ops.maximum(last - first + 1, 1.0)[..., None] / self.size
        steps = ops.arange(self.size, dtype=first.dtype)
        start = ops.floor(steps * side) + first[..., None]
        stop = ops.ceil((steps + 1) * side) + first[..., None]
        places = ops.arange(length, dtype=first.dtype)
        return (places >= start[..., None]) & (places < stop[..., None])


@keras.saving.register_keras_serializable("keras_dl")
class PyramidRoIAlign(keras.layers.Layer):
    """RoI align on that level of a feature pyramid that fits the size of each region.

    A region of side √(width·height) is sampled from level ⌊log₂(side / (14·strides[0]))⌋, counted
    from the finest one, which is that of Lin et al. (224 pixels on stride 16).

    Args:
        size: rows and columns of the result.
        strides: of the levels, each twice the one before.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if a number is not an integer.
        ValueError: if a number is below 1, or a stride not twice the one before.

    Call arguments:
        inputs: [maps of the first level, …, of the last, boxes], as in `RoIAlign`.

    Reference:
        Lin et al., 2017, Feature Pyramid Networks, arXiv:1612.03144, equation 1.
    """

    def __init__(self, size: int = 7, strides: Sequence[int] = (8,), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size, self.strides = int(size), [int(stride) for stride in strides]
        if not self.strides or any(b != 2 * a for a, b in pairwise(self.strides)):
            raise ValueError(
                f"`strides` must double from level to level. Received: strides={strides}"
            )
        self.levels = [RoIAlign(size, stride, dtype=self.dtype_policy) for stride in self.strides]

    def build(self, input_shape: Sizes) -> None:
        """Marks the levels as built: they have no weights."""
        for level, maps in zip(self.levels, input_shape[:-1], strict=True):
            level.build([maps, input_shape[-1]])

    def call(self, inputs: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
        """Returns features (batch, regions, size, size, channels)."""
        *maps, boxes = inputs
        regions: Any = boxes
        area = (regions[..., 2] - regions[..., 0]) * (regions[..., 3] - regions[..., 1])
        side = ops.sqrt(ops.maximum(area, 1e-6)) / (14 * self.strides[0])
        level = ops.clip(ops.floor(ops.log2(side + 1e-6)), 0, len(maps) - 1)[..., None, None, None]
        parts = [layer([x, boxes]) for layer, x in zip(self.levels, maps, strict=True)]
        features: Any = parts[0]
        for number, part in enumerate(parts[1:], start=1):
            features = ops.where(level == number, part, features)
        return features

    def compute_output_shape(self, input_shape: Sizes) -> tuple[int | None, ...]:
        """Returns (batch, regions, size, size, channels)."""
        return (input_shape[0][0], input_shape[-1][1], self.size, self.size, input_shape[0][-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "size": self.size, "strides": self.strides}
