"""Checks of the builders' arguments."""

from typing import Any

from keras_dl.activations import ACTIVATIONS
from keras_dl.initializers import INITIALIZERS
from keras_dl.utils.checks import check_choice, check_count, check_nonnegative, check_real

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "check_choice",
    "check_classes",
    "check_count",
    "check_image_shape",
    "check_max_norm",
    "check_outputs",
    "check_penalty",
    "check_rate",
    "check_real",
    "check_shape",
]


def check_classes(num_classes: object) -> None:
    """Checks a number of classes: at least 2.

    Raises:
        TypeError: if `num_classes` is not an integer.
        ValueError: if it is below 2.
    """
    meaning = "one logit stands for each class"
    if num_classes == 0:
        meaning += ', and regression targets have none; task="classification" makes them classes'
    check_count("num_classes", num_classes, meaning, least=2)


def check_outputs(num_classes: object) -> None:
    """Checks a number of classes, or of numbers to predict: at least 1.

    Raises:
        TypeError: if `num_classes` is not an integer.
        ValueError: if it is below 1.
    """
    check_count("num_classes", num_classes, "one output stands for each class or target")


def check_rate(name: str, value: Any) -> None:
    """Checks a dropout rate: in [0, 1).

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it lies outside [0, 1).
    """
    meaning = "it is the share of units that are dropped"
    check_real(name, value, meaning)
    if not 0 <= value < 1:
        raise ValueError(f"`{name}` must lie in [0, 1); {meaning}. Received: {name}={value}")


def check_penalty(name: str, value: Any) -> None:
    """Checks the factor of a penalty: finite, 0 or more.

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it is negative, infinite or not a number (NaN).
    """
    check_nonnegative(name, value, "it multiplies a penalty, and 0 switches it off")


def check_max_norm(max_norm: Any) -> None:
    """Checks the largest norm of a unit's incoming weights: None or positive.

    Raises:
        TypeError: if `max_norm` is neither None nor a number.
        ValueError: if it is not positive.
    """
    if max_norm is None:
        return
    meaning = "it is the largest norm of a unit's incoming weights; None for no limit"
    check_real("max_norm", max_norm, meaning)
    if not max_norm > 0:
        raise ValueError(f"`max_norm` must be positive; {meaning}. Received: max_norm={max_norm}")


def check_shape(input_shape: Any) -> None:
    """Checks the shape of one example: one positive integer or more, without the batch axis.

    Raises:
        TypeError: if `input_shape` is not a tuple or list of integers.
        ValueError: if it is empty or holds a number below 1.
    """
    if not isinstance(input_shape, (tuple, list)):
        raise TypeError(
            "`input_shape` must be a tuple of integers; it is the shape of one example, "
            f"without the batch axis. Received: input_shape={input_shape!r}"
        )
    if not input_shape:
        raise ValueError(
            "`input_shape` must name at least one axis; it is the shape of one example, "
            f"without the batch axis. Received: input_shape={input_shape!r}"
        )
    for axis, size in enumerate(input_shape):
        check_count(f"input_shape[{axis}]", size, "it is the shape of one example")


def check_image_shape(input_shape: Any, *, smallest: int) -> None:
    """Checks a shape (height, width, channels) of at least `smallest` pixels a side.

    Raises:
        TypeError: if `input_shape` is not a tuple or list of integers.
        ValueError: if it does not have three axes, or an image is too small for the net.
    """
    check_shape(input_shape)
    if len(input_shape) != 3:
        raise ValueError(
            "`input_shape` must have three axes; they are (height, width, channels), "
            f"channels 1 for grey images. Received: input_shape={tuple(input_shape)}"
        )
    if min(input_shape[:2]) < smallest:
        raise ValueError(
            f"`input_shape` must be at least {smallest}×{smallest} pixels; enlarge smaller images "
            "first (keras.layers.Resizing). "
            f"Received: input_shape={tuple(input_shape)}"
        )
