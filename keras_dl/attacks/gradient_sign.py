"""The fast gradient sign method."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_dl.attacks._ascent import Bounds
from keras_dl.attacks.projected_gradient import run_attack

__all__ = ["fgsm"]


def fgsm(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    targeted: bool = False,
    bounds: Bounds = (0.0, 1.0),
    loss: Callable[[Any, Any], Any] | None = None,
    batch_size: int = 256,
) -> np.ndarray:
    """Takes one step along the sign of the gradient: x_adv = clip(x + ε·sign ∂L(model(x), y)/∂x).

    Args:
        model: differentiable model of floats in the units of `x`, called in inference mode. Of a
            model that scales raw pixels itself, pass the net after the scaling.
        x: examples (n, …), floats within `bounds`, by default pixels in [0, 1].
        y: true class numbers (n,), or with `targeted` the classes that the attack aims at.
        epsilon: L∞ radius of the perturbation, in units of `x`.
        targeted: descend the loss of `y`, x - ε·sign ∂L/∂x, instead of ascending it.
        bounds: smallest and largest value of the results; None for no limits.
        loss: maps (targets, outputs) to a loss; None: cross-entropy of class numbers and logits.
        batch_size: examples per batch.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or `epsilon` is not a number.
        ValueError: if `x` and `y` differ in length, `x` exceeds `bounds` or a size is negative.

    Reference:
        Goodfellow, Shlens and Szegedy, 2015, Explaining and Harnessing Adversarial Examples,
        arXiv:1412.6572, section 4; clipping and the targeted form: Kurakin, Goodfellow and Bengio,
        2017, Adversarial Examples in the Physical World, arXiv:1607.02533, section 2.
    """
    return run_attack(
        model,
        x,
        y,
        epsilon,
        steps=1,
        step_size=epsilon,
        targeted=targeted,
        bounds=bounds,
        loss=loss,
        batch_size=batch_size,
    )
