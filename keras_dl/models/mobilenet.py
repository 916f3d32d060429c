"""MobileNet, first version: depthwise convolutions, each followed by a 1×1 convolution."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import drop, logits_layer, penalty
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_count,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)
from keras_dl.utils.checks import check_positive

__all__ = ["PUBLISHED", "mobilenet"]

PUBLISHED = {
    "mobilenet": {
        "trainable_parameters": 4_231_976,
        "multiply_adds": 568_740_352,
        "multiply_adds_printed": {"billions": 0.569, "source": "Howard et al. 2017, table 4"},
        "activations": 15_131_112,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "conv1_relu": (112, 112, 32),
            "block1_pointwise_relu": (112, 112, 64),
            "block3_pointwise_relu": (56, 56, 128),
            "block5_pointwise_relu": (28, 28, 256),
            "block11_pointwise_relu": (14, 14, 512),
            "block13_pointwise_relu": (7, 7, 1024),
            "pool": (1024,),
            "logits": (1000,),
        },
        "source": "shapes: Howard et al. 2017, table 1; counts by arithmetic from them, printed as "
        "4.2 million parameters and 569 million multiply-adds",
    },
}


def mobilenet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    width: float = 1.0,
    depth: int = 5,
    stem_stride: int = 2,
    dropout: float = 0.001,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "mobilenet",
) -> keras.Model:
    """MobileNet: a convolution and 13 blocks of a depthwise and a 1×1 convolution, with ReLU6.

    The graph is that of `keras.applications.MobileNet`, whose classifier is a 1×1 convolution, for
    image sizes that are multiples of 32.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side for a stem of
            stride 2, 16 for 1.
        num_classes: number of classes, or of numbers to predict.
        width: α of the paper, factor of the numbers of filters, which are rounded down.
        depth: number of blocks of 512 filters after the one that halves the image; 0 is the
            paper's shallow net.
        stem_stride: stride of the first convolution, 1 for images of 32×32 pixels.
        dropout: share of the pooled features dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on the kernels of convolutions that are not
            depthwise.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, block1_depthwise, block1_pointwise, …, pool and
        logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), `width` too small, a penalty
            negative or a name unknown.

    Reference:
        Howard et al., 2017, MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
        Applications, arXiv:1704.04861, table 1; width and depth: sections 3.3 and 4.1.
    """
    check_count("stem_stride", stem_stride, "it is the stride of the first convolution")
    check_image_shape(input_shape, smallest=16 * int(stem_stride))
    check_outputs(num_classes)
    check_count("depth", depth, "it is the number of equal blocks", least=0)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)
    check_positive("width", width, "it multiplies the numbers of filters")
    if int(32 * width) < 1:
        raise ValueError(f"`width` must leave each layer a filter. Received: width={width}")

    def _conv(x: Any, label: str, filters: int, size: int, stride: int = 1) -> Any:
        layer = keras.layers.Conv2D(
            int(filters * width),
            size,
            stride,
            "same",
            use_bias=False,
            kernel_initializer=make_initializer(initializer),
            kernel_regularizer=penalty(weight_decay),
            name=label,
        )
        return _norm_and_relu(layer(x), label)

    def _separable(x: Any, label: str, filters: int, stride: int) -> Any:
        layer = keras.layers.DepthwiseConv2D(
            3,
            stride,
            "same",
            use_bias=False,
            depthwise_initializer=make_initializer(initializer),
            name=f"{label}_depthwise",
        )
        x = _norm_and_relu(layer(x), f"{label}_depthwise")
        return _conv(x, f"{label}_pointwise", filters, 1)

    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = _conv(inputs, "conv1", 32, 3, stem_stride)
    rows = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
    rows += [(512, 1)] * depth + [(1024, 2), (1024, 1)]
    for number, (filters, stride) in enumerate(rows, start=1):
        x = _separable(x, f"block{number}", filters, stride)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def _norm_and_relu(x: Any, label: str) -> Any:
    x = keras.layers.BatchNormalization(epsilon=1e-3, name=f"{label}_norm")(x)
    return keras.layers.ReLU(max_value=6.0, name=f"{label}_relu")(x)
