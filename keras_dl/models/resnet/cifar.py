"""Residual nets of the CIFAR-10 experiments, for small images."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.models._blocks import drop, logits_layer
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
from keras_dl.models.resnet._blocks import (
    Convolution,
    plain_block,
    preactivation_block,
    residual_block,
)

__all__ = [
    "PUBLISHED",
    "cifar_resnet",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
]

PUBLISHED = {
    "resnet20": {
        "trainable_parameters": 269_722,
        "multiply_adds": 40_551_040,
        "activations": 680_202,
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
    "resnet32": {
        "trainable_parameters": 464_154,
        "multiply_adds": 68_862_592,
        "activations": 1_081_610,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block5": (8, 8, 64), "logits": (10,)},
        "source": "He et al. 2015, section 4.2; count by arithmetic, printed as 0.46 M in table 6",
    },
    "resnet44": {
        "trainable_parameters": 658_586,
        "multiply_adds": 97_174_144,
        "activations": 1_483_018,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block7": (8, 8, 64), "logits": (10,)},
        "source": "He et al. 2015, section 4.2; count by arithmetic, printed as 0.66 M in table 6",
    },
    "resnet56": {
        "trainable_parameters": 853_018,
        "multiply_adds": 125_485_696,
        "activations": 1_884_426,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block9": (8, 8, 64), "logits": (10,)},
        "source": "He et al. 2015, section 4.2; count by arithmetic, printed as 0.85 M in table 6",
    },
    "resnet110": {
        "trainable_parameters": 1_727_962,
        "multiply_adds": 252_887_680,
        "activations": 3_690_762,
        "input_shape": (32, 32, 3),
        "num_classes": 10,
        "output_shapes": {"stage3_block18": (8, 8, 64), "logits": (10,)},
        "source": "He et al. 2015, section 4.2; count by arithmetic, printed as 1.7 M in table 6",
    },
}


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
    activation: str = "relu",
    preactivation: bool = False,
    name: str = "cifar_resnet",
) -> keras.Model:
    """Residual net with three stages of 16, 32 and 64 filters and 6·blocks_per_stage + 2 layers.

    Each block is two 3×3 convolutions, each followed by batch normalization, and a shortcut added
    before the last ReLU. The first block of stages 2 and 3 halves the image with stride 2.

    Differences from the paper: none in the graph; the paper subtracts the mean image from the
    input, which belongs to the data. Strided convolutions are padded by one pixel on all sides, as
    in the paper's framework; 'same' would pad right and bottom only and shift them half a pixel
    relative to their shortcut.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, or of numbers to predict.
        blocks_per_stage: n; 3, 5, 7, 9 and 18 give ResNet-20, 32, 44, 56 and 110.
        shortcut: where the shape changes, "A": every second pixel, new channels zero, no weights;
            "B": a 1×1 convolution with stride 2.
        residual: False omits the shortcuts: the paper's plain net.
        batch_norm: False omits the normalization and gives the convolutions a bias.
        initializer: name of the kernels' initializer, one of
            `keras_dl.initializers.INITIALIZERS`.
        dropout: share of the 64 pooled features dropped in training, in [0, 1).
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel, so that its gradient is λ·w, the
            paper's update under any optimizer. An optimizer's `weight_decay` differs:
            under SGD with momentum 0.9 it decays a tenth as fast. Do not set both.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`; layer
            names remain those of the paper's ReLU.
        preactivation: whether to normalize and activate before each convolution instead of after
            it, and once more before `pool`: the blocks of the paper of 2016. Requires `residual`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers conv1, stage1_block1_conv1, …, pool and logits; the layer
        `stage1_block1` is the block's output.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative, a name
            unknown, or `preactivation` set without `residual`.

    Reference:
        He, Zhang, Ren and Sun, 2015, Deep residual learning for image recognition,
        arXiv:1512.03385, section 4.2; shortcuts A and B: section 3.3 and table 3. The same, 2016,
        Identity mappings in deep residual networks, arXiv:1603.05027, for `preactivation`.
    """
    check_image_shape(input_shape, smallest=8)
    check_outputs(num_classes)
    check_count(
        "blocks_per_stage", blocks_per_stage, "it is the number of residual blocks in a stage"
    )
    check_choice("shortcut", shortcut, ("A", "B"))
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)
    if preactivation and not residual:
        raise ValueError(
            "`preactivation` must be False without `residual`; it is a kind of residual block. "
            "Received: preactivation=True, residual=False"
        )

    conv = Convolution(initializer, weight_decay, batch_norm, activation)
    inputs: Any = keras.Input(tuple(map(int, input_shape)), name="input")
    x = conv.plain(inputs, 16, name="conv1")
    if not preactivation:  # its first block starts with both
        x = conv.activate(conv.normalize(x, "conv1"), "conv1_relu")
    for stage, filters in enumerate((16, 32, 64), start=1):
        for number in range(1, blocks_per_stage + 1):
            stride, block = 2 if stage > 1 and number == 1 else 1, f"stage{stage}_block{number}"
            if not residual:
                x = plain_block(conv, x, filters, stride, block)
            elif preactivation:
                x = preactivation_block(conv, x, filters, stride, shortcut, block)
            else:
                x = residual_block(conv, x, filters, stride, shortcut, block)
    if preactivation:
        x = conv.activate(conv.normalize(x, "last"), "last_relu")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


# The nets of table 6, with their test error on CIFAR-10.
resnet20 = partial(cifar_resnet, blocks_per_stage=3, name="resnet20")  # 8.75 %
resnet32 = partial(cifar_resnet, blocks_per_stage=5, name="resnet32")  # 7.51 %
resnet44 = partial(cifar_resnet, blocks_per_stage=7, name="resnet44")  # 7.17 %
resnet56 = partial(cifar_resnet, blocks_per_stage=9, name="resnet56")  # 6.97 %
resnet110 = partial(cifar_resnet, blocks_per_stage=18, name="resnet110")  # 6.43 %, best of five
