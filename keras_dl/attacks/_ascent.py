"""Steps up a loss within a ball around the input: what all attacks share, for every backend."""

from collections.abc import Callable
from typing import Any

from keras import ops

from keras_dl.backend.gradients import tensor_gradients

__all__ = ["Bounds", "ascent", "loss_slope"]

Bounds = tuple[float, float] | None


def loss_slope(
    predict: Callable[[Any], Any], y: Any, loss: Callable[[Any, Any], Any], sign: float = 1.0
) -> Callable[[Any], Any]:
    """The gradient of a loss with respect to the input, as a function of the input.

    Args:
        predict: inputs (batch, …) to predictions, in inference mode.
        y: targets (batch, …).
        loss: (targets, predictions) to one value, or to one an example.
        sign: -1 for the way down.

    Returns:
        A function of a tensor (batch, …) that gives a tensor of its shape.
    """

    def value(tensors: list[Any]) -> Any:
        total: Any = ops.sum(loss(y, predict(tensors[0])))
        return sign * total

    return lambda x: tensor_gradients(value, [x])[0]


def ascent(
    slope: Callable[[Any], Any],
    x: Any,
    start: Any,
    *,
    epsilon: float,
    step_size: float,
    steps: int,
    norm: str = "linf",
    bounds: Bounds = (0.0, 1.0),
) -> Any:
    """Projected gradient ascent from `start`, within `epsilon` of `x` and within `bounds`.

    One step of size ε from x itself is the fast gradient sign method.

    Args:
        slope: gives the loss's gradient at a tensor (batch, …).
        x: centres of the balls (batch, …).
        start: where to begin, (batch, …).
        epsilon: radius of the balls, in units of x.
        step_size: length of a step in the same norm.
        steps: number of steps.
        norm: "linf" or "l2".
        bounds: smallest and largest value that x may take; None for no limits.

    Returns:
        A tensor (batch, …), a constant for whoever differentiates further.
    """
    moved = start
    for _ in range(steps):
        moved = moved + step_size * _steepest(slope(moved), norm)
        moved = _bounded(_projected(moved, x, epsilon, norm), bounds)
    return ops.stop_gradient(moved)


def _steepest(gradient: Any, norm: str) -> Any:
    """The direction of length 1 in which a linear function rises most."""
    if norm == "linf":
        return ops.sign(gradient)
    # Divided first: the squares of the gradients of a sure prediction leave float32.
    axes = tuple(range(1, len(gradient.shape)))
    largest: Any = ops.max(ops.abs(gradient), axis=axes, keepdims=True)
    scaled = gradient / ops.where(largest > 0, largest, 1.0)
    length = ops.sqrt(ops.sum(ops.square(scaled), axis=axes, keepdims=True))
    return scaled / ops.maximum(length, 1.0)  # where there is a slope, the length is 1 or more


def _projected(moved: Any, x: Any, epsilon: float, norm: str) -> Any:
    if norm == "linf":
        return ops.minimum(ops.maximum(moved, x - epsilon), x + epsilon)
    axes = tuple(range(1, len(x.shape)))
    offset = moved - x
    length: Any = ops.sqrt(ops.sum(ops.square(offset), axis=axes, keepdims=True))
    reach: Any = ops.maximum(length, max(epsilon, 1e-12))
    return x + offset * (epsilon / reach)


def _bounded(moved: Any, bounds: Bounds) -> Any:
    return moved if bounds is None else ops.clip(moved, *bounds)
