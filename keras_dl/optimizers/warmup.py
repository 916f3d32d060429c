"""Adam in the ways Transformers are trained: warm-up, then half a cosine or an inverse root."""

from typing import Any

import keras
from keras import ops

from keras_dl.optimizers.dense_gradients import DenseAdamW

__all__ = ["InverseRoot", "adam_with_inverse_root", "adamw_with_warmup"]


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
    _check_warmup(warmup)
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
    optimizer = DenseAdamW(
        rate, beta_2=second_momentum, weight_decay=weight_decay, global_clipnorm=clip_norm
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


@keras.saving.register_keras_serializable("keras_dl")
class InverseRoot(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that rises linearly for `warmup_steps` and then falls with the root of the step.

    Args:
        learning_rate: highest rate, at the end of the rise; width^−0.5 · warmup_steps^−0.5 in the
            paper.
        warmup_steps: at least 1.

    Reference:
        Vaswani et al., 2017, Attention Is All You Need, arXiv:1706.03762, eq. 3.
    """

    def __init__(self, learning_rate: float, warmup_steps: int) -> None:
        super().__init__()
        self.learning_rate, self.warmup_steps = learning_rate, warmup_steps

    def __call__(self, step: Any) -> Any:
        """Returns the rate of a step, counted from 0."""
        count: Any = ops.cast(step, "float32")
        share = (count + 1.0) / self.warmup_steps
        factor: Any = ops.minimum(share, ops.rsqrt(share))
        return self.learning_rate * factor

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"learning_rate": self.learning_rate, "warmup_steps": self.warmup_steps}


def adam_with_inverse_root(
    learning_rate: float, *, decay_steps: int | None = None, warmup: float = 0.04
) -> keras.Optimizer:
    """Makes the Adam of the first Transformer: β₂ = 0.98, ε = 1e-9, rate of `InverseRoot`.

    Args:
        learning_rate: highest rate, reached after the warm-up.
        decay_steps: optimizer steps of the whole training; None keeps the rate constant.
        warmup: share of the steps in which the rate rises, in [0, 1); 4,000 of 100,000 published.

    Raises:
        ValueError: if `warmup` lies outside [0, 1).
    """
    _check_warmup(warmup)
    rate: Any = learning_rate
    if decay_steps is not None:
        rate = InverseRoot(learning_rate, max(1, round(warmup * decay_steps)))
    return keras.optimizers.Adam(rate, beta_2=0.98, epsilon=1e-9)


def _check_warmup(warmup: float) -> None:
    if not 0 <= warmup < 1:
        raise ValueError(
            "`warmup` must lie in [0, 1); it is the share of the steps in which the rate rises. "
            f"Received: warmup={warmup}"
        )
