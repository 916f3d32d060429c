"""A dense layer whose transpose decodes: tied weights of an autoencoder."""

from typing import Any

import keras
from keras import ops

from keras_dl.activations import get_activation
from keras_dl.utils.checks import check_count

__all__ = ["TiedDense"]


@keras.saving.register_keras_serializable("keras_dl")
class TiedDense(keras.layers.Layer):
    """Encodes with a kernel W and decodes with its transpose.

    `layer(x)` is f(xW + b); `layer(codes, transpose=True)` is g(codes·Wᵀ + c). Trainable
    parameters are W, b and c.

    Args:
        units: size of the code, at least 1.
        activation: name of f, one of `keras_dl.activations.ACTIVATIONS`.
        decoder_activation: name of g.
        **kwargs: `name`, `dtype` and the other arguments of `keras.layers.Layer`.

    Raises:
        TypeError: if `units` is not an integer.
        ValueError: if `units` is below 1 or an activation is unknown.

    Reference:
        Vincent et al., 2010, Stacked Denoising Autoencoders, Journal of Machine Learning Research
        11, section 2.2, tied weights.
    """

    def __init__(
        self,
        units: int,
        activation: str = "linear",
        decoder_activation: str = "linear",
        **kwargs: Any,
    ) -> None:
        check_count("units", units, "it is the size of the code")
        super().__init__(**kwargs)
        self.units = int(units)
        self.activation, self.decoder_activation = activation, decoder_activation
        self._encode, self._decode = map(get_activation, (activation, decoder_activation))

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates W (features, units), b (units,) and c (features,)."""
        width: Any = input_shape[-1]
        self.kernel = self.add_weight(name="kernel", shape=(width, self.units))
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")
        self.decoder_bias = self.add_weight(
            name="decoder_bias", shape=(width,), initializer="zeros"
        )

    def call(self, inputs: keras.KerasTensor, transpose: bool = False) -> Any:
        """Computes codes (batch, units) of inputs (batch, features), or with `transpose` inputs."""
        if transpose:
            return self._decode(ops.matmul(inputs, ops.transpose(self.kernel)) + self.decoder_bias)
        return self._encode(ops.matmul(inputs, self.kernel) + self.bias)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": self.activation,
            "decoder_activation": self.decoder_activation,
        }
