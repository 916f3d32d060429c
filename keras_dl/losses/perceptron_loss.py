"""The loss whose gradient is Rosenblatt's learning rule."""

from typing import Any

import keras
from keras import ops

__all__ = ["PerceptronLoss"]


@keras.saving.register_keras_serializable("keras_dl")
class PerceptronLoss(keras.losses.Loss):
    """How far the best wrong class lies above the right one, 0 where it lies below.

    L = max(0, maxⱼ aⱼ − aᵧ) over the classes j ≠ y. Where the example is right the gradient is 0;
    where it is wrong, or undecided, a step of rate 1 adds x to the weights of y and takes it off
    those of j. With two classes and the first logit fixed at 0, one unit is left, whose weights
    change by ±x: the perceptron's rule.

    A hinge loss differs in that it also pulls at examples that are right by less than 1.

    Args:
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Reference:
        Rosenblatt, 1958, The perceptron, Psychological Review 65(6). Duda, Hart and Stork, 2001,
        Pattern classification, sections 5.5 and 5.12, for the loss and for more than two classes.

    Example:
        >>> float(PerceptronLoss()([1], [[0.0, -2.0]]))
        2.0
    """

    def __init__(self, name: str = "perceptron_loss", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give the loss of each example, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: logits (batch, classes).
        """
        right = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        right: Any = ops.reshape(right, ops.shape(y_pred))  # from labels (batch, 1) too
        own: Any = ops.sum(right * y_pred, axis=-1)
        other: Any = ops.max(ops.where(right > 0, -1e30, y_pred), axis=-1)
        # Not relu: at a tie, as at the start from zeros, its gradient is 0 and nothing would begin.
        return ops.where(other >= own, other - own, 0.0)
