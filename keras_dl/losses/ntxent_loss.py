"""The normalized temperature-scaled cross-entropy of two views of each example."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_positive

__all__ = ["NTXentLoss"]


@keras.saving.register_keras_serializable("keras_dl")
class NTXentLoss(keras.losses.Loss):
    """The two views of an example find each other among the views of all others of the batch.

    −log exp(s(i, j)/τ) / Σ_{k≠i} exp(s(i, k)/τ) for view i with its partner j, where s is the
    cosine and k runs over the other 2N − 1 views of the N examples. The view itself is left out of
    the logits; what is subtracted from the sum instead keeps a gradient.

    Args:
        temperature: τ, above 0.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `temperature` is not a number.
        ValueError: if it is not positive.

    Reference:
        Chen, Kornblith, Norouzi and Hinton, 2020, A Simple Framework for Contrastive Learning of
        Visual Representations, arXiv:2002.05709, eq. 1.
    """

    def __init__(self, temperature: float = 0.5, name: str = "ntxent_loss", **kwargs: Any) -> None:
        check_positive("temperature", temperature, "cosines are divided by it")
        super().__init__(name=name, **kwargs)
        self.temperature = float(temperature)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Computes the loss of each view, in nats.

        Args:
            y_true: not used.
            y_pred: projections of the views of each example (batch, 2, dim), of any length.

        Returns:
            (2·batch,): first views, then second views.
        """
        unit: Any = ops.normalize(y_pred, axis=-1, epsilon=1e-9)
        views: Any = ops.concatenate([unit[:, 0], unit[:, 1]], axis=0)
        cosines: Any = ops.matmul(views, ops.transpose(views))
        logits: Any = cosines / self.temperature
        shape: Any = ops.shape(views)
        count = shape[0]
        itself: Any = ops.eye(count, dtype="bool")
        logits = ops.where(itself, ops.cast(-1e9, logits.dtype), logits)
        partner: Any = ops.roll(ops.arange(count, dtype="int32"), count // 2)
        return keras.losses.sparse_categorical_crossentropy(partner, logits, from_logits=True)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "temperature": self.temperature}
