"""Blocks of residual nets and of their plain twins, each a function of a tensor."""

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


@dataclass(frozen=True)
class Convolution:
    """A convolution with what every one of a net's convolutions shares.

    Attributes:
        initializer: name of the kernels' initializer.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        batch_norm: False leaves the normalisation out and gives the convolutions a bias.
        activation: name of the activation.
        bias: give the convolutions a bias beside the normalisation too, where it does nothing.
    """

    initializer: str
    weight_decay: float
    batch_norm: bool = True
    activation: str = "relu"
    bias: bool = False

    def __call__(self, x: Any, filters: int, *, name: str, size: int = 3, stride: int = 1) -> Any:
        """Convolve, then normalise, without activation."""
        return self.normalise(self.plain(x, filters, name=name, size=size, stride=stride), name)

    def plain(self, x: Any, filters: int, *, name: str, size: int = 3, stride: int = 1) -> Any:
        """Convolve; with a stride the image is padded by the same on all sides."""
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

    def normalise(self, x: Any, name: str) -> Any:
        """Normalise over the batch, or pass on without `batch_norm`."""
        if not self.batch_norm:
            return x
        # Keras' 0.99 forgets too slowly for short runs; 1e-5 is the paper's framework's epsilon.
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)

    def activate(self, x: Any, name: str) -> Any:
        """Apply the activation."""
        return keras.layers.Activation(get_activation(self.activation), name=name)(x)


def plain_block(conv: Convolution, x: Any, filters: int, stride: int, name: str) -> Any:
    """Two 3×3 convolutions without a shortcut; He et al. 2015, figure 3, middle."""
    x = conv.activate(conv(x, filters, stride=stride, name=f"{name}_conv1"), f"{name}_relu1")
    return conv.activate(conv(x, filters, name=f"{name}_conv2"), name)


def residual_block(
    conv: Convolution, x: Any, filters: int, stride: int, shortcut: str, name: str
) -> Any:
    """Two 3×3 convolutions and a shortcut, added before the last activation; figure 5, left."""
    y = conv.activate(conv(x, filters, stride=stride, name=f"{name}_conv1"), f"{name}_relu1")
    y = conv(y, filters, name=f"{name}_conv2")
    x = _shortcut(conv, x, filters, stride, shortcut, name)
    return conv.activate(keras.layers.Add(name=f"{name}_add")([x, y]), name)


def preactivation_block(
    conv: Convolution, x: Any, filters: int, stride: int, shortcut: str, name: str
) -> Any:
    """Normalisation and activation before each convolution; nothing after the addition.

    He, Zhang, Ren and Sun, 2016, Identity mappings in deep residual networks, arXiv:1603.05027,
    figure 4 (e).
    """
    y = conv.activate(conv.normalise(x, f"{name}_conv1"), f"{name}_relu1")
    y = conv.plain(y, filters, stride=stride, name=f"{name}_conv1")
    y = conv.activate(conv.normalise(y, f"{name}_conv2"), f"{name}_relu2")
    y = conv.plain(y, filters, name=f"{name}_conv2")
    x = _shortcut(conv, x, filters, stride, shortcut, name)
    return keras.layers.Add(name=name)([x, y])


def bottleneck_block(
    conv: Convolution,
    x: Any,
    filters: int,
    stride: int,
    shortcut: str,
    name: str,
    *,
    stride_at: int,
) -> Any:
    """1×1, 3×3 and 1×1 convolutions, the last with 4·filters, and a shortcut; figure 5, right.

    The convolution of number `stride_at`, 1 or 2, makes the step.
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
