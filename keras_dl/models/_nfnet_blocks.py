"""Blocks of normalizer-free nets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.initializers import make_initializer
from keras_dl.layers import ScaledStandardizedConv2D, SkipGain
from keras_dl.models._blocks import drop_path, penalty

__all__ = ["GAINS", "NFNetBlocks"]

# 1/σ of the activation of a standard normal variable: outputs of variance 1.
GAINS = {"gelu": 1.7015043497, "relu": 1.7139588594, "silu": 1.7881293297}


@dataclass(frozen=True)
class NFNetBlocks:
    """The layers of the net with their common settings.

    Attributes:
        activation: a name in `GAINS`.
        batch_norm: whether convolutions are plain ones with batch normalization.
        initializer: name of the kernels' initializer.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        group_width: number of filters in a group of the 3×3 convolutions.
        alpha: fixed factor of the residual branches.
    """

    activation: str
    batch_norm: bool
    initializer: str
    weight_decay: float
    group_width: int
    alpha: float

    def conv(
        self, x: Any, name: str, filters: int, size: int, *, stride: int = 1, groups: int = 1
    ) -> Any:
        """Applies a convolution whose outputs have variance 1 at first.

        Args:
            x: (batch, height, width, channels).
            name: name of the layer.
            filters: number of filters.
            size: height and width of the kernel.
            stride: stride of the kernel.
            groups: number of groups of maps.
        """
        kind = keras.layers.Conv2D if self.batch_norm else ScaledStandardizedConv2D
        x = kind(
            filters,
            size,
            strides=stride,
            padding="same",
            groups=groups,
            use_bias=not self.batch_norm,
            kernel_initializer=make_initializer(self.initializer),
            kernel_regularizer=penalty(self.weight_decay),
            name=name,
        )(x)
        if not self.batch_norm:
            return x
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)

    def activate(self, x: Any, name: str, beta: float = 1.0) -> Any:
        """Applies the activation, and the factor that gives its outputs variance 1.

        Args:
            x: (batch, height, width, channels).
            name: name of the layer.
            beta: another factor, 1 over the standard deviation of `x`.
        """
        x = keras.layers.Activation(self.activation, name=name)(x)
        return keras.layers.Rescaling(GAINS[self.activation] * beta, name=f"{name}_scale")(x)

    def stem(self, x: Any, filters: Sequence[int], small_images: bool) -> Any:
        """Applies four 3×3 convolutions.

        Args:
            x: images (batch, height, width, channels).
            filters: number of filters of each.
            small_images: whether all strides are 1.
        """
        strides = (1, 1, 1, 1) if small_images else (2, 1, 1, 2)
        for number, (size, stride) in enumerate(zip(filters, strides, strict=True), start=1):
            x = self.conv(x, f"stem_conv{number}", size, 3, stride=stride)
            if number < len(filters):  # a block begins with the activation
                x = self.activate(x, f"stem_activation{number}")
        return x

    def block(
        self, x: Any, name: str, filters: int, stride: int, beta: float, path_dropout: float
    ) -> Any:
        """Applies a bottleneck and its shortcut.

        Args:
            x: (batch, height, width, channels).
            name: name of the output's layer, and prefix of the others'.
            filters: number of filters; the bottleneck has half of them inside.
            stride: 1 or 2.
            beta: 1 over the standard deviation of `x` at first.
            path_dropout: share of the examples whose branch is dropped in training.
        """
        groups = max(1, filters // 2 // self.group_width)
        inner = groups * self.group_width if groups > 1 else max(1, filters // 2)
        y = self.activate(x, f"{name}_activation0", beta)
        shortcut = x
        if stride > 1 or x.shape[-1] != filters:
            shortcut = y
            if stride > 1:
                shortcut = keras.layers.AveragePooling2D(2, 2, "same", name=f"{name}_pool")(y)
            shortcut = self.conv(shortcut, f"{name}_shortcut", filters, 1)
        y = self.conv(y, f"{name}_conv0", inner, 1)
        for number in (1, 2):
            y = self.activate(y, f"{name}_activation{number}")
            step = stride if number == 1 else 1
            y = self.conv(y, f"{name}_conv{number}", inner, 3, stride=step, groups=groups)
        y = self.activate(y, f"{name}_activation3")
        y = self.conv(y, f"{name}_conv3", filters, 1)
        y = drop_path(self.excite(y, name, max(1, filters // 2)), name, path_dropout)
        y = SkipGain(self.alpha, name=f"{name}_gain")(y)
        return keras.layers.Add(name=name)([y, shortcut])

    def excite(self, x: Any, name: str, units: int) -> Any:
        """Multiplies each map by twice a weight in (0, 1) computed from the means of all maps.

        Args:
            x: (batch, height, width, channels).
            name: prefix of the layers' names.
            units: number of hidden units.
        """
        means = keras.layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_squeeze")(x)
        for size, activation, step in (
            (units, "relu", "reduce"),
            (x.shape[-1], "sigmoid", "expand"),
        ):
            means = keras.layers.Dense(
                size,
                activation,
                kernel_initializer=make_initializer(self.initializer),
                kernel_regularizer=penalty(self.weight_decay),
                name=f"{name}_squeeze_{step}",
            )(means)
        # Twice, because a sigmoid at 0 is one half.
        double = keras.layers.Rescaling(2.0, name=f"{name}_squeeze_double")(means)
        return keras.layers.Multiply(name=f"{name}_excite")([x, double])
