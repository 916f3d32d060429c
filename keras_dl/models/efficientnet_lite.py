"""EfficientNet-Lite0: EfficientNet-B0 without squeeze-and-excitation, with ReLU6."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._blocks import drop, logits_layer
from keras_dl.models._check import check_classes, check_image_shape, check_rate

__all__ = ["PUBLISHED", "efficientnet_lite0", "efficientnet_lite0_features"]

PUBLISHED = {
    "efficientnet_lite0": {
        "trainable_parameters": 4_652_008,
        "multiply_adds": 385_187_552,
        "activations": 19_846_600,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "stem_relu": (112, 112, 32),
            "block0_project_norm": (112, 112, 16),
            "block2_add": (56, 56, 24),
            "block4_add": (28, 28, 40),
            "block10_add": (14, 14, 112),
            "block15_project_norm": (7, 7, 320),
            "head_relu": (7, 7, 1280),
            "pool": (1280,),
            "logits": (1000,),
        },
        "source": "shapes: Tan and Le 2019, table 1; count: the published weights, printed as 4.7 "
        "million parameters",
    },
}

# Rows of Tan and Le's table 1: repeats, kernel size, stride, expansion, filters.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def efficientnet_lite0(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    dropout: float = 0.2,
    name: str = "efficientnet_lite0",
) -> keras.Model:
    """EfficientNet-Lite0: inverted bottlenecks of depthwise convolutions, flat, with named layers.

    Differences from the published training: blocks are not dropped at random.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side; the
            published weights take RGB pixels p as (p − 127) / 128.
        num_classes: number of classes.
        dropout: share of the features dropped in training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers stem, block0_depthwise, …, block15_project, head, pool and
        logits.

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if an image is too small, there is one class only, or a rate outside [0, 1).

    Reference:
        Tan and Le, 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
        arXiv:1905.11946, table 1; the Lite variants: Liu, 2020, Higher accuracy on vision models
        with EfficientNet-Lite, TensorFlow blog.
    """
    check_image_shape(input_shape, smallest=32)
    check_classes(num_classes)
    check_rate("dropout", dropout)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = efficientnet_lite0_features(inputs)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(inputs, logits_layer(num_classes, "glorot_uniform")(x), name=name)


def efficientnet_lite0_features(x: Any) -> Any:
    """Applies the layers below the classifier to scaled images.

    Args:
        x: (batch, height, width, 3).

    Returns:
        Maps (batch, ⌈height/32⌉, ⌈width/32⌉, 1280).
    """
    x = _relu6(_conv(x, "stem", 32, 3, stride=2), "stem")
    block = 0
    for repeats, size, stride, expansion, filters in STAGES:
        for number in range(repeats):
            first = stride if number == 0 else 1
            x = _bottleneck(x, f"block{block}", filters, size, first, expansion)
            block += 1
    return _relu6(_conv(x, "head", 1280, 1), "head")


def _bottleneck(x: Any, name: str, filters: int, size: int, stride: int, expansion: int) -> Any:
    """Expands, filters each map, projects, and adds the input where the shapes agree."""
    y = x
    if expansion > 1:
        y = _relu6(_conv(y, f"{name}_expand", x.shape[-1] * expansion, 1), f"{name}_expand")
    depthwise = keras.layers.DepthwiseConv2D(
        size,
        stride,
        "same",
        use_bias=False,
        depthwise_initializer="he_normal",
        name=f"{name}_depthwise",
    )
    y = _relu6(_normalize(depthwise(y), f"{name}_depthwise"), f"{name}_depthwise")
    y = _conv(y, f"{name}_project", filters, 1)
    if stride > 1 or x.shape[-1] != filters:
        return y
    return keras.layers.Add(name=f"{name}_add")([x, y])


def _conv(x: Any, name: str, filters: int, size: int, stride: int = 1) -> Any:
    layer = keras.layers.Conv2D(
        filters,
        size,
        stride,
        "same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )
    return _normalize(layer(x), name)


def _normalize(x: Any, name: str) -> Any:
    return keras.layers.BatchNormalization(epsilon=1e-3, name=f"{name}_norm")(x)


def _relu6(x: Any, name: str) -> Any:
    return keras.layers.ReLU(max_value=6.0, name=f"{name}_relu")(x)
