"""The fast gradient sign method."""

from typing import Any

import numpy as np

from keras_dl.attacks._ascent import Bounds
from keras_dl.attacks.projected_gradient import attacked

__all__ = ["fgsm"]


def fgsm(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    targeted: bool = False,
    bounds: Bounds = (0.0, 1.0),
    loss: Any = None,
    batch_size: int = 256,
) -> np.ndarray:
    """One step along the sign of the gradient: x_adv = clip(x + ε·sign ∂L(model(x), y)/∂x).

    Args:
        model: differentiable, in inference mode; takes floats in the units of `x`. Of a model that
            scales raw pixels itself, give the net behind the scaling.
        x: examples (n, …), floats within `bounds`: pixels in [0, 1] unless said otherwise.
        y: true class numbers (n,), or with `targeted` those that the model shall see.
        epsilon: largest change of a pixel, in units of `x`.
        targeted: go down the loss of `y`, x - ε·sign ∂L/∂x, in place of up.
        bounds: smallest and largest value of the results; None for no limits.
        loss: of targets and outputs; None: cross-entropy of class numbers and logits.
        batch_size: examples at a time.

    Returns:
        Adversarial examples, float32 of the shape of `x`.

    Raises:
        TypeError: if `x` holds integers, or `epsilon` is not a number.
        ValueError: if `x` and `y` do not fit, `x` leaves `bounds` or a size is negative.

    Reference:
        Goodfellow, Shlens and Szegedy, 2015, Explaining and Harnessing Adversarial Examples,
        arXiv:1412.6572, section 4; the clip and the targeted form: Kurakin, Goodfellow and Bengio,
        2017, Adversarial Examples in the Physical World, arXiv:1607.02533, section 2.
    """
    return attacked(
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
