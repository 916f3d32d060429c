"""The two training criteria of LeNet-5's radial basis functions."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["CodeDistance", "MAPCriterion"]


@keras.saving.register_keras_serializable("keras_dl")
class CodeDistance(keras.losses.Loss):
    """Penalty of the right class alone: squared distance to its code, eq. 8.

    It does not increase the distance to other classes: the codes are fixed and far apart.

    Args:
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.C, eq. 8.
    """

    def __init__(self, name: str = "code_distance", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the penalty of the right class, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: negative penalties (batch, classes).
        """
        return -_target_logit(y_true, y_pred)


@keras.saving.register_keras_serializable("keras_dl")
class MAPCriterion(keras.losses.Loss):
    """Penalty of the right class plus log(exp(−j) + Σᵢ exp(−yᵢ)), eq. 9.

    The negative log posterior of the right class, with an additional rubbish class of constant
    penalty j: classes with a penalty much larger than j have no gradient. Infinite j gives the
    softmax cross-entropy of the logits −y.

    Args:
        rubbish: j, penalty of the rubbish class, 0 or more; may be infinite.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `rubbish` is not a number.
        ValueError: if it is negative or not a number (NaN).

    Reference:
        As `CodeDistance`, eq. 9; the paper does not give j.
    """

    def __init__(self, rubbish: float = 20.0, name: str = "map_criterion", **kwargs: Any) -> None:
        meaning = "it is the penalty of the rubbish class"
        check_real("rubbish", rubbish, meaning)
        if not rubbish >= 0:
            raise ValueError(f"`rubbish` must be 0 or more; {meaning}. Received: rubbish={rubbish}")
        super().__init__(name=name, **kwargs)
        self.rubbish = float(rubbish)

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the loss of each example in nats, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: negative penalties (batch, classes).
        """
        total: Any = ops.logsumexp(y_pred, axis=-1)
        if self.rubbish < float("inf"):
            total = ops.logaddexp(total, -self.rubbish)
        return total - _target_logit(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "rubbish": self.rubbish}


def _target_logit(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
    """The logit of the right class, (batch,)."""
    right: Any = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
    return ops.sum(ops.reshape(right, ops.shape(y_pred)) * y_pred, axis=-1)
