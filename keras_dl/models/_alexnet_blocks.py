"""Blocks of AlexNet and of ZFNet."""

from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.layers import LocalResponseNormalization
from keras_dl.models._blocks import drop, layer_options, normalize
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_penalty,
    check_rate,
)

__all__ = ["REMOVABLE", "AlexNetBlocks"]

# Layers that `remove` may name; Zeiler and Fergus number them 2 to 7.
REMOVABLE = ("conv2", "conv3", "conv4", "conv5", "fc6", "fc7")


@dataclass(frozen=True)
class AlexNetBlocks:
    """The blocks of a net with their common settings; a removed layer returns its input.

    Attributes:
        activation: name of the activation.
        batch_norm: whether to normalize each layer before its activation.
        initializer: name of the kernels' initializer.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        local_response: whether local response normalization comes before pooling.
        dropout: share of the outputs of dense layers dropped in training.
        remove: names of layers to omit.
    """

    activation: str
    batch_norm: bool
    initializer: str
    weight_decay: float
    local_response: bool
    dropout: float
    remove: tuple[str, ...]

    def check(self) -> None:
        """Checks the settings.

        Raises:
            TypeError, ValueError: if a setting does not fit.
        """
        check_choice("activation", self.activation, ACTIVATIONS)
        check_choice("initializer", self.initializer, INITIALIZERS)
        check_penalty("weight_decay", self.weight_decay)
        check_rate("dropout", self.dropout)
        for number, layer in enumerate(self.remove):
            check_choice(f"remove[{number}]", layer, REMOVABLE)

    def _options(self, bias: str) -> dict[str, Any]:
        options = layer_options(
            self.activation, self.batch_norm, self.initializer, self.weight_decay
        )
        return {**options, "bias_initializer": bias}

    def _finish(self, x: keras.KerasTensor, name: str) -> Any:
        return normalize(x, name, activation=self.activation, batch_norm=self.batch_norm)

    def conv(
        self,
        x: Any,
        name: str,
        filters: int,
        size: int,
        *,
        stride: int = 1,
        padding: str = "same",
        groups: int = 1,
        bias: str = "zeros",
    ) -> Any:
        """Applies a convolution, or returns `x` if the layer is removed.

        Args:
            x: (batch, height, width, channels).
            name: name of the layer.
            filters: number of filters.
            size: height and width of the kernel.
            stride: stride of the kernel.
            padding: "same" or "valid".
            groups: number of groups of maps.
            bias: name of the bias initializer.
        """
        if name in self.remove:
            return x
        layer = keras.layers.Conv2D(
            filters, size, stride, padding, groups=groups, name=name, **self._options(bias)
        )
        return self._finish(layer(x), name)

    def dense(self, x: keras.KerasTensor, name: str, units: int, *, bias: str = "zeros") -> Any:
        """Applies a dense layer with dropout, or returns `x` if the layer is removed.

        Args:
            x: (batch, features).
            name: name of the layer.
            units: number of units.
            bias: name of the bias initializer.
        """
        if name in self.remove:
            return x
        x = keras.layers.Dense(units, name=name, **self._options(bias))(x)
        return drop(self._finish(x, name), name, self.dropout)

    def pool(self, x: keras.KerasTensor, number: str, *, padding: str = "valid") -> Any:
        """Applies local response normalization, if there is any, and 3×3 pooling with stride 2.

        Args:
            x: (batch, height, width, channels).
            number: number in the layers' names.
            padding: "valid" or "same".
        """
        if self.local_response:
            x = LocalResponseNormalization(name=f"norm{number}")(x)
        return keras.layers.MaxPooling2D(3, 2, padding, name=f"pool{number}")(x)
