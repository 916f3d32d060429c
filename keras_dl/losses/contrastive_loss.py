"""The contrastive loss of pairs of examples."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_positive

__all__ = ["ContrastiveLoss"]


@keras.saving.register_keras_serializable("keras_dl")
class ContrastiveLoss(keras.losses.Loss):
    """Draws pairs of one class together and others apart, up to a margin.

    y·d²/2 + (1 − y)·max(0, m − d)²/2 for a pair at distance d; y is 1 for two examples of one
    class. The paper's Y is 1 − y.

    Args:
        margin: m, the distance from which on different examples have no loss; above 0.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `margin` is not a number.
        ValueError: if it is not positive.

    Reference:
        Hadsell, Chopra and LeCun, 2006, Dimensionality Reduction by Learning an Invariant Mapping,
        eq. 4, doi:10.1109/CVPR.2006.100.
    """

    def __init__(self, margin: float = 1.0, name: str = "contrastive_loss", **kwargs: Any) -> None:
        check_positive("margin", margin, "it is the distance to which different examples move")
        super().__init__(name=name, **kwargs)
        self.margin = float(margin)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Computes the loss of each pair.

        Args:
            y_true: 1 for pairs of one class, else 0; (…).
            y_pred: distances of the pairs, 0 or more; (…).

        Returns:
            (…), 0 or more.
        """
        distances: Any = ops.convert_to_tensor(y_pred)
        same: Any = ops.cast(y_true, distances.dtype)
        missing: Any = ops.maximum(self.margin - distances, 0.0)
        return 0.5 * (same * ops.square(distances) + (1.0 - same) * ops.square(missing))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin}
