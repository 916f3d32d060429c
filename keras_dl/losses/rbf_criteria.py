"""The two criteria that LeNet-5's radial basis functions were trained by."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["CodeDistance", "MAPCriterion"]


@keras.saving.register_keras_serializable("keras_dl")
class CodeDistance(keras.losses.Loss):
    """Penalty of the right class alone: squared distance to its code, eq. 8.

    Nothing pushes the other classes away; the codes, fixed and far apart, do the work.

    Args:
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, doi:10.1109/5.726791, section II.C, eq. 8.
    """

    def __init__(self, name: str = "code_distance", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give y of the right class, (batch,), from class numbers and minus the penalties."""
        return -_right(y_true, y_pred)


@keras.saving.register_keras_serializable("keras_dl")
class MAPCriterion(keras.losses.Loss):
    """Penalty of the right class plus log(exp(−j) + Σᵢ exp(−yᵢ)), eq. 9.

    Minus the log posterior of the right class, if beside the classes there is a rubbish class with
    the constant penalty j: whoever is farther away than j is not pushed away any more. Infinite j
    is the softmax cross-entropy of the logits −y.

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
        meaning = "it is the penalty of a class of its own for rubbish"
        check_real("rubbish", rubbish, meaning)
        if not rubbish >= 0:
            raise ValueError(f"`rubbish` must be 0 or more; {meaning}. Received: rubbish={rubbish}")
        super().__init__(name=name, **kwargs)
        self.rubbish = float(rubbish)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Give the loss of each example in nats, (batch,), from classes and minus the penalties."""
        everyone: Any = ops.logsumexp(y_pred, axis=-1)
        if self.rubbish < float("inf"):
            everyone = ops.logaddexp(everyone, -self.rubbish)
        return everyone - _right(y_true, y_pred)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "rubbish": self.rubbish}


def _right(y_true: Any, y_pred: Any) -> Any:
    """The logit of the right class, (batch,)."""
    right: Any = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
    return ops.sum(ops.reshape(right, ops.shape(y_pred)) * y_pred, axis=-1)
