"""Blocks of residual and plain nets, each a function of a tensor."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import penalty

__all__ = [
    "Convolution",
    "bottleneck_block",
    "plain_block",
    "preactivation_block",
    "residual_block",
]


Tensor = keras.KerasTensor


@dataclass(frozen=True)
class Convolution:
    """The common settings of a net's convolutions, as a function of a tensor.

    Attributes:
        initializer: name of the kernels' initializer.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        batch_norm: False omits the normalization and gives the convolutions a bias.
        activation: name of the activation.
        bias: whether the convolutions have a bias also with normalization, where it has no effect.
    """

    initializer: str
    weight_decay: float
    batch_norm: bool = True
    activation: str = "relu"
    bias: bool = False

    def __call__(
        self, x: Tensor, filters: int, *, name: str, size: int = 3, stride: int = 1
    ) -> Any:
        """Applies a convolution and the normalization, without activation; see `plain`."""
        return self.normalize(self.plain(x, filters, name=name, size=size, stride=stride), name)

    def plain(self, x: Tensor, filters: int, *, name: str, size: int = 3, stride: int = 1) -> Any:
        """Applies a convolution; with a stride, the padding is the same on all sides.

        Args:
            x: (batch, height, width, channels).
            filters: number of filters.
            name: name of the layer.
            size: height and width of the kernel.
            stride: 1 or more.

        Returns:
            (batch, ⌈height/stride⌉, ⌈width/stride⌉, filters).
        """
        if stride > 1 and size > 1:
            x = keras.layers.ZeroPadding2D(size // 2, name=f"{name}_pad")(x)
        return keras.layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            use_bias=self.bias or not self.batch_norm,
            kernel_initializer=make_initializer(self.initializer),
            kernel_regularizer=penalty(self.weight_decay),
            name=name,
        )(x)

    def normalize(self, x: Tensor, name: str) -> Any:
        """Applies batch normalization, or returns `x` without `batch_norm`."""
        if not self.batch_norm:
            return x
        # Keras' momentum of 0.99 is too slow for short runs; 1e-5 is the epsilon of Caffe.
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)

    def activate(self, x: Tensor, name: str) -> Any:
        """Applies the activation."""
        return keras.layers.Activation(get_activation(self.activation), name=name)(x)


def plain_block(conv: Convolution, x: Tensor, filters: int, stride: int, name: str) -> Any:
    """Applies two 3×3 convolutions without a shortcut; He et al. 2015, figure 3, middle.

    Args:
        conv: settings of the convolutions.
        x: (batch, height, width, channels).
        filters: number of filters.
        stride: stride of the first convolution.
        name: prefix of the layers' names.

    Returns:
        (batch, ⌈height/stride⌉, ⌈width/stride⌉, filters).
    """
    x = conv.activate(conv(x, filters, stride=stride, name=f"{name}_conv1"), f"{name}_relu1")
    return conv.activate(conv(x, filters, name=f"{name}_conv2"), name)


def residual_block(
    conv: Convolution, x: Tensor, filters: int, stride: int, shortcut: str, name: str
) -> Any:
    """Applies two 3×3 convolutions and a shortcut; He et al. 2015, figure 5, left.

    The shortcut is added before the last activation.

    Args:
        conv: settings of the convolutions.
        x: (batch, height, width, channels).
        filters: number of filters.
        stride: stride of the first convolution.
        shortcut: "A" or "B", where the shape changes.
        name: prefix of the layers' names.

    Returns:
        (batch, ⌈height/stride⌉, ⌈width/stride⌉, filters).
    """
    y = conv.activate(conv(x, filters, stride=stride, name=f"{name}_conv1"), f"{name}_relu1")
    y = conv(y, filters, name=f"{name}_conv2")
    x = _shortcut(conv, x, filters, stride, shortcut, name)
    return conv.activate(keras.layers.Add(name=f"{name}_add")([x, y]), name)


def preactivation_block(
    conv: Convolution, x: Tensor, filters: int, stride: int, shortcut: str, name: str
) -> Any:
    """Applies a residual block with normalization and activation before each convolution.

    Args:
        conv: settings of the convolutions.
        x: (batch, height, width, channels).
        filters: number of filters.
        stride: stride of the first convolution.
        shortcut: "A" or "B", where the shape changes.
        name: prefix of the layers' names.

    Returns:
        (batch, ⌈height/stride⌉, ⌈width/stride⌉, filters).

    Reference:
        He, Zhang, Ren and Sun, 2016, Identity mappings in deep residual networks,
        arXiv:1603.05027, figure 4 (e).
    """
    y = conv.activate(conv.normalize(x, f"{name}_conv1"), f"{name}_relu1")
    y = conv.plain(y, filters, stride=stride, name=f"{name}_conv1")
    y = conv.activate(conv.normalize(y, f"{name}_conv2"), f"{name}_relu2")
    y = conv.plain(y, filters, name=f"{name}_conv2")
    x = _shortcut(conv, x, filters, stride, shortcut, name)
    return keras.layers.Add(name=name)([x, y])


def bottleneck_block(
    conv: Convolution,
    x: Tensor,
    filters: int,
    stride: int,
    shortcut: str,
    name: str,
    *,
    stride_at: int,
) -> Any:
    """Applies 1×1, 3×3 and 1×1 convolutions and a shortcut; He et al. 2015, figure 5, right.

    Args:
        conv: settings of the convolutions.
        x: (batch, height, width, channels).
        filters: number of filters of the first two convolutions; the last has four times as many.
        stride: stride of the block.
        shortcut: "A" or "B", where the shape changes.
        name: prefix of the layers' names.
        stride_at: number of the convolution that has the stride, 1 or 2.

    Returns:
        (batch, ⌈height/stride⌉, ⌈width/stride⌉, 4·filters).
    """
    first, second = (stride if stride_at == number else 1 for number in (1, 2))
    y = conv(x, filters, size=1, stride=first, name=f"{name}_conv1")
    y = conv(conv.activate(y, f"{name}_relu1"), filters, stride=second, name=f"{name}_conv2")
    y = conv(conv.activate(y, f"{name}_relu2"), 4 * filters, size=1, name=f"{name}_conv3")
    x = _shortcut(conv, x, 4 * filters, stride, shortcut, name)
    return conv.activate(keras.layers.Add(name=f"{name}_add")([x, y]), name)


def _shortcut(
    conv: Convolution, x: Any, filters: int, stride: int, shortcut: str, name: str
) -> Any:
    if stride == 1 and x.shape[-1] == filters:
        return x
    if shortcut == "B":
        return conv(x, filters, size=1, stride=stride, name=f"{name}_shortcut")
    x = x[:, ::stride, ::stride, :]
    return ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, filters - x.shape[-1])))
