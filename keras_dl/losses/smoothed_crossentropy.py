"""Cross-entropy of logits with smoothed labels, from class numbers."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_real

__all__ = ["SmoothedCrossentropy"]


@keras.saving.register_keras_serializable("keras_dl")
class SmoothedCrossentropy(keras.losses.Loss):
    """Cross-entropy with labels of 1 − ε + ε/K for the right class and ε/K for the K − 1 others.

    Equal to `keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=ε)`, but of
    class numbers, like `SparseCategoricalCrossentropy`, which has no label smoothing.

    Args:
        label_smoothing: ε, share of the probability that is spread over all classes, in [0, 1).
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `label_smoothing` is not a number.
        ValueError: if it lies outside [0, 1).

    Reference:
        Szegedy et al., 2015, Rethinking the inception architecture for computer vision,
        arXiv:1512.00567, section 7: ε = 0.1.
    """

    def __init__(
        self, label_smoothing: float = 0.1, name: str = "smoothed_crossentropy", **kwargs: Any
    ) -> None:
        meaning = "it is the share of the probability spread over all classes"
        check_real("label_smoothing", label_smoothing, meaning)
        if not 0 <= label_smoothing < 1:
            raise ValueError(
                f"`label_smoothing` must lie in [0, 1); {meaning}. "
                f"Received: label_smoothing={label_smoothing}"
            )
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> Any:
        """Computes the loss of each example in nats, (batch,).

        Args:
            y_true: class numbers (batch,).
            y_pred: logits (batch, classes).
        """
        log_probabilities: Any = ops.log_softmax(y_pred, axis=-1)
        right: Any = ops.one_hot(ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype)
        right = ops.reshape(right, ops.shape(y_pred))  # from labels (batch, 1) too
        likelihood: Any = ops.sum(right * log_probabilities, axis=-1)
        uniform: Any = ops.mean(log_probabilities, axis=-1)
        return -(1 - self.label_smoothing) * likelihood - self.label_smoothing * uniform

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "label_smoothing": float(self.label_smoothing)}
