"""A learning rate that is held and then multiplied by a factor at every epoch of a plan."""

from typing import Any

import keras
from keras import ops

from keras_dl.optimizers.dense_gradients import DenseSGD

__all__ = ["HeldDecay", "sgd_of_sums"]


@keras.saving.register_keras_serializable("keras_dl")
class HeldDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The rate of the first `hold` epochs; each further one multiplies it by `factor`.

    The steps of the training are divided into `epochs` equal parts, so that a shorter training goes
    through the whole plan.

    Args:
        learning_rate: of the first epochs.
        factor: of each epoch after them.
        hold: epochs of constant rate, at least 1.
        epochs: epochs of the plan.
        steps: optimizer steps of the whole training; None keeps the rate constant.

    Reference:
        Zaremba et al., 2014, Recurrent Neural Network Regularization, arXiv:1409.2329, section 4.1.
    """

    def __init__(
        self, learning_rate: float, *, factor: float, hold: int, epochs: int, steps: int | None
    ) -> None:
        super().__init__()
        self.learning_rate, self.factor, self.hold = learning_rate, factor, hold
        self.epochs, self.steps = epochs, steps

    def __call__(self, step: Any) -> Any:
        """Returns the rate of a step, counted from 0."""
        rate: Any = ops.cast(self.learning_rate, "float32")
        if self.steps is None:
            return rate
        count: Any = ops.cast(step, "float32")
        # 1e-4, because float32 may lie below the whole number at an epoch's first step.
        epoch: Any = ops.floor(count / self.steps * self.epochs + 1e-4)
        return rate * ops.power(self.factor, ops.maximum(0.0, epoch + 1 - self.hold))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        names = ("learning_rate", "factor", "hold", "epochs", "steps")
        return {name: getattr(self, name) for name in names}


def sgd_of_sums(
    learning_rate: float,
    *,
    terms: int,
    clip_norm: float,
    factor: float,
    hold: int,
    epochs: int,
    steps: int | None,
) -> keras.Optimizer:
    """Makes plain gradient descent on a sum of losses, for a model that reports their mean.

    Rates and clipping are published for the sum over the words of a window. With `terms` words the
    same update is that of a rate `terms` times as large and a norm `terms` times as small.

    Args:
        learning_rate: for the sum.
        terms: number of summed losses, at least 1.
        clip_norm: largest norm of the sum's gradient by all weights together.
        factor: see `HeldDecay`, as are the others.
        hold: epochs of constant rate.
        epochs: epochs of the plan.
        steps: optimizer steps of the whole training; None keeps the rate constant.
    """
    rate: Any = HeldDecay(
        terms * learning_rate, factor=factor, hold=hold, epochs=epochs, steps=steps
    )
    return DenseSGD(rate, global_clipnorm=clip_norm / terms)
