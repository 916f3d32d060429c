"""Inputs and blocks that several networks for segmentation share."""

from collections.abc import Sequence
from typing import Any

from keras_dl.models._check import check_count

__all__ = ["NORM_MOMENTUM", "check_input", "sizes"]

NORM_MOMENTUM = 0.9  # a training of a few thousand steps is too short for Keras' 0.99


def check_input(input_shape: Any) -> None:
    """Checks a shape (height, width, channels), None for a height or width that varies.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if there are not three axes, or a size is below 1.
    """
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) != 3:
        raise ValueError(
            "`input_shape` must be (height, width, channels); None stands for a height or width "
            f"that varies. Received: input_shape={input_shape!r}"
        )
    for axis, size in enumerate(input_shape):
        if size is not None or axis == 2:
            check_count(f"input_shape[{axis}]", size, "it is a size of one image")


def sizes(input_shape: Sequence[int | None]) -> tuple[int | None, ...]:
    """Returns the shape with Python's own integers."""
    return tuple(None if size is None else int(size) for size in input_shape)
