"""The triplet loss of all examples of a batch."""

from typing import Any

import keras
from keras import ops

from keras_dl.utils.checks import check_choice, check_positive

__all__ = ["TripletLoss"]

MINING = ("all", "hardest")


@keras.saving.register_keras_serializable("keras_dl")
class TripletLoss(keras.losses.Loss):
    """Each example is nearer to those of its class than to any other, by a margin.

    max(0, dₚ − dₙ + m) for an anchor at distance dₚ from an example of its class and dₙ from one of
    another class. The loss of an anchor is the mean over all its triplets, or that of its farthest
    positive and nearest negative example. Anchors without triplets have none.

    Args:
        margin: m, above 0; 0.2 in the paper, for squared distances of unit vectors.
        mining: "all" or "hardest", the triplets of an anchor.
        name: name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Raises:
        TypeError: if `margin` is not a number.
        ValueError: if it is not positive, or `mining` is unknown.

    Reference:
        Schroff, Kalenichenko and Philbin, 2015, FaceNet, arXiv:1503.03832, eq. 2; Hermans, Beyer
        and Leibe, 2017, In Defense of the Triplet Loss, arXiv:1703.07737, eq. 5 for "hardest".
    """

    def __init__(
        self, margin: float = 0.2, mining: str = "all", name: str = "triplet_loss", **kwargs: Any
    ) -> None:
        check_positive("margin", margin, "negatives are farther than positives by it")
        check_choice("mining", mining, MINING)
        super().__init__(name=name, **kwargs)
        self.margin, self.mining = float(margin), mining

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Computes the loss of each anchor.

        Args:
            y_true: 1 where the others are of the anchor's class, else 0; (…, anchors, others).
            y_pred: distances of anchors and others; (…, anchors, others).

        Returns:
            (…, anchors), 0 or more.
        """
        distances: Any = ops.convert_to_tensor(y_pred)
        same: Any = ops.cast(y_true, distances.dtype)
        other: Any = 1.0 - same
        if self.mining == "hardest":
            farthest: Any = ops.max(ops.where(same > 0, distances, -1e9), axis=-1)
            nearest: Any = ops.min(ops.where(other > 0, distances, 1e9), axis=-1)
            return ops.maximum(farthest - nearest + self.margin, 0.0)
        gaps: Any = distances[..., :, None] - distances[..., None, :] + self.margin
        triplets: Any = same[..., :, None] * other[..., None, :]
        total: Any = ops.sum(triplets * ops.maximum(gaps, 0.0), axis=(-2, -1))
        return total / ops.maximum(ops.sum(triplets, axis=(-2, -1)), 1.0)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin, "mining": self.mining}
