"""Residual nets of the ImageNet experiments, for large images."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.models._blocks import drop, logits_layer
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_image_shape,
    check_penalty,
    check_rate,
)
from keras_dl.models.resnet._blocks import (
    Convolution,
    bottleneck_block,
    plain_block,
    residual_block,
)

__all__ = [
    "PUBLISHED",
    "imagenet_resnet",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
]

PUBLISHED = {
    "resnet18": {
        "trainable_parameters": 11_689_512,
        "multiply_adds": 1_814_073_344,
        "multiply_adds_printed": {"billions": 1.814, "source": "torchvision, table of weights"},
        "activations": 9_616_852,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "conv1_relu": (112, 112, 64),
            "pool1": (56, 56, 64),
            "stage1_block2": (56, 56, 64),
            "stage2_block2": (28, 28, 128),
            "stage3_block2": (14, 14, 256),
            "stage4_block2": (7, 7, 512),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: He et al. 2015, table 1; count: torchvision, table of weights",
    },
    "resnet34": {
        "trainable_parameters": 21_797_672,
        "multiply_adds": 3_663_761_408,
        "multiply_adds_printed": {"billions": 3.664, "source": "torchvision, table of weights"},
        "activations": 14_007_252,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "pool1": (56, 56, 64),
            "stage1_block3": (56, 56, 64),
            "stage2_block4": (28, 28, 128),
            "stage3_block6": (14, 14, 256),
            "stage4_block3": (7, 7, 512),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: He et al. 2015, table 1; count: torchvision, table of weights",
    },
    "resnet50": {
        "trainable_parameters": 25_557_032,
        "multiply_adds": 3_857_973_248,
        "activations": 36_969_684,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "pool1": (56, 56, 64),
            "stage1_block3": (56, 56, 256),
            "stage2_block4": (28, 28, 512),
            "stage3_block6": (14, 14, 1024),
            "stage4_block3": (7, 7, 2048),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: He et al. 2015, table 1; count: torchvision, table of weights; "
        "keras.applications has 26,560 biases more: 25,583,592",
    },
    "resnet101": {
        "trainable_parameters": 44_549_160,
        "multiply_adds": 7_570_194_432,
        "activations": 55_735_508,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "stage1_block3": (56, 56, 256),
            "stage2_block4": (28, 28, 512),
            "stage3_block23": (14, 14, 1024),
            "stage4_block3": (7, 7, 2048),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: He et al. 2015, table 1; count: torchvision, table of weights",
    },
    "resnet152": {
        "trainable_parameters": 60_192_808,
        "multiply_adds": 11_282_415_616,
        "activations": 78_916_820,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "stage1_block3": (56, 56, 256),
            "stage2_block8": (28, 28, 512),
            "stage3_block36": (14, 14, 1024),
            "stage4_block3": (7, 7, 2048),
            "logits": (1000,),
        },
        "published": ("trainable_parameters",),
        "source": "shapes: He et al. 2015, table 1; count: torchvision, table of weights",
    },
}


def imagenet_resnet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    blocks: Sequence[int] = (3, 4, 6, 3),
    bottleneck: bool = True,
    stride_at: int = 1,
    conv_bias: bool = False,
    shortcut: str = "B",
    residual: bool = True,
    activation: str = "relu",
    initializer: str = "he_normal",
    dropout: float = 0.0,
    weight_decay: float = 1e-4,
    name: str = "imagenet_resnet",
) -> keras.Model:
    """Residual net: 7×7 convolution and pooling, then four stages of 64, 128, 256 and 512 filters.

    With `conv_bias=True` the graph is that of `keras.applications.ResNet50`, 101 and 152, whose
    weights match layer by layer: their convolutions have biases, unlike the paper's. With
    `stride_at=2` it is that of torchvision ("v1.5"), more accurate and slightly slower.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side.
        num_classes: number of classes, at least 2.
        blocks: number of blocks in each of the four stages.
        bottleneck: whether blocks have 1×1, 3×3 and 1×1 convolutions, the last with 4 times the
            filters, as in ResNet-50 and deeper; False: two 3×3, as in ResNet-18 and 34.
        stride_at: the convolution of a stage's first block that halves the image: 1, as in the
            paper, or 2, the 3×3. Without bottleneck always 1.
        conv_bias: whether the convolutions have a bias.
        shortcut: where the shape changes, "B": a 1×1 convolution; "A": no weights.
        residual: False omits the shortcuts, for blocks without bottleneck: the plain net.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        dropout: share of the pooled features dropped in training, in [0, 1).
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel, as in `cifar_resnet`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, pool1, stage1_block1_conv1, …, pool and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, `blocks` does not have four numbers, `stride_at` is
            neither 1 nor 2, a bottleneck has no shortcut, a rate lies outside [0, 1), a penalty is
            negative or a name unknown.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, table 1 and section 3.3.
    """
    check_image_shape(input_shape, smallest=32)
    check_classes(num_classes)
    _check_blocks(blocks, bottleneck, residual, stride_at)
    check_choice("shortcut", shortcut, ("A", "B"))
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)

    conv = Convolution(initializer, weight_decay, activation=activation, bias=conv_bias)
    inputs: Any = keras.Input(tuple(map(int, input_shape)), name="input")
    x = conv.activate(conv(inputs, 64, size=7, stride=2, name="conv1"), "conv1_relu")
    # One pixel on all sides, as in the paper's framework; 'same' would pad right and bottom only.
    x = keras.layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = keras.layers.MaxPooling2D(3, 2, name="pool1")(x)
    for stage, (filters, count) in enumerate(
        zip((64, 128, 256, 512), blocks, strict=True), start=1
    ):
        for number in range(1, count + 1):
            stride, block = 2 if stage > 1 and number == 1 else 1, f"stage{stage}_block{number}"
            if bottleneck:
                x = bottleneck_block(conv, x, filters, stride, shortcut, block, stride_at=stride_at)
            elif residual:
                x = residual_block(conv, x, filters, stride, shortcut, block)
            else:
                x = plain_block(conv, x, filters, stride, block)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def _check_blocks(blocks: object, bottleneck: bool, residual: bool, stride_at: int) -> None:
    if isinstance(blocks, str) or not isinstance(blocks, Sequence) or len(blocks) != 4:
        raise ValueError(
            "`blocks` must hold four integers; they are the numbers of blocks in the stages. "
            f"Received: blocks={blocks!r}"
        )
    for stage, count in enumerate(blocks):
        check_count(f"blocks[{stage}]", count, "it is the number of blocks in a stage")
    if stride_at not in (1, 2):
        raise ValueError(
            "`stride_at` must be 1 or 2; it is the convolution of a block that halves the image. "
            f"Received: stride_at={stride_at!r}"
        )
    if bottleneck and not residual:
        raise ValueError(
            "`residual` must be True for a bottleneck; the paper's plain nets have blocks of two "
            "3×3 convolutions. Received: bottleneck=True, residual=False"
        )


# The nets of table 1.
_two = partial(imagenet_resnet, bottleneck=False)
resnet18 = partial(_two, blocks=(2, 2, 2, 2), name="resnet18")
resnet34 = partial(_two, blocks=(3, 4, 6, 3), name="resnet34")
resnet50 = partial(imagenet_resnet, blocks=(3, 4, 6, 3), name="resnet50")
resnet101 = partial(imagenet_resnet, blocks=(3, 4, 23, 3), name="resnet101")
resnet152 = partial(imagenet_resnet, blocks=(3, 8, 36, 3), name="resnet152")
