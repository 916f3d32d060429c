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
        name: "adam", "adamw", "rmsprop", "sgd" (Nesterov's momentum), "momentum" (the
            classical one) or "gradient_descent" (none).
        learning_rate: at the start.
        momentum: of "sgd" and "momentum": share of the last step that goes into the next.
        weight_decay: of "adamw": each step takes this share, times the rate, off every weight.
        decay_steps: optimizer steps until the rate is zero; None keeps it constant.

    Raises:
        ValueError: for an unknown name.

    Reference:
        Loshchilov and Hutter, 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5
        (one period, no restart); 2019, Decoupled Weight Decay Regularization, algorithm 2.
        Tieleman and Hinton, 2012, Neural Networks for Machine Learning, lecture 6e, for "rmsprop".
        Sutskever et al., 2013, On the importance of initialization and momentum in deep learning,
        section 2, for the two kinds of momentum.
    """
    rate: Any = learning_rate
    if decay_steps is not None:
        rate = keras.optimizers.schedules.CosineDecay(learning_rate, decay_steps)
    makers = {
        "adam": lambda: keras.optimizers.Adam(rate),
        "adamw": lambda: keras.optimizers.AdamW(rate, weight_decay=weight_decay),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate),
        "sgd": lambda: keras.optimizers.SGD(rate, momentum=momentum, nesterov=True),
        "momentum": lambda: keras.optimizers.SGD(rate, momentum=momentum),
        "gradient_descent": lambda: keras.optimizers.SGD(rate),
    }
    if name not in makers:
        raise ValueError(f"`name` must be one of {', '.join(makers)}. Received: name={name!r}")
    return makers[name]()
