"""Training with auxiliary classifiers, which are left out afterwards."""

from typing import Any

import keras

from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.utils.checks import check_nonnegative

__all__ = ["AuxiliaryHeads"]


@keras.saving.register_keras_serializable("keras_dl")
class AuxiliaryHeads(ComposedModel):
    """A network of several classifiers: all are trained, and the first one predicts.

    The loss of training is that of the first outputs plus `weight` times that of each other one;
    validation and prediction have the first alone. Metrics concern the first.

    Args:
        net: from examples to a list of logits (batch, classes), the main ones first.
        weight: factor of the auxiliary losses; 0 leaves the auxiliary classifiers untrained.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `weight` is not a number.
        ValueError: if it is negative, or `net` has one output only.

    Reference:
        Szegedy et al., 2014, Going Deeper with Convolutions, arXiv:1409.4842, section 5: 0.3.
    """

    reusable_step = True
    components = ("net",)
    arguments = ("weight",)

    def __init__(self, net: Any, *, weight: float = 0.3, **kwargs: Any) -> None:
        check_nonnegative("weight", weight, "it multiplies the auxiliary losses")
        if len(net.outputs) < 2:
            raise ValueError(
                "`net` must have auxiliary outputs beside the main one. "
                f"Received: {net.name}, with {len(net.outputs)} output"
            )
        super().__init__(**kwargs)
        self.net, self.weight = net, weight
        self.built = True

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Maps examples to the main logits; in training to the list of all."""
        outputs = self.net(inputs, training=training)
        return outputs if training else outputs[0]

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the weighted sum of the losses in training, else the main loss.

        Args:
            x: not used.
            y: class numbers (batch,).
            y_pred: outputs of `call`.
            sample_weight: weight of each example, (batch,), or None.
            training: whether `y_pred` holds all outputs.
        """
        main, *auxiliary = y_pred if isinstance(y_pred, (list, tuple)) else [y_pred]
        loss = super().compute_loss(x, y, main, sample_weight, training)
        for logits in auxiliary:
            own: Any = self.loss
            loss = loss + self.weight * own(y, logits, sample_weight)
        return loss

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Computes the metrics of the main logits.

        Args:
            x: not used.
            y: class numbers (batch,).
            y_pred: outputs of `call`.
            sample_weight: weight of each example, (batch,), or None.
        """
        main = y_pred[0] if isinstance(y_pred, (list, tuple)) else y_pred
        return super().compute_metrics(x, y, main, sample_weight)
