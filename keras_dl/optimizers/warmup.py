"""AdamW in the way Transformers are trained: warm-up, cosine decay, clipped gradients."""

from typing import Any

import keras

__all__ = ["adamw_with_warmup"]


def adamw_with_warmup(
    learning_rate: float,
    *,
    decay_steps: int | None = None,
    warmup: float = 0.05,
    final: float = 0.1,
    weight_decay: float = 0.1,
    second_momentum: float = 0.99,
    clip_norm: float | None = 1.0,
) -> keras.Optimizer:
    """Makes AdamW with a rate that rises linearly and falls along half a cosine.

    Biases and the scales and offsets of normalisations are not decayed.

    Args:
        learning_rate: highest rate, reached after the warm-up.
        decay_steps: optimizer steps of the whole training; None keeps the rate constant.
        warmup: share of the steps in which the rate rises from 0, in [0, 1).
        final: rate at the end, as a share of `learning_rate`.
        weight_decay: each step takes this share, times the rate, off every matrix.
        second_momentum: β₂ of Adam.
        clip_norm: largest norm of the gradient of all weights together; None: any.

    Raises:
        ValueError: if `warmup` lies outside [0, 1).

    Reference:
        Loshchilov and Hutter, 2019, Decoupled Weight Decay Regularization, arXiv:1711.05101.
        Brown et al., 2020, Language Models are Few-Shot Learners, arXiv:2005.14165, appendix B.
    """
    if not 0 <= warmup < 1:
        raise ValueError(
            "`warmup` must lie in [0, 1); it is the share of the steps in which the rate rises. "
            f"Received: warmup={warmup}"
        )
    rate: Any = learning_rate
    if decay_steps is not None:
        rise = max(1, round(warmup * decay_steps)) if warmup else 0
        rate = keras.optimizers.schedules.CosineDecay(
            0.0 if rise else learning_rate,
            max(1, decay_steps - rise),
            alpha=final,
            warmup_target=learning_rate if rise else None,
            warmup_steps=rise,
        )
    optimizer = keras.optimizers.AdamW(
        rate, beta_2=second_momentum, weight_decay=weight_decay, global_clipnorm=clip_norm
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
