"""Autoencoders of scaled examples: reconstruction, sparsity penalty, codes."""

import math
from typing import Any

import keras
from keras import ops

from keras_dl.algorithms._composed_model import ScaledModel
from keras_dl.utils.checks import check_choice, check_nonnegative

__all__ = ["Autoencoder"]

LOSSES = ("squared_error", "cross_entropy")


@keras.saving.register_keras_serializable("keras_dl")
class Autoencoder(ScaledModel):
    """A network that learns to reproduce its scaled inputs.

    The loss is summed over the inputs and averaged over the batch: ‖x − x̂‖², or the cross-entropy
    of x as probabilities, in nats; plus `sparsity` times the sum of |code|. `mean_squared_error`
    per input is reported for both. `compile` takes an optimizer and no loss; targets are not used.

    Args:
        scaling: layer from raw examples to floats.
        net: from scaled examples to {"code": …, "reconstruction": …}, such as
            `keras_dl.models.dense_autoencoder`.
        reconstruction_loss: "squared_error", or "cross_entropy" for inputs and reconstructions in
            [0, 1].
        sparsity: factor of the code's L1 norm, 0 or more.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        TypeError: if `sparsity` is not a number.
        ValueError: if it is negative, or the loss is unknown.

    Reference:
        Bengio, Courville and Vincent, 2013, Representation Learning: A Review and New Perspectives,
        arXiv:1206.5538, section 7.
    """

    reusable_step = True
    arguments = ("reconstruction_loss", "sparsity")

    def __init__(
        self,
        scaling: keras.layers.Layer,
        net: keras.Model,
        *,
        reconstruction_loss: str = "squared_error",
        sparsity: float = 0.0,
        **kwargs: Any,
    ) -> None:
        check_choice("reconstruction_loss", reconstruction_loss, LOSSES)
        check_nonnegative("sparsity", sparsity, "it multiplies the sum of the code's magnitudes")
        super().__init__(**kwargs)
        self.scaling, self.net = scaling, net
        self.reconstruction_loss, self.sparsity = reconstruction_loss, sparsity
        self.error = keras.metrics.Mean(name="mean_squared_error")
        self.build(net.input_shape)

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> Any:
        """Computes codes and reconstructions, scaled as the inputs of `net`, of raw examples."""
        return self.net(self.scaling(inputs), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the reconstruction loss and the penalty.

        compute_loss and not a loss, because the targets are the scaled inputs.

        Args:
            x: raw examples, (batch, …).
            y: not used.
            y_pred: result of `call`.
            sample_weight: weights of the examples (batch,), or None.
            training: not used.

        Returns:
            A scalar.
        """
        target, output = self._flat(self.scaling(x)), self._flat(y_pred["reconstruction"])
        squares: Any = ops.sum(ops.square(target - output), axis=-1)
        losses = squares
        if self.reconstruction_loss == "cross_entropy":
            losses = ops.sum(ops.binary_crossentropy(target, output), axis=-1)
        self.error.update_state(squares / target.shape[-1], sample_weight)
        if self.sparsity:
            magnitudes: Any = ops.sum(ops.abs(self._flat(y_pred["code"])), axis=-1)
            losses = losses + self.sparsity * magnitudes
        return ops.mean(losses if sample_weight is None else losses * sample_weight)

    @staticmethod
    def _flat(tensor: Any) -> Any:
        return ops.reshape(ops.cast(tensor, "float32"), (-1, math.prod(tensor.shape[1:])))
