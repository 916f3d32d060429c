"""Projected gradient ascent on a loss within a ball around the input, shared by all attacks."""

from collections.abc import Callable
from typing import Any

from keras import ops

from keras_dl.backend.gradients import tensor_gradients

__all__ = ["Bounds", "ascent", "loss_gradient"]

Bounds = tuple[float, float] | None


def loss_gradient(
    predict: Callable[[Any], Any], y: Any, loss: Callable[[Any, Any], Any], sign: float = 1.0
) -> Callable[[Any], Any]:
    """Creates the function from an input to the gradient of a loss with respect to it.

    Args:
        predict: maps inputs (batch, …) to predictions, in inference mode.
        y: targets (batch, …).
        loss: maps (targets, predictions) to a scalar, or to one value for each example.
        sign: -1 for the negative gradient.

    Returns:
        A function from a tensor (batch, …) to a tensor of the same shape.
    """

    def value(tensors: list[Any]) -> Any:
        total: Any = ops.sum(loss(y, predict(tensors[0])))
        return sign * total

    return lambda x: tensor_gradients(value, [x])[0]


def ascent(
    gradient: Callable[[Any], Any],
    x: Any,
    start: Any,
    *,
    epsilon: float,
    step_size: float,
    steps: int,
    norm: str = "linf",
    bounds: Bounds = (0.0, 1.0),
) -> Any:
    """Runs projected gradient ascent from `start`, within `epsilon` of `x` and within `bounds`.

    One step of size ε from x itself is the fast gradient sign method.

    Args:
        gradient: maps a tensor (batch, …) to the loss's gradient there.
        x: centres of the balls (batch, …).
        start: initial points (batch, …).
        epsilon: radius of the balls, in units of x.
        step_size: length of a step in the same norm.
        steps: number of steps.
        norm: "linf" or "l2".
        bounds: smallest and largest value that x may take; None for no limits.

    Returns:
        A tensor (batch, …) without gradient.
    """
    point = start
    for _ in range(steps):
        point = point + step_size * _steepest(gradient(point), norm)
        point = _clipped(_projected(point, x, epsilon, norm), bounds)
    return ops.stop_gradient(point)


def _steepest(gradient: Any, norm: str) -> Any:
    """The direction of norm 1 in which a linear function increases most."""
    if norm == "linf":
        return ops.sign(gradient)
    # Divided first: the squared gradients of a confident prediction underflow in float32.
    axes = tuple(range(1, len(gradient.shape)))
    largest: Any = ops.max(ops.abs(gradient), axis=axes, keepdims=True)
    scaled = gradient / ops.where(largest > 0, largest, 1.0)
    norms = ops.sqrt(ops.sum(ops.square(scaled), axis=axes, keepdims=True))
    return scaled / ops.maximum(norms, 1.0)  # 1 or more unless the gradient is 0


def _projected(point: Any, x: Any, epsilon: float, norm: str) -> Any:
    if norm == "linf":
        return ops.minimum(ops.maximum(point, x - epsilon), x + epsilon)
    axes = tuple(range(1, len(x.shape)))
    offset = point - x
    norms: Any = ops.sqrt(ops.sum(ops.square(offset), axis=axes, keepdims=True))
    radius: Any = ops.maximum(norms, max(epsilon, 1e-12))
    return x + offset * (epsilon / radius)


def _clipped(point: Any, bounds: Bounds) -> Any:
    return point if bounds is None else ops.clip(point, *bounds)
