"""Iterated attacks: the basic iterative method, and projected gradient descent (PGD)."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.attacks._ascent import Bounds, ascent, loss_gradient
from keras_dl.attacks._check import check_budget, check_examples, fixed_batches
from keras_dl.utils.checks import check_count

__all__ = ["bim", "pgd", "run_attack"]


def bim(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    steps: int = 10,
    step_size: float | None = None,
    targeted: bool = False,
    bounds: Bounds = (0.0, 1.0),
    loss: Callable[[Any, Any], Any] | None = None,
    batch_size: int = 256,
) -> np.ndarray:
    """The basic iterative method: repeated sign steps, clipped to within `epsilon` of `x`.

    Args:
        model: as in `fgsm`.
        x: as in `fgsm`.
        y: as in `fgsm`.
        epsilon: as in `fgsm`.
        steps: number of steps, each one gradient.
        step_size: length of a step, in units of `x`; None: ε/steps, which just reaches the border.
        targeted: as in `fgsm`.
        bounds: as in `fgsm`.
        loss: as in `fgsm`.
        batch_size: as in `fgsm`.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or a size is not a number.
        ValueError: if `x` and `y` differ in length, `x` exceeds `bounds`, a size is negative or
            `steps` is below 1.

    Reference:
        Kurakin, Goodfellow and Bengio, 2017, Adversarial Examples in the Physical World,
        arXiv:1607.02533, section 2.2.
    """
    return run_attack(
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
    model: keras.Model,
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
    loss: Callable[[Any, Any], Any] | None = None,
    batch_size: int = 256,
) -> np.ndarray:
    """PGD: gradient steps from a random point in the ball around `x`, projected onto the ball.

    Args:
        model: as in `fgsm`.
        x: as in `fgsm`.
        y: as in `fgsm`.
        epsilon: radius of the ball in `norm`, in units of `x`.
        norm: "linf", steps along the sign of the gradient; or "l2", steps along the gradient.
        steps: number of steps, each one gradient.
        step_size: length of a step in that norm; None: 2.5·ε/steps, which crosses the ball.
        random_start: start at a point drawn uniformly from the ball; False: at `x`.
        seed: of the start; the draws are the same on every backend.
        targeted: as in `fgsm`.
        bounds: as in `fgsm`.
        loss: as in `fgsm`.
        batch_size: as in `fgsm`.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or a size is not a number.
        ValueError: if `x` and `y` differ in length, `x` exceeds `bounds`, a size is negative,
            `steps` is below 1 or `norm` is unknown.

    Reference:
        Madry, Makelov, Schmidt, Tsipras and Vladu, 2018, Towards Deep Learning Models Resistant to
        Adversarial Attacks, arXiv:1706.06083, section 2.1 and appendix B for the default step.
    """
    return run_attack(
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


def run_attack(
    model: keras.Model,
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
    loss: Callable[[Any, Any], Any] | None,
    batch_size: int,
) -> np.ndarray:
    """Runs the iterated attack that all public attacks are special cases of.

    Args:
        model: as in `fgsm`.
        x: as in `fgsm`.
        y: as in `fgsm`.
        epsilon: as in `pgd`.
        norm: as in `pgd`.
        steps: number of steps.
        step_size: length of a step; None: `reach`·ε/steps.
        reach: length of all steps together over ε, used without `step_size`.
        seed: of the random start; None starts at `x`.
        targeted: as in `fgsm`.
        bounds: as in `fgsm`.
        loss: as in `fgsm`.
        batch_size: as in `fgsm`.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: as `pgd`.
        ValueError: as `pgd`.
    """
    check_budget(epsilon, bounds, steps=steps, step_size=step_size, norm=norm)
    check_count("batch_size", batch_size, "it is a number of examples")
    x, y = check_examples(x, y, bounds)
    size = reach * epsilon / steps if step_size is None else step_size
    loss = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    start = x if seed is None else _random_start(x, epsilon, norm, bounds, seed)
    results = np.empty_like(x)
    for rows in fixed_batches(len(x), batch_size):
        targets = ops.convert_to_tensor(y[rows])
        sign = -1.0 if targeted else 1.0
        gradient = loss_gradient(lambda v: _outputs(model, v), targets, loss, sign)
        adversarial = ascent(
            gradient,
            ops.convert_to_tensor(x[rows]),
            ops.convert_to_tensor(start[rows]),
            epsilon=epsilon,
            step_size=size,
            steps=steps,
            norm=norm,
            bounds=bounds,
        )
        results[rows] = ops.convert_to_numpy(adversarial)
    return results


def _outputs(model: keras.Model, x: keras.KerasTensor) -> Any:
    with keras.StatelessScope():  # discards the assignments of layers
        return model(x, training=False)


def _random_start(
    x: np.ndarray, epsilon: float, norm: str, bounds: Bounds, seed: int
) -> np.ndarray:
    """Draws a point uniformly from the ball around each example, clipped to `bounds`."""
    random = np.random.default_rng(seed)
    if norm == "linf":
        offset = random.uniform(-epsilon, epsilon, x.shape)
    else:
        offset = random.normal(size=x.shape).reshape(len(x), -1)
        # In d dimensions, the share of a ball within radius r grows as r^d.
        radius = epsilon * random.random((len(x), 1)) ** (1 / offset.shape[1])
        offset *= radius / np.linalg.norm(offset, axis=1, keepdims=True)
    start = (x + offset.reshape(x.shape)).astype("float32")
    return start if bounds is None else np.clip(start, *bounds)
