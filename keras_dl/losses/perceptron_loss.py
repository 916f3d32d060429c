"""The loss whose gradient is Rosenblatt's learning rule."""

from typing import Any

import keras
from keras import ops

__all__ = ["PerceptronLoss"]


@keras.saving.register_keras_serializable("keras_dl")
class PerceptronLoss(keras.losses.Loss):
    """Margin by which the best wrong class exceeds the right one, 0 where it does not.

    L = max(0, maxⱼ aⱼ − aᵧ) over the classes j ≠ y. For a correct prediction the gradient is 0;
    for a wrong one or a tie, a step of rate 1 adds x to the weights of y and subtracts it from
    those of j. With two classes and the first logit fixed at 0, one unit remains, whose weights
    change by ±x: the perceptron's rule.

    A hinge loss also has a gradient for correct predictions with a margin of less than 1.

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

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the loss of each example, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: logits (batch, classes).
        """
        right = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        right: Any = ops.reshape(right, ops.shape(y_pred))  # from labels (batch, 1) too
        own: Any = ops.sum(right * y_pred, axis=-1)
        other: Any = ops.max(ops.where(right > 0, -1e30, y_pred), axis=-1)
        # Not relu: its gradient is 0 at a tie, as with weights of 0, and training would not start.
        return ops.where(other >= own, other - own, 0.0)
