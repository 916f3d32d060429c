"""Optimizers with their learning-rate schedule, by name."""

from typing import Any

import keras

__all__ = ["optimizer"]


def optimizer(
    name: str,
    learning_rate: float,
    *,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    decay_steps: int | None = None,
) -> Any:
    """Makes a Keras optimizer whose rate falls to zero along half a cosine.

    Args:
        name: "adam", "adamw" or "sgd" (Nesterov momentum).
        learning_rate: at the start.
        momentum: of "sgd".
        weight_decay: of "adamw": each step takes this share, times the rate, off every weight.
        decay_steps: optimizer steps until the rate is zero; None keeps it constant.

    Raises:
        ValueError: for an unknown name.

    Reference:
        Loshchilov and Hutter, 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5
        (one period, no restart); 2019, Decoupled Weight Decay Regularization, algorithm 2.
    """
    rate: Any = learning_rate
    if decay_steps is not None:
        rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps)
    if name == "adam":
        return keras.optimizers.Adam(rate)
    if name == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=weight_decay)
    if name == "sgd":
        return keras.optimizers.SGD(rate, momentum=momentum, nesterov=True)
    raise ValueError(f'`name` must be "adam", "adamw" or "sgd". Received: name={name!r}')
