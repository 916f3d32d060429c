"""EfficientNet: inverted bottlenecks whose depth, width and image size grow together."""

import math
from collections.abc import Sequence
from functools import partial

import keras

from keras_dl.models._blocks import drop, logits_layer, scaler
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
from keras_dl.models._efficientnet_blocks import EfficientNetBlocks
from keras_dl.models.efficientnet_lite import STAGES
from keras_dl.utils.checks import check_positive

__all__ = [
    "PUBLISHED",
    "efficientnet",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
]

PUBLISHED = {
    "efficientnet_b0": {
        "trainable_parameters": 5_288_548,
        "multiply_adds": 385_814_752,
        "multiply_adds_printed": {"billions": 0.386, "source": "torchvision, table of weights"},
        "activations": 22_381_540,
        "input_shape": (224, 224, 3),
        "num_classes": 1000,
        "output_shapes": {
            "stem_activation": (112, 112, 32),
            "block0_project_norm": (112, 112, 16),
            "block2_add": (56, 56, 24),
            "block4_add": (28, 28, 40),
            "block10_add": (14, 14, 112),
            "block15_project_norm": (7, 7, 320),
            "head_activation": (7, 7, 1280),
            "pool": (1280,),
            "logits": (1000,),
        },
        "source": "shapes: Tan and Le 2019, table 1; count: keras-hub presets and timm, printed as "
        "5.3 million",
    },
    "efficientnet_b1": {
        "trainable_parameters": 7_794_184,
        "multiply_adds": 686_802_832,
        "multiply_adds_printed": {"billions": 0.687, "source": "torchvision, table of weights"},
        "activations": 36_993_800,
        "input_shape": (240, 240, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (8, 8, 1280)},
        "source": "count: keras-hub presets and timm, printed as 7.8 million by Tan and Le 2019",
    },
    "efficientnet_b2": {
        "trainable_parameters": 9_109_994,
        "multiply_adds": 993_561_872,
        "activations": 47_078_074,
        "input_shape": (260, 260, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (9, 9, 1408)},
        "source": "count: keras-hub presets and timm, printed as 9.2 million by Tan and Le 2019",
    },
    "efficientnet_b3": {
        "trainable_parameters": 12_233_232,
        "multiply_adds": 1_827_141_392,
        "multiply_adds_printed": {"billions": 1.827, "source": "torchvision, table of weights"},
        "activations": 81_055_576,
        "input_shape": (300, 300, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (10, 10, 1536)},
        "source": "count: keras-hub presets and timm, printed as 12 million by Tan and Le 2019",
    },
    "efficientnet_b4": {
        "trainable_parameters": 19_341_616,
        "multiply_adds": 4_393_771_024,
        "multiply_adds_printed": {"billions": 4.394, "source": "torchvision, table of weights"},
        "activations": 169_683_952,
        "input_shape": (380, 380, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (12, 12, 1792)},
        "source": "count: keras-hub presets and timm, printed as 19 million by Tan and Le 2019",
    },
    "efficientnet_b5": {
        "trainable_parameters": 30_389_784,
        "multiply_adds": 10_266_384_752,
        "multiply_adds_printed": {"billions": 10.266, "source": "torchvision, table of weights"},
        "activations": 342_430_216,
        "input_shape": (456, 456, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (15, 15, 2048)},
        "source": "count: keras-hub presets and timm, printed as 30 million by Tan and Le 2019",
    },
    "efficientnet_b6": {
        "trainable_parameters": 43_040_704,
        "multiply_adds": 19_067_593_536,
        "multiply_adds_printed": {"billions": 19.068, "source": "torchvision, table of weights"},
        "activations": 580_832_792,
        "input_shape": (528, 528, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (17, 17, 2304)},
        "source": "count: timm, printed as 43 million by Tan and Le 2019",
    },
    "efficientnet_b7": {
        "trainable_parameters": 66_347_960,
        "multiply_adds": 37_745_884_192,
        "multiply_adds_printed": {"billions": 37.746, "source": "torchvision, table of weights"},
        "activations": 1_012_476_984,
        "input_shape": (600, 600, 3),
        "num_classes": 1000,
        "output_shapes": {"head_activation": (19, 19, 2560)},
        "source": "count: timm, printed as 66 million by Tan and Le 2019",
    },
}


def efficientnet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    width: float = 1.0,
    depth: float = 1.0,
    stem_stride: int = 2,
    activation: str = "silu",
    dropout: float = 0.2,
    path_dropout: float = 0.2,
    initializer: str = "he_normal",
    weight_decay: float = 0.0,
    name: str = "efficientnet",
) -> keras.Model:
    """EfficientNet: seven stages of inverted bottlenecks with squeeze-and-excitation.

    The graph is that of `keras.applications.EfficientNetB0` behind its scaling. Compound scaling
    with an exponent φ multiplies depth by 1.2^φ, width by 1.1^φ and the image's side by 1.15^φ, so
    that the multiply-adds grow by about 2^φ.

    Args:
        input_shape: (height, width, channels) of one image, at least 32 pixels a side for a stem of
            stride 2, 16 for 1; B0 to B7 were trained on the sizes in `PUBLISHED`. Floats in [0, 1]
            or standardised.
        num_classes: number of classes, or of numbers to predict.
        width: factor of the numbers of filters, which are rounded to multiples of 8.
        depth: factor of the numbers of blocks in each stage, which are rounded up.
        stem_stride: stride of the first convolution, 1 for images of 32×32 pixels.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        dropout: share of the pooled features dropped in training, in [0, 1).
        path_dropout: share of the examples whose residual branch is dropped in training, of the
            last block; that of the others falls linearly to 0 at the first.
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on the kernels of convolutions that are not
            depthwise, and of the classifier.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers stem, block0_depthwise, …, head, pool and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a factor not positive, a rate outside [0, 1), a
            penalty negative or a name unknown.

    Reference:
        Tan and Le, 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks,
        arXiv:1905.11946, table 1, equation 3 and section 5.
    """
    check_count("stem_stride", stem_stride, "it is the stride of the first convolution")
    check_image_shape(input_shape, smallest=16 * int(stem_stride))
    check_outputs(num_classes)
    check_positive("depth", depth, "it multiplies the numbers of blocks")
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("dropout", dropout)
    check_rate("path_dropout", path_dropout)
    check_penalty("weight_decay", weight_decay)
    scale = scaler(width, divisor=8)
    layers = EfficientNetBlocks(activation, initializer, weight_decay)
    repeats = [math.ceil(depth * row[0]) for row in STAGES]
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = layers.conv(inputs, "stem", scale(32), 3, stem_stride)
    block = 0
    for count, (_, size, stride, expansion, filters) in zip(repeats, STAGES, strict=True):
        for number in range(count):
            first = stride if number == 0 else 1
            rate = path_dropout * block / sum(repeats)
            x = layers.bottleneck(x, f"block{block}", scale(filters), size, first, expansion, rate)
            block += 1
    x = layers.conv(x, "head", scale(1280), 1)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = drop(x, "pool", dropout)
    logits = logits_layer(num_classes, "glorot_uniform", weight_decay)
    return keras.Model(inputs, logits(x), name=name)


# Width, depth and dropout of the released nets.
efficientnet_b0 = partial(efficientnet, width=1.0, depth=1.0, dropout=0.2, name="efficientnet_b0")
efficientnet_b1 = partial(efficientnet, width=1.0, depth=1.1, dropout=0.2, name="efficientnet_b1")
efficientnet_b2 = partial(efficientnet, width=1.1, depth=1.2, dropout=0.3, name="efficientnet_b2")
efficientnet_b3 = partial(efficientnet, width=1.2, depth=1.4, dropout=0.3, name="efficientnet_b3")
efficientnet_b4 = partial(efficientnet, width=1.4, depth=1.8, dropout=0.4, name="efficientnet_b4")
efficientnet_b5 = partial(efficientnet, width=1.6, depth=2.2, dropout=0.4, name="efficientnet_b5")
efficientnet_b6 = partial(efficientnet, width=1.8, depth=2.6, dropout=0.5, name="efficientnet_b6")
efficientnet_b7 = partial(efficientnet, width=2.0, depth=3.1, dropout=0.5, name="efficientnet_b7")
