"""Checks of the arguments of attacks, and batches of one size."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_dl.attacks._ascent import Bounds
from keras_dl.utils.checks import check_choice, check_count, check_nonnegative

__all__ = ["check_budget", "check_examples", "fixed_batches"]


def check_budget(
    epsilon: Any, bounds: Bounds, *, steps: object = 1, step_size: Any = None, norm: object = "linf"
) -> None:
    """Checks the size of an attack.

    Args:
        epsilon: radius of the ball, in units of the inputs.
        bounds: smallest and largest value of an input, or None.
        steps: number of steps, at least 1.
        step_size: length of a step, in units of the inputs, or None.
        norm: "linf" or "l2".

    Raises:
        TypeError: if a size is not a number, or `steps` not an integer.
        ValueError: if `epsilon` or `step_size` is negative, infinite or NaN, `steps` is below 1,
            `norm` is unknown, or `bounds` are not two finite numbers in order.
    """
    for name, value in (("epsilon", epsilon), ("step_size", step_size)):
        if name == "step_size" and value is None:
            continue
        check_nonnegative(name, value, "it is a distance in units of the inputs")
    check_count("steps", steps, "each is one gradient")
    check_choice("norm", norm, ("linf", "l2"))
    if bounds is not None and not (
        len(bounds) == 2 and all(math.isfinite(b) for b in bounds) and bounds[0] < bounds[1]
    ):
        raise ValueError(
            "`bounds` must be the smallest and the largest value of an input, or None. "
            f"Received: bounds={bounds!r}"
        )


def check_examples(x: ArrayLike, y: ArrayLike, bounds: Bounds) -> tuple[np.ndarray, np.ndarray]:
    """Checks examples and targets and converts them to arrays.

    Args:
        x: floats (n, …) within `bounds`.
        y: class numbers (n,).
        bounds: smallest and largest value of an input, or None.

    Returns:
        `x` as float32, and `y`.

    Raises:
        TypeError: if `x` holds integers.
        ValueError: if `x` and `y` differ in length or are empty, or `x` exceeds `bounds`.
    """
    x, y = np.asarray(x), np.asarray(y)
    if x.dtype.kind != "f":
        raise TypeError(
            "`x` must hold floats in the units of the model's inputs; divide pixels by 255 and "
            f"pass the net after the scaling. Received: dtype={x.dtype}"
        )
    if x.ndim < 2 or y.ndim < 1 or len(x) != len(y) or not len(x):
        raise ValueError(
            "`x` and `y` must hold one row per example, at least one. "
            f"Received: shapes {x.shape} and {y.shape}"
        )
    if not np.isfinite(x).all():
        raise ValueError("`x` must be finite. Received: NaN or inf")
    if bounds is not None and (x.min() < bounds[0] or x.max() > bounds[1]):
        raise ValueError(
            "`x` must lie within `bounds`, the range to which results are clipped. "
            f"Received: x in [{x.min():g}, {x.max():g}], bounds={bounds}"
        )
    return x.astype("float32"), y


def fixed_batches(count: int, batch_size: int) -> Iterator[np.ndarray]:
    """Yields indices of examples in batches of one size, so that functions compile once.

    The last batch is padded with the first examples.
    """
    size = min(count, batch_size)
    for start in range(0, count, size):
        yield np.arange(start, start + size) % count
