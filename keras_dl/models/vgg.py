"""VGG nets: stacks of 3×3 convolutions, and three dense layers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.models._blocks import drop, layer_options, logits_layer, normalize, scaler
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_count,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)

__all__ = ["PUBLISHED", "vgg", "vgg11", "vgg13", "vgg16", "vgg19"]

PUBLISHED = {
    "vgg11": {
        "trainable_parameters": 132_863_336,
        "multiply_adds": 7_609_090_048,
        "multiply_adds_printed": {"billions": 7.609, "source": "torchvision, table of weights"},
        "activations": 8_998_888,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {"block1_conv1": (224, 224, 64), "block5_pool": (7, 7, 512)},
        "source": "Simonyan and Zisserman 2014, table 1, column A; printed as 133 million",
    },
    "vgg13": {
        "trainable_parameters": 133_047_848,
        "multiply_adds": 11_308_466_176,
        "multiply_adds_printed": {"billions": 11.308, "source": "torchvision, table of weights"},
        "activations": 13_815_784,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {"block2_conv2": (112, 112, 128), "block5_pool": (7, 7, 512)},
        "source": "Simonyan and Zisserman 2014, table 1, column B; printed as 133 million",
    },
    "vgg16": {
        "trainable_parameters": 138_357_544,
        "multiply_adds": 15_470_264_320,
        "multiply_adds_printed": {"billions": 15.47, "source": "torchvision, table of weights"},
        "activations": 15_120_360,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "block1_conv2": (224, 224, 64),
            "block1_pool": (112, 112, 64),
            "block2_conv2": (112, 112, 128),
            "block3_conv3": (56, 56, 256),
            "block4_conv3": (28, 28, 512),
            "block5_conv3": (14, 14, 512),
            "block5_pool": (7, 7, 512),
            "fc1": (4096,),
            "fc2": (4096,),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: Simonyan and Zisserman 2014, table 1, column D, printed as 138 million; "
        "count: keras.applications, table of models",
    },
    "vgg19": {
        "trainable_parameters": 143_667_240,
        "multiply_adds": 19_632_062_464,
        "multiply_adds_printed": {"billions": 19.632, "source": "torchvision, table of weights"},
        "activations": 16_424_936,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {"block3_conv4": (56, 56, 256), "block5_pool": (7, 7, 512)},
        "published": ("trainable_parameters",),
        "source": "shapes: Simonyan and Zisserman 2014, table 1, column E; count: "
        "keras.applications, table of models",
    },
}

FILTERS = (64, 128, 256, 512, 512)


def vgg(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    blocks: Sequence[int] = (2, 2, 3, 3, 3),
    width: float = 1.0,
    activation: str = "relu",
    batch_norm: bool = False,
    dropout: float = 0.5,
    initializer: str = "he_normal",
    weight_decay: float = 5e-4,
    name: str = "vgg",
) -> keras.Model:
    """VGG: five blocks of 3×3 convolutions, each halved by pooling, and two dense layers of 4096.

    Differences from the paper: none in the graph of columns A, B, D and E. The deeper nets started
    from weights of the shallow one; He's initial weights, the default here, train from scratch.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side; the paper
            subtracts the mean colour.
        num_classes: number of classes, or of numbers to predict.
        blocks: number of convolutions in each of the five blocks.
        width: factor of the numbers of filters and dense units; 0.25 suits 32×32 pixels.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        batch_norm: whether to normalize each layer before its activation, without its bias.
        dropout: share of the outputs of fc1 and of fc2 dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers block1_conv1, …, block5_pool, fc1, fc2 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, `blocks` does not have five numbers, `width` is not
            positive, a rate lies outside [0, 1), a penalty is negative or a name unknown.

    Reference:
        Simonyan and Zisserman, 2014, Very Deep Convolutional Networks for Large-Scale Image
        Recognition, arXiv:1409.1556, table 1 and section 3.1.
    """
    check_image_shape(input_shape, smallest=32)
    check_outputs(num_classes)
    _check_blocks(blocks)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)
    scale = scaler(width)

    def options() -> dict[str, Any]:
        return layer_options(activation, batch_norm, initializer, weight_decay)

    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = inputs
    for number, (count, filters) in enumerate(zip(blocks, FILTERS, strict=True), start=1):
        for step in range(1, count + 1):
            label = f"block{number}_conv{step}"
            x = keras.layers.Conv2D(scale(filters), 3, padding="same", name=label, **options())(x)
            x = normalize(x, label, activation=activation, batch_norm=batch_norm)
        x = keras.layers.MaxPooling2D(2, name=f"block{number}_pool")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    for label in ("fc1", "fc2"):
        x = keras.layers.Dense(scale(4096), name=label, **options())(x)
        x = normalize(x, label, activation=activation, batch_norm=batch_norm)
        x = drop(x, label, dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def _check_blocks(blocks: object) -> None:
    if isinstance(blocks, str) or not isinstance(blocks, Sequence) or len(blocks) != len(FILTERS):
        raise ValueError(
            "`blocks` must hold five integers; they are the numbers of convolutions in the blocks. "
            f"Received: blocks={blocks!r}"
        )
    for number, count in enumerate(blocks):
        check_count(f"blocks[{number}]", count, "it is the number of convolutions in a block")


# Columns A, B, D and E of table 1.
vgg11 = partial(vgg, blocks=(1, 1, 2, 2, 2), name="vgg11")
vgg13 = partial(vgg, blocks=(2, 2, 2, 2, 2), name="vgg13")
vgg16 = partial(vgg, blocks=(2, 2, 3, 3, 3), name="vgg16")
vgg19 = partial(vgg, blocks=(2, 2, 4, 4, 4), name="vgg19")
