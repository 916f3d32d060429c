"""Residual nets for small images, in the form of the CIFAR-10 experiments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from keras_dl.models._blocks import drop
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_image_shape,
    check_penalty,
    check_rate,
)

__all__ = ["PUBLISHED", "cifar_resnet", "resnet20"]

PUBLISHED = {
    "resnet20": {
        "trainable_parameters": 269_722,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {
            "conv1_relu": (32, 32, 16),
            "stage1_block3": (32, 32, 16),
            "stage2_block3": (16, 16, 32),
            "stage3_block3": (8, 8, 64),
            "pool": (64,),
            "logits": (10,),
        },
        "source": "shapes: He et al. 2015, section 4.2; count: 19 convolutions 267,696 + scales "
        "and offsets 1,376 + logits 650, printed as 0.27 M in table 6",
    },
}


def resnet20(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "resnet20",
) -> keras.Model:
    """ResNet-20 for CIFAR-10: `cifar_resnet` with three blocks in each stage.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, at least 2.
        dropout: share of the 64 pooled features dropped while training, in [0, 1).
        weight_decay: λ of the L2 penalty, as in `cifar_resnet`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if an image is too small, a rate outside [0, 1) or a penalty negative.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, section 4.2 and table 6: 8.75 % test error.
    """
    return cifar_resnet(
        input_shape, num_classes, dropout=dropout, weight_decay=weight_decay, name=name
    )


def cifar_resnet(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    blocks_per_stage: int = 3,
    shortcut: str = "A",
    residual: bool = True,
    batch_norm: bool = True,
    initializer: str = "he_normal",
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "cifar_resnet",
) -> keras.Model:
    """Residual net with three stages of 16, 32 and 64 filters and 6·blocks_per_stage + 2 layers.

    Each block is two 3×3 convolutions, each followed by batch normalisation, and a shortcut added
    before the last ReLU. The first block of stages 2 and 3 halves the image with stride 2.

    Differences from the paper: none in the graph; the paper subtracts the mean image from the
    input, which is left to the data. Strided convolutions are padded by one pixel on all sides, as
    the paper's framework does, where 'same' would pad right and bottom only and shift them half a
    pixel against their shortcut.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, at least 2.
        blocks_per_stage: n; 3, 5, 7, 9 and 18 give ResNet-20, 32, 44, 56 and 110.
        shortcut: where a block changes its shape, "A": every second pixel, new channels zero, no
            weights; "B": a 1×1 convolution with stride 2.
        residual: False leaves the shortcuts out: the paper's plain net.
        batch_norm: False leaves the normalisation out and gives the convolutions a bias.
        initializer: Keras name of the kernels' initializer.
        dropout: share of the 64 pooled features dropped while training, in [0, 1).
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel, so that its gradient is λ·w, the
            paper's update under any optimizer. An optimizer's own `weight_decay` is another
            thing: under SGD with momentum 0.9 it decays a tenth as fast. Do not set both.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, stage1_block1_conv1, …, pool and logits; the layer
        `stage1_block1` is the block's output.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, section 4.2; shortcuts A and B: section 3.3 and table 3.
    """
    check_image_shape(input_shape, smallest=8)
    check_classes(num_classes)
    check_count("blocks_per_stage", blocks_per_stage, "a stage holds that many residual blocks")
    check_choice("shortcut", shortcut, ("A", "B"))
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)

    conv = _Conv(initializer, weight_decay, batch_norm)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = conv(inputs, 16, name="conv1")
    x = keras.layers.ReLU(name="conv1_relu")(x)
    for stage, filters in enumerate((16, 32, 64), start=1):
        for number in range(1, blocks_per_stage + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            x = _block(
                x, filters, stride, conv, residual and shortcut, f"stage{stage}_block{number}"
            )
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    logits = keras.layers.Dense(
        int(num_classes),
        kernel_initializer=initializer,
        kernel_regularizer=conv.penalty(),
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model(inputs, logits, name=name)


@dataclass(frozen=True)
class _Conv:
    """A convolution with what every one of a net's convolutions shares."""

    initializer: str
    weight_decay: float
    batch_norm: bool

    def penalty(self) -> keras.regularizers.Regularizer | None:
        # Keras' L2(c) adds c·‖w‖², of gradient 2c·w.
        return keras.regularizers.L2(self.weight_decay / 2) if self.weight_decay else None

    def __call__(self, x: Any, filters: int, *, name: str, size: int = 3, stride: int = 1) -> Any:
        if stride > 1 and size > 1:
            x = keras.layers.ZeroPadding2D(size // 2, name=f"{name}_pad")(x)
        x = keras.layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            use_bias=not self.batch_norm,
            kernel_initializer=self.initializer,
            kernel_regularizer=self.penalty(),
            name=name,
        )(x)
        if not self.batch_norm:
            return x
        # Keras' 0.99 forgets too slowly for short runs; 1e-5 is the paper's framework's epsilon.
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)


def _block(x: Any, filters: int, stride: int, conv: _Conv, shortcut: str | bool, name: str) -> Any:
    y = conv(x, filters, stride=stride, name=f"{name}_conv1")
    y = keras.layers.ReLU(name=f"{name}_relu1")(y)
    y = conv(y, filters, name=f"{name}_conv2")
    if shortcut:
        if stride > 1:
            x = _smaller(x, filters, stride, conv, shortcut, name)
        y = keras.layers.Add(name=f"{name}_add")([x, y])
    return keras.layers.ReLU(name=name)(y)


def _smaller(
    x: Any, filters: int, stride: int, conv: _Conv, shortcut: str | bool, name: str
) -> Any:
    if shortcut == "B":
        return conv(x, filters, size=1, stride=stride, name=f"{name}_shortcut")
    x = x[:, ::stride, ::stride, :]
    return ops.pad(x, ((0, 0), (0, 0), (0, 0), (0, filters - x.shape[-1])))
