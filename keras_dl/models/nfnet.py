"""Normalizer-free nets: residual nets without batch normalization, by scaled kernels."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.models._blocks import drop, logits_layer, scaler
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_count,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)
from keras_dl.models._nfnet_blocks import GAINS, NFNetBlocks
from keras_dl.utils.checks import check_positive

__all__ = [
    "PUBLISHED",
    "nfnet",
    "nfnet_f0",
    "nfnet_f1",
    "nfnet_f2",
    "nfnet_f3",
    "nfnet_f4",
    "nfnet_f5",
    "nfnet_f6",
]

PUBLISHED = {
    "nfnet_f0": {
        "trainable_parameters": 71_489_284,
        "multiply_adds": 12_384_198_656,
        "multiply_adds_printed": {"billions": 12.38, "source": "Brock et al. 2021, from memory"},
        "activations": 68_250_216,
        "input_shape": (256, 256, 3),
        "num_classes": 1000,
        "output_shapes": {
            "stem_conv4": (64, 64, 128),
            "block0": (64, 64, 256),
            "block2": (32, 32, 512),
            "block8": (16, 16, 1536),
            "block11": (8, 8, 1536),
            "head_conv": (8, 8, 3072),
            "pool": (3072,),
            "logits": (1000,),
        },
        "source": "shapes: Brock et al. 2021, table 1 and figure 3; count by arithmetic from them, "
        "71.49 million in timm's table, 71.5 in the paper's",
    },
    "nfnet_f1": {
        "trainable_parameters": 132_634_256,
        "multiply_adds": 35_538_968_576,
        "multiply_adds_printed": {"billions": 35.54, "source": "Brock et al. 2021, from memory"},
        "activations": 192_036_072,
        "input_shape": (320, 320, 3),
        "num_classes": 1000,
        "output_shapes": {"block23": (10, 10, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 132.6 million",
    },
    "nfnet_f2": {
        "trainable_parameters": 193_779_228,
        "multiply_adds": 62_592_978_944,
        "multiply_adds_printed": {"billions": 62.59, "source": "Brock et al. 2021, from memory"},
        "activations": 335_697_768,
        "input_shape": (352, 352, 3),
        "num_classes": 1000,
        "output_shapes": {"block35": (11, 11, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 193.8 million",
    },
    "nfnet_f3": {
        "trainable_parameters": 254_924_200,
        "multiply_adds": 114_763_501_568,
        "multiply_adds_printed": {"billions": 114.76, "source": "Brock et al. 2021, from memory"},
        "activations": 613_139_688,
        "input_shape": (416, 416, 3),
        "num_classes": 1000,
        "output_shapes": {"block47": (13, 13, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 254.9 million",
    },
    "nfnet_f4": {
        "trainable_parameters": 316_069_172,
        "multiply_adds": 215_241_187_328,
        "multiply_adds_printed": {"billions": 215.24, "source": "Brock et al. 2021, from memory"},
        "activations": 1_147_282_536,
        "input_shape": (512, 512, 3),
        "num_classes": 1000,
        "output_shapes": {"block59": (16, 16, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 316.1 million",
    },
    "nfnet_f5": {
        "trainable_parameters": 377_214_144,
        "multiply_adds": 289_757_106_176,
        "multiply_adds_printed": {"billions": 289.76, "source": "Brock et al. 2021, from memory"},
        "activations": 1_541_928_936,
        "input_shape": (544, 544, 3),
        "num_classes": 1000,
        "output_shapes": {"block71": (17, 17, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 377.2 million",
    },
    "nfnet_f6": {
        "trainable_parameters": 438_359_116,
        "multiply_adds": 377_280_307_200,
        "multiply_adds_printed": {"billions": 377.28, "source": "Brock et al. 2021, from memory"},
        "activations": 2_005_299_560,
        "input_shape": (576, 576, 3),
        "num_classes": 1000,
        "output_shapes": {"block83": (18, 18, 1536)},
        "source": "Brock et al. 2021, table 1, printed as 438.4 million",
    },
}


def nfnet(
    input_shape: Sequence[int] = (256, 256, 3),
    num_classes: int = 1000,
    *,
    depths: Sequence[int] = (1, 2, 6, 3),
    filters: Sequence[int] = (256, 512, 1536, 1536),
    width: float = 1.0,
    group_width: int = 128,
    small_images: bool = False,
    batch_norm: bool = False,
    activation: str = "gelu",
    alpha: float = 0.2,
    dropout: float = 0.2,
    path_dropout: float = 0.25,
    initializer: str = "lecun_normal",
    weight_decay: float = 2e-5,
    name: str = "nfnet",
) -> keras.Model:
    """NFNet: bottlenecks of grouped convolutions, squeeze-and-excitation, and no normalization.

    A block computes x + α·g·SE(branch(x·β)), where 1/β is the standard deviation of x at the start
    of training and g a trainable number that starts at 0. Kernels are standardized, activations are
    divided by their standard deviation, and a block that halves the image averages 2×2 pixels for
    the shortcut. Train it with adaptive gradient clipping (`make_optimizer`).

    Differences from the authors' code: GELU is exact where theirs is the approximation by tanh, and
    a branch that is not dropped is divided by its probability.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side, 8 with
            `small_images`; `PUBLISHED` has the sizes of the paper's tests. Standardised pixels.
        num_classes: number of classes, or of numbers to predict.
        depths: number of blocks in each stage.
        filters: number of filters of each stage; its blocks have half of them inside.
        width: factor of the numbers of filters, those of the stem included.
        group_width: number of filters in a group of the 3×3 convolutions; a block with fewer
            filters has one group.
        small_images: whether the stem has stride 1 instead of 4, for images of 32×32 pixels.
        batch_norm: whether each convolution is a plain one with batch normalization in place of a
            standardized one: the same net with a normalizer.
        activation: "gelu", "relu" or "silu".
        alpha: α.
        dropout: share of the pooled features dropped in training, in [0, 1).
        path_dropout: share of the examples whose residual branch is dropped in training, of the
            last block; that of the others falls linearly to 0 at the first.
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel; gains and biases have none.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers stem_conv1, …, stem_conv4, block0, block1, …, head_conv,
        pool and logits; the layer `block0` is the block's output.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, `depths` and `filters` differ in length, a factor is
            not positive, a rate outside [0, 1), a penalty negative or a name unknown.

    Reference:
        Brock, De, Smith and Simonyan, 2021, High-Performance Large-Scale Image Recognition Without
        Normalization, arXiv:2102.06171, sections 3 and 5, table 1 and appendix C.
    """
    check_image_shape(input_shape, smallest=8 if small_images else 32)
    check_outputs(num_classes)
    _check_stages(depths, filters)
    check_count("group_width", group_width, "it is the number of filters in a group")
    check_choice("activation", activation, GAINS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_positive("alpha", alpha, "it multiplies the residual branches")
    check_rate("dropout", dropout)
    check_rate("path_dropout", path_dropout)
    check_penalty("weight_decay", weight_decay)
    scale = scaler(width)
    layers = NFNetBlocks(activation, batch_norm, initializer, weight_decay, group_width, alpha)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = layers.stem(inputs, [scale(n) for n in (16, 32, 64, filters[0] // 2)], small_images)
    block, variance = 0, 1.0
    for stage, (count, size) in enumerate(zip(depths, filters, strict=True)):
        for number in range(count):
            stride = 2 if stage and not number else 1
            rate = path_dropout * block / sum(depths)
            x = layers.block(x, f"block{block}", scale(size), stride, variance**-0.5, rate)
            # A block with a convolution as shortcut starts anew with variance 1.
            variance = (variance if number else 1.0) + alpha**2
            block += 1
    x = layers.conv(x, "head_conv", 2 * scale(filters[-1]), 1)
    x = layers.activate(x, "head_activation")
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    return keras.Model(
        inputs, logits_layer(num_classes, "gaussian_0.01", weight_decay)(x), name=name
    )


def _check_stages(depths: Any, filters: Any) -> None:
    if not depths or len(depths) != len(filters):
        raise ValueError(
            "`depths` and `filters` must have one number for each stage. "
            f"Received: depths={depths!r}, filters={filters!r}"
        )
    for name, numbers in (("depths", depths), ("filters", filters)):
        for stage, number in enumerate(numbers):
            check_count(f"{name}[{stage}]", number, "it is a number of one stage")


# F0 to F6 of table 1: N + 1 times the blocks.
nfnet_f0 = partial(nfnet, depths=(1, 2, 6, 3), dropout=0.2, name="nfnet_f0")
nfnet_f1 = partial(nfnet, depths=(2, 4, 12, 6), dropout=0.3, name="nfnet_f1")
nfnet_f2 = partial(nfnet, depths=(3, 6, 18, 9), dropout=0.4, name="nfnet_f2")
nfnet_f3 = partial(nfnet, depths=(4, 8, 24, 12), dropout=0.4, name="nfnet_f3")
nfnet_f4 = partial(nfnet, depths=(5, 10, 30, 15), dropout=0.5, name="nfnet_f4")
nfnet_f5 = partial(nfnet, depths=(6, 12, 36, 18), dropout=0.5, name="nfnet_f5")
nfnet_f6 = partial(nfnet, depths=(7, 14, 42, 21), dropout=0.5, name="nfnet_f6")
