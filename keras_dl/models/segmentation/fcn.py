"""Fully convolutional networks: a VGG-16 classifier as a filter, upsampled to pixels."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.layers.bilinear_upsampling import BilinearUpsampling
from keras_dl.models._blocks import drop, layer_options, penalty
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_penalty,
    check_rate,
)
from keras_dl.models.pretrained import lite0_maps
from keras_dl.models.segmentation._images import NORM_MOMENTUM, check_input, sizes

__all__ = ["PUBLISHED", "fcn", "fcn8s", "fcn16s", "fcn32s"]

PUBLISHED = {
    "fcn32s": {
        "trainable_parameters": 136_152_917,
        "input_shape": (224, 224, 3),
        "num_classes": 21,
        "output_shapes": {"pool5": (7, 7, 512), "fc7": (7, 7, 4096), "score": (7, 7, 21)},
        "source": "layers of the authors' voc-fcn32s: VGG-16 up to fc7 134,260,544, score 86,037, "
        "kernel of the upsampling 64·64·21·21",
    },
    "fcn16s": {
        "trainable_parameters": 134_815_994,
        "input_shape": (224, 224, 3),
        "num_classes": 21,
        "output_shapes": {"score_pool4": (14, 14, 21), "upscore5": (14, 14, 21)},
        "source": "layers of the authors' voc-fcn16s: VGG-16 up to fc7 134,260,544, scores 86,037 "
        "and 10,773, kernels of the upsampling (4·4 + 32·32)·21·21",
    },
    "fcn8s": {
        "trainable_parameters": 134_489_759,
        "input_shape": (224, 224, 3),
        "num_classes": 21,
        "output_shapes": {"score_pool3": (28, 28, 21), "upscore4": (28, 28, 21)},
        "source": "layers of the authors' voc-fcn8s: VGG-16 up to fc7 134,260,544, scores 86,037, "
        "10,773 and 5,397, kernels of the upsampling (2·4·4 + 16·16)·21·21",
    },
}

CONVOLUTIONS = (2, 2, 3, 3, 3)  # per block of VGG-16
SCALES = {4: 0.01, 3: 0.0001}  # of the pooled blocks, in the authors' voc-fcn8s-atonce
SKIPS = {32: (), 16: (4,), 8: (4, 3)}  # pooled blocks that are fused, by stride


def fcn(
    input_shape: Sequence[int | None],
    num_classes: int,
    *,
    stride: int = 8,
    filters: int = 64,
    units: int = 4096,
    activation: str = "relu",
    batch_norm: bool = False,
    dropout: float = 0.5,
    learned_upsampling: bool = True,
    scaled_skips: bool = False,
    encoder: str = "vgg16",
    encoder_weights: str | None = "imagenet",
    initializer: str = "he_normal",
    score_initializer: str = "zeros",
    weight_decay: float = 0.0,
    name: str = "fcn",
) -> keras.Model:
    """FCN-32s, FCN-16s or FCN-8s: scores of coarse maps, upsampled and fused with finer ones.

    Five blocks of 3×3 convolutions, each pooled by 2, and the fully connected layers as
    convolutions give one score map at 1/32 of the resolution. Strides 16 and 8 add the scores of
    `pool4` and of `pool3` to it after upsampling by 2. The last upsampling gives the logits.

    Differences from the paper: zero padding "same" with cropping to the size of the finer map in
    place of a border of 100 pixels; all streams are trained at once, not stage by stage.

    Args:
        input_shape: (height, width, channels) of the images; None for a height or width that
            varies. Any size from 1 pixel is accepted.
        num_classes: number of classes, at least 2.
        stride: 32, 16 or 8, stride in pixels of the finest score map.
        filters: filters of the first block; the others have 2, 4, 8 and 8 times as many.
        units: filters of the two layers that were fully connected in VGG-16.
        activation: name of the activation, one of `keras_dl.activations.ACTIVATIONS`.
        batch_norm: normalise every layer before the activation, except the scores.
        dropout: share of the outputs of fc6 and fc7 dropped while training, in [0, 1).
        learned_upsampling: train the upsampling kernels, or keep them bilinear.
        scaled_skips: multiply pool4 by 0.01 and pool3 by 0.0001 before their scores, as the
            authors' fcn8s-atonce does, so that the coarse stream learns first.
        encoder: "vgg16"; or "efficientnet_lite0", whose maps of strides 8, 16 and 32 replace pool3,
            pool4 and fc7, for images of three channels in [0, 1]. Then `filters`, `units`,
            `activation` and `batch_norm` have no effect.
        encoder_weights: of EfficientNet-Lite0: "imagenet", the path of a `.weights.h5` file, or
            None for random initial weights.
        initializer: initializer of the kernels, one of `keras_dl.initializers.INITIALIZERS`.
        score_initializer: the same of the score layers; with the paper's "zeros" the layers below
            them receive no gradient in the first step.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel but those of the upsampling.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, height, width, num_classes), with layers conv1_1 … conv5_3, pool1 … pool5, fc6,
        fc7, score, and for the finer streams upscore5, score_pool4, fuse_pool4, upscore4,
        score_pool3, fuse_pool3; and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if a size is too small, `stride` is not 8, 16 or 32, a rate outside [0, 1), a
            penalty negative or a name unknown.

    Reference:
        Long, Shelhamer and Darrell, 2015, Fully Convolutional Networks for Semantic Segmentation,
        arXiv:1411.4038, sections 3 and 4; Shelhamer et al., 2017, PAMI 39(4).
    """
    check_input(input_shape)
    check_classes(num_classes)
    if stride not in SKIPS:
        raise ValueError(f"`stride` must be 8, 16 or 32. Received: stride={stride!r}")
    check_count("filters", filters, "it is the number of filters of the first block")
    check_count("units", units, "it is the number of filters of fc6 and fc7")
    check_choice("activation", activation, ACTIVATIONS)
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)
    check_choice("score_initializer", score_initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
    check_choice("encoder", encoder, ("vgg16", "efficientnet_lite0"))

    def convolve(x: keras.KerasTensor, width: int, size: int, label: str) -> keras.KerasTensor:
        options = layer_options(activation, batch_norm, initializer, weight_decay)
        x = keras.layers.Conv2D(width, size, padding="same", name=label, **options)(x)
        if not batch_norm:
            return x
        x = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{label}_norm")(x)
        squash = get_activation(activation)
        return keras.layers.Activation(squash, name=f"{label}_activation")(x)

    image: Any = keras.Input(sizes(input_shape), name="image")
    if encoder == "vgg16":
        pools = _pools(image, filters, convolve)
        x = drop(convolve(pools[5], units, 7, "fc6"), "fc6", dropout)
        x = drop(convolve(x, units, 1, "fc7"), "fc7", dropout)
    else:
        maps = lite0_maps(image, encoder_weights)
        pools = {3: maps[8], 4: maps[16]}
        x = drop(maps[32], "encoder", dropout)

    score = partial(_score, int(num_classes), score_initializer, weight_decay)
    x = score("score")(x)
    for block in SKIPS[stride]:
        upsample = BilinearUpsampling(2, learned_upsampling, name=f"upscore{block + 1}")
        skip = pools[block]
        if scaled_skips:
            skip = keras.layers.Rescaling(SCALES[block], name=f"scale_pool{block}")(skip)
        skip = score(f"score_pool{block}")(skip)
        x = keras.layers.Add(name=f"fuse_pool{block}")([upsample([x, pools[block]]), skip])
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    upsample = BilinearUpsampling(stride, learned_upsampling, dtype="float32", name="logits")
    return keras.Model(image, upsample([x, image]), name=name)


def fcn32s(input_shape: Sequence[int | None], num_classes: int, **options: Any) -> keras.Model:
    """Returns `fcn` of VGG-16's size with stride 32, a single score map; `options` as in `fcn`."""
    return fcn(input_shape, num_classes, **{"stride": 32, "name": "fcn32s", **options})


def fcn16s(input_shape: Sequence[int | None], num_classes: int, **options: Any) -> keras.Model:
    """Returns `fcn` of VGG-16's size with stride 16, which adds pool4; `options` as in `fcn`."""
    return fcn(input_shape, num_classes, **{"stride": 16, "name": "fcn16s", **options})


def fcn8s(input_shape: Sequence[int | None], num_classes: int, **options: Any) -> keras.Model:
    """Returns `fcn` of VGG-16's size with stride 8, which adds pool3; `options` as in `fcn`."""
    return fcn(input_shape, num_classes, **{"stride": 8, "name": "fcn8s", **options})


def _pools(
    x: keras.KerasTensor, filters: int, convolve: Callable[..., keras.KerasTensor]
) -> dict[int, keras.KerasTensor]:
    """The outputs of VGG-16's five blocks, by number."""
    pools = {}
    for block, count in enumerate(CONVOLUTIONS, start=1):
        for place in range(1, count + 1):
            x = convolve(x, filters * min(2 ** (block - 1), 8), 3, f"conv{block}_{place}")
        # "same" rounds odd sizes up: no pixel of the border is lost.
        x = keras.layers.MaxPooling2D(2, padding="same", name=f"pool{block}")(x)
        pools[block] = x
    return pools


def _score(classes: int, initializer: str, weight_decay: float, name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        classes,
        1,
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        name=name,
    )
