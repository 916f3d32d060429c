"""SegNet: an encoder whose pooling indices the decoder unpools with."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.initializers import make_initializer
from keras_dl.layers.local_response_normalization import LocalResponseNormalization
from keras_dl.layers.pooling_indices import MaxPoolingWithIndices, MaxUnpooling
from keras_dl.models._blocks import drop, penalty
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_penalty,
    check_rate,
)
from keras_dl.models.segmentation._images import NORM_MOMENTUM, check_input, sizes

__all__ = ["PUBLISHED", "segnet", "segnet_basic"]

PUBLISHED = {
    "segnet": {
        "trainable_parameters": 29_449_355,
        "input_shape": (360, 480, 3),
        "num_classes": 11,
        "output_shapes": {
            "conv2_2_relu": (180, 240, 128),
            "conv5_3_relu": (23, 30, 512),
            "unpool5": (23, 30, 512),
            "unpool1": (360, 480, 64),
        },
        "source": "layers of the authors' segnet_train.prototxt: VGG-16's convolutions "
        "14,714,688, the decoder's 14,718,795, scales and shifts of the normalisations 15,872",
    },
    "segnet_basic": {
        "trainable_parameters": 1_416_587,
        "input_shape": (360, 480, 3),
        "num_classes": 11,
        "output_shapes": {
            "conv4_relu": (45, 60, 64),
            "unpool4": (45, 60, 64),
            "unpool1": (360, 480, 64),
        },
        "source": "layers of the authors' segnet_basic_train.prototxt: 9,472 + 7·200,768 for the "
        "convolutions 7×7, 1,024 for the normalisations, 715 for the logits",
    },
}

CONVOLUTIONS = (2, 2, 3, 3, 3)  # per block of VGG-16
BASIC_BLOCKS = 4


def segnet(
    input_shape: Sequence[int | None],
    num_classes: int,
    *,
    filters: int = 64,
    dropout: float = 0.0,
    initializer: str = "he_normal",
    weight_decay: float = 0.0,
    name: str = "segnet",
) -> keras.Model:
    """SegNet: VGG-16's 13 convolutions, and their mirror image above unpooled maps.

    Each block of the decoder puts its maps at the places where the pooling of the same level found
    its maxima, and fills the sparse maps by convolutions. Every convolution but the last is
    followed by batch normalisation and ReLU.

    Args:
        input_shape: (height, width, channels) of the images; None for a height or width that
            varies. Any size from 1 pixel is accepted.
        num_classes: number of classes, at least 2.
        filters: filters of the first block; the others have 2, 4, 8 and 8 times as many.
        dropout: share of the values dropped in training after the three innermost poolings and
            their unpooled blocks, as in Bayesian SegNet, in [0, 1).
        initializer: initializer of the kernels, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, height, width, num_classes), with layers conv1_1 … conv5_3, pool1 … pool5,
        unpool5 … unpool1, decode5_3 … decode1_2 and logits.

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if a size is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        Badrinarayanan, Kendall and Cipolla, 2017, SegNet, arXiv:1511.00561, section 3, figure 2;
        dropout: Kendall, Badrinarayanan and Cipolla, 2015, Bayesian SegNet, arXiv:1511.02680.
    """
    _check(input_shape, num_classes, filters, initializer, weight_decay)
    check_rate("dropout", dropout)
    convolve = partial(_convolve, size=3, initializer=initializer, weight_decay=weight_decay)
    widths = [filters * min(2**block, 8) for block in range(len(CONVOLUTIONS))]
    image: Any = keras.Input(sizes(input_shape), name="image")
    x, levels = image, []
    for block, (width, count) in enumerate(zip(widths, CONVOLUTIONS, strict=True), start=1):
        for place in range(1, count + 1):
            x = convolve(x, width, label=f"conv{block}_{place}")
        below = x
        x, places = MaxPoolingWithIndices(2, name=f"pool{block}")(x)
        levels.append((places, below))
        x = drop(x, f"pool{block}", dropout if block > 2 else 0.0)
    for block in range(len(CONVOLUTIONS), 0, -1):
        places, below = levels[block - 1]
        x = MaxUnpooling(2, name=f"unpool{block}")([x, places, below])
        for place in range(CONVOLUTIONS[block - 1], 1, -1):
            x = convolve(x, widths[block - 1], label=f"decode{block}_{place}")
        if block > 1:
            x = convolve(x, widths[block - 2], label=f"decode{block}_1")
            x = drop(x, f"decode{block}", dropout if block > 2 else 0.0)
    return keras.Model(image, _logits(x, num_classes, 3, initializer, weight_decay), name=name)


def segnet_basic(
    input_shape: Sequence[int | None],
    num_classes: int,
    *,
    filters: int = 64,
    kernel_size: int = 7,
    response_norm: bool = True,
    initializer: str = "he_normal",
    weight_decay: float = 0.0,
    name: str = "segnet_basic",
) -> keras.Model:
    """SegNet-Basic: four convolutions 7×7 with pooling, four with unpooling.

    The decoder has batch normalisation and no activation; Caffe's local response normalisation of
    the input divides its α by the number of channels in the window, here 5.

    Args:
        input_shape: (height, width, channels) of the images; None for a height or width that
            varies.
        num_classes: number of classes, at least 2.
        filters: filters of every layer.
        kernel_size: side of the kernels in pixels.
        response_norm: normalise each pixel of the input over its channels.
        initializer: initializer of the kernels, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, height, width, num_classes), with layers conv1 … conv4, pool1 … pool4,
        unpool4 … unpool1, decode4 … decode1 and logits.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small, a penalty negative or a name unknown.

    Reference:
        Badrinarayanan, Kendall and Cipolla, 2017, SegNet, arXiv:1511.00561, section 3.2; sizes of
        alexgkendall/SegNet-Tutorial, Models/segnet_basic_train.prototxt.
    """
    _check(input_shape, num_classes, filters, initializer, weight_decay)
    check_count("kernel_size", kernel_size, "it is the side of a kernel in pixels")
    options = {"size": kernel_size, "initializer": initializer, "weight_decay": weight_decay}
    convolve = partial(_convolve, **options)
    image: Any = keras.Input(sizes(input_shape), name="image")
    x, levels = image, []
    if response_norm:
        layer = LocalResponseNormalization(5, 1.0, 1e-4 / 5, 0.75, name="response_norm")
        x = layer(x)
    for block in range(1, BASIC_BLOCKS + 1):
        x = below = convolve(x, filters, label=f"conv{block}")
        x, places = MaxPoolingWithIndices(2, name=f"pool{block}")(x)
        levels.append((places, below))
    for block in range(BASIC_BLOCKS, 0, -1):
        x = MaxUnpooling(2, name=f"unpool{block}")([x, *levels[block - 1]])
        x = convolve(x, filters, label=f"decode{block}", rectify=False)
    return keras.Model(image, _logits(x, num_classes, 1, initializer, weight_decay), name=name)


def _convolve(
    x: keras.KerasTensor,
    width: int,
    *,
    size: int,
    label: str,
    initializer: str,
    weight_decay: float,
    rectify: bool = True,
) -> keras.KerasTensor:
    """Convolution with bias, batch normalisation and, if asked, ReLU."""
    x = keras.layers.Conv2D(
        width,
        size,
        padding="same",
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        name=label,
    )(x)
    x = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{label}_norm")(x)
    return keras.layers.ReLU(name=f"{label}_relu")(x) if rectify else x


def _logits(
    x: keras.KerasTensor, num_classes: int, size: int, initializer: str, weight_decay: float
) -> keras.KerasTensor:
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    return keras.layers.Conv2D(
        int(num_classes),
        size,
        padding="same",
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        dtype="float32",
        name="logits",
    )(x)


def _check(
    input_shape: Any, num_classes: Any, filters: Any, initializer: str, weight_decay: float
) -> None:
    check_input(input_shape)
    check_classes(num_classes)
    check_count("filters", filters, "it is the number of filters of the first block")
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
