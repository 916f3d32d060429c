"""Blocks of EfficientNet."""

from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import drop_path, penalty

__all__ = ["EfficientNetBlocks"]


@dataclass(frozen=True)
class EfficientNetBlocks:
    """The layers of the net with their common settings.

    Attributes:
        activation: name of the activation.
        initializer: name of the kernels' initializer.
        weight_decay: λ of the penalty λ/2·‖w‖² on kernels that are not depthwise.
    """

    activation: str
    initializer: str
    weight_decay: float

    def activate(self, x: Any, name: str) -> Any:
        """Normalizes and activates."""
        x = self.normalize(x, name)
        return keras.layers.Activation(get_activation(self.activation), name=f"{name}_activation")(
            x
        )

    def normalize(self, x: Any, name: str) -> Any:
        """Applies batch normalization."""
        return keras.layers.BatchNormalization(epsilon=1e-3, name=f"{name}_norm")(x)

    def plain(self, x: Any, name: str, filters: int, size: int, stride: int = 1) -> Any:
        """Applies a convolution without bias.

        Args:
            x: (batch, height, width, channels).
            name: name of the layer.
            filters: number of filters.
            size: height and width of the kernel.
            stride: stride of the kernel.
        """
        layer = keras.layers.Conv2D(
            filters,
            size,
            stride,
            "same",
            use_bias=False,
            kernel_initializer=make_initializer(self.initializer),
            kernel_regularizer=penalty(self.weight_decay),
            name=name,
        )
        return layer(x)

    def conv(self, x: Any, name: str, filters: int, size: int, stride: int = 1) -> Any:
        """Applies a convolution, normalizes and activates.

        Args:
            x: (batch, height, width, channels).
            name: name of the convolution, and prefix of the others'.
            filters: number of filters.
            size: height and width of the kernel.
            stride: stride of the kernel.
        """
        return self.activate(self.plain(x, name, filters, size, stride), name)

    def bottleneck(
        self,
        x: Any,
        name: str,
        filters: int,
        size: int,
        stride: int,
        expansion: int,
        path_dropout: float,
    ) -> Any:
        """Expands, filters each map, weights the maps, projects, and adds the input if it fits.

        Args:
            x: (batch, height, width, channels).
            name: prefix of the layers' names.
            filters: number of filters of the projection.
            size: height and width of the depthwise kernels.
            stride: stride of the depthwise convolution.
            expansion: factor of the number of maps inside.
            path_dropout: share of the examples whose branch is dropped in training.
        """
        before = x.shape[-1]
        y = x
        if expansion > 1:
            y = self.conv(y, f"{name}_expand", before * expansion, 1)
        depthwise = keras.layers.DepthwiseConv2D(
            size,
            stride,
            "same",
            use_bias=False,
            depthwise_initializer=make_initializer(self.initializer),
            name=f"{name}_depthwise",
        )
        y = self.activate(depthwise(y), f"{name}_depthwise")
        # The excitation's units are a quarter of the block's input, not of its expansion.
        y = self.excite(y, name, max(1, before // 4))
        y = self.normalize(self.plain(y, f"{name}_project", filters, 1), f"{name}_project")
        if stride > 1 or before != filters:
            return y
        return keras.layers.Add(name=f"{name}_add")([drop_path(y, name, path_dropout), x])

    def excite(self, x: Any, name: str, units: int) -> Any:
        """Multiplies each map by a weight computed from the means of all maps.

        Args:
            x: (batch, height, width, channels).
            name: prefix of the layers' names.
            units: number of hidden units.
        """
        means = keras.layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
        steps = ((units, self.activation, "reduce"), (x.shape[-1], "sigmoid", "expand"))
        for size, activation, step in steps:
            means = keras.layers.Conv2D(
                size,
                1,
                activation=get_activation(activation),
                kernel_initializer=make_initializer(self.initializer),
                kernel_regularizer=penalty(self.weight_decay),
                name=f"{name}_squeeze_{step}",
            )(means)
        return keras.layers.Multiply(name=f"{name}_excite")([x, means])
