"""The loss of knowledge distillation, and the accuracy on its targets."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.utils.checks import check_positive, check_real

__all__ = ["DistillationLoss", "distillation_accuracy", "soft_targets"]


def soft_targets(labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Returns the targets of `DistillationLoss`, (n, 1 + classes) float32.

    Args:
        labels: class numbers (n,).
        logits: of the teacher (n, classes).
    """
    return np.column_stack([labels, logits]).astype(np.float32)


@keras.saving.register_keras_serializable("keras_dl")
class DistillationLoss(keras.losses.Loss):
    """Cross-entropy with the labels, and divergence from a teacher at a raised temperature.

    (1 − w)·CE(y, softmax(z)) + w·T²·KL(softmax(v/T) ‖ softmax(z/T)) for the student's logits z and
    the teacher's v. The factor T² keeps the gradient of the second term at one scale for any T. It
    is the cross-entropy with soft targets minus their entropy, which does not depend on z.

    Targets without a teacher's logits, (batch,), as in validation, have the first term alone with
    weight 1.

    Args:
        temperature: T, above 0.
        soft_weight: w, in [0, 1].
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if an argument is not a number.
        ValueError: if it lies outside of its range.

    Reference:
        Hinton, Vinyals and Dean, 2015, Distilling the Knowledge in a Neural Network,
        arXiv:1503.02531, section 2.
    """

    def __init__(
        self,
        temperature: float = 20.0,
        soft_weight: float = 0.9,
        name: str = "distillation_loss",
        **kwargs: Any,
    ) -> None:
        check_positive("temperature", temperature, "logits are divided by it")
        meaning = "it is the weight of the teacher's part"
        check_real("soft_weight", soft_weight, meaning)
        if not 0 <= soft_weight <= 1:
            raise ValueError(
                f"`soft_weight` must lie in [0, 1]; {meaning}. Received: soft_weight={soft_weight}"
            )
        super().__init__(name=name, **kwargs)
        self.temperature, self.soft_weight = temperature, soft_weight

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Computes the loss of each example in nats, (batch,).

        Args:
            y_true: `soft_targets` (batch, 1 + classes), or class numbers (batch,).
            y_pred: logits (batch, classes).
        """
        classes = y_pred.shape[-1]
        labels, teacher = _split(y_true, classes)
        right: Any = ops.one_hot(labels, classes)
        log_probabilities: Any = ops.log_softmax(y_pred)
        likelihood: Any = ops.sum(right * log_probabilities, axis=-1)
        if teacher is None:
            return -likelihood
        logits: Any = ops.cast(teacher, y_pred.dtype)
        soft: Any = ops.log_softmax(logits / self.temperature)
        ours: Any = ops.log_softmax(y_pred / self.temperature)
        divergence: Any = ops.sum(ops.exp(soft) * (soft - ours), axis=-1)
        weight = self.soft_weight
        return weight * self.temperature**2 * divergence - (1 - weight) * likelihood

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "temperature": float(self.temperature),
            "soft_weight": float(self.soft_weight),
        }


@keras.saving.register_keras_serializable("keras_dl")
def distillation_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Computes whether the largest logit is that of the label, (batch,), for `DistillationLoss`."""
    labels, _ = _split(y_true, y_pred.shape[-1])
    return ops.cast(ops.equal(labels, ops.cast(ops.argmax(y_pred, -1), "int32")), "float32")


def _split(y_true: Any, classes: int) -> tuple[Any, Any]:
    """Splits targets into labels (batch,) and the teacher's logits, or None."""
    if len(y_true.shape) == 2 and y_true.shape[-1] == 1 + classes:
        return ops.cast(y_true[:, 0], "int32"), y_true[:, 1:]
    return ops.cast(ops.reshape(y_true, (-1,)), "int32"), None
