"""Many small steps: the basic iterative method, and projected gradient from a random start."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.attacks._ascent import Bounds, ascent, loss_slope
from keras_dl.attacks._check import check_budget, check_examples, fixed_batches
from keras_dl.utils.checks import check_count

__all__ = ["attacked", "bim", "pgd"]


def bim(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    steps: int = 10,
    step_size: float | None = None,
    targeted: bool = False,
    bounds: Bounds = (0.0, 1.0),
    loss: Any = None,
    batch_size: int = 256,
) -> np.ndarray:
    """The basic iterative method: repeated sign steps, cut to within `epsilon` of `x`.

    Args:
        model: as in `fgsm`.
        x: as in `fgsm`.
        y: as in `fgsm`.
        epsilon: as in `fgsm`.
        steps: number of steps, each one gradient.
        step_size: of a step, in units of `x`; None: ε/steps, which just reaches the border.
        targeted: as in `fgsm`.
        bounds: as in `fgsm`.
        loss: as in `fgsm`.
        batch_size: as in `fgsm`.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or a size is not a number.
        ValueError: if `x` and `y` do not fit, `x` leaves `bounds`, a size is negative or `steps`
            is below 1.

    Reference:
        Kurakin, Goodfellow and Bengio, 2017, Adversarial Examples in the Physical World,
        arXiv:1607.02533, section 2.2.
    """
    return attacked(
        model,
        x,
        y,
        epsilon,
        steps=steps,
        step_size=step_size,
        reach=1.0,
        targeted=targeted,
        bounds=bounds,
        loss=loss,
        batch_size=batch_size,
    )


def pgd(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    norm: str = "linf",
    steps: int = 40,
    step_size: float | None = None,
    random_start: bool = True,
    seed: int = 0,
    targeted: bool = False,
    bounds: Bounds = (0.0, 1.0),
    loss: Any = None,
    batch_size: int = 256,
) -> np.ndarray:
    """Projected gradient: from a random place in the ball around `x`, steps up, projected back.

    Args:
        model: as in `fgsm`.
        x: as in `fgsm`.
        y: as in `fgsm`.
        epsilon: radius of the ball, in units of `x`: of the largest pixel, or with "l2" of the
            square root of the summed squares over all pixels.
        norm: "linf", steps along the sign; or "l2", steps along the gradient.
        steps: number of steps, each one gradient.
        step_size: length of a step in that norm; None: 2.5·ε/steps, which crosses the ball.
        random_start: begin at a place drawn uniformly from the ball; False: at `x`.
        seed: of the start, the same on every backend.
        targeted: as in `fgsm`.
        bounds: as in `fgsm`.
        loss: as in `fgsm`.
        batch_size: as in `fgsm`.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or a size is not a number.
        ValueError: if `x` and `y` do not fit, `x` leaves `bounds`, a size is negative, `steps` is
            below 1 or `norm` is unknown.

    Reference:
        Madry, Makelov, Schmidt, Tsipras and Vladu, 2018, Towards Deep Learning Models Resistant to
        Adversarial Attacks, arXiv:1706.06083, section 2.1 and appendix B for the default step.
    """
    return attacked(
        model,
        x,
        y,
        epsilon,
        norm=norm,
        steps=steps,
        step_size=step_size,
        seed=seed if random_start else None,
        targeted=targeted,
        bounds=bounds,
        loss=loss,
        batch_size=batch_size,
    )


def attacked(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    norm: str = "linf",
    steps: int,
    step_size: float | None = None,
    reach: float = 2.5,
    seed: int | None = None,
    targeted: bool,
    bounds: Bounds,
    loss: Any,
    batch_size: int,
) -> np.ndarray:
    """The attack behind all names: see `pgd`; without a seed it starts at `x`.

    With no `step_size`, all steps together are `reach` times `epsilon` long.

    Raises:
        TypeError, ValueError: as `pgd`.
    """
    check_budget(epsilon, bounds, steps=steps, step_size=step_size, norm=norm)
    check_count("batch_size", batch_size, "it is a number of examples")
    x, y = check_examples(x, y, bounds)
    size = reach * epsilon / steps if step_size is None else step_size
    loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    start = x if seed is None else _drawn(x, epsilon, norm, bounds, seed)
    results = np.empty_like(x)
    for rows in fixed_batches(len(x), batch_size):
        targets = ops.convert_to_tensor(y[rows])
        slope = loss_slope(lambda v: _outputs(model, v), targets, loss, -1.0 if targeted else 1.0)
        moved = ascent(
            slope,
            ops.convert_to_tensor(x[rows]),
            ops.convert_to_tensor(start[rows]),
            epsilon=epsilon,
            step_size=size,
            steps=steps,
            norm=norm,
            bounds=bounds,
        )
        results[rows] = ops.convert_to_numpy(moved)
    return results


def _outputs(model: Any, x: Any) -> Any:
    with keras.StatelessScope():  # whatever a layer assigns is forgotten
        return model(x, training=False)


def _drawn(x: np.ndarray, epsilon: float, norm: str, bounds: Bounds, seed: int) -> np.ndarray:
    """A place drawn uniformly from the ball around each example, cut to `bounds`."""
    random = np.random.default_rng(seed)
    if norm == "linf":
        offset = random.uniform(-epsilon, epsilon, x.shape)
    else:
        offset = random.normal(size=x.shape).reshape(len(x), -1)
        # In d dimensions, the share of a ball within radius r grows as r^d.
        radius = epsilon * random.random((len(x), 1)) ** (1 / offset.shape[1])
        offset *= radius / np.linalg.norm(offset, axis=1, keepdims=True)
    moved = (x + offset.reshape(x.shape)).astype("float32")
    return moved if bounds is None else np.clip(moved, *bounds)
