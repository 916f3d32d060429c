"""U-Net, and W-Net: two small ones of which the second corrects the first."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras

from keras_dl.initializers import make_initializer
from keras_dl.layers.crop_like import CropLike
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

__all__ = ["PUBLISHED", "unet", "wnet"]

PUBLISHED = {
    "unet": {
        "trainable_parameters": 31_030_658,
        "input_shape": (572, 572, 1),
        "num_classes": 2,
        "output_shapes": {
            "down1_conv2": (568, 568, 64),
            "down5_conv2": (28, 28, 1024),
            "up4_conv2": (52, 52, 512),
            "up1_conv2": (388, 388, 64),
            "logits": (388, 388, 2),
        },
        "source": "layers of Ronneberger et al. 2015, figure 1",
    },
    "wnet": {
        "trainable_parameters": 68_482,
        "input_shape": (512, 512, 3),
        "num_classes": 2,
        "output_shapes": {
            "first_down3": (128, 128, 32),
            "first_up1": (512, 512, 8),
            "second_up1": (512, 512, 8),
        },
        "source": "layers of the authors' code (agaldran/lwnet), two U-Nets of 34,281 and 34,201 "
        "parameters with the second one's input; printed as about 70,000",
    },
}

Tensor = keras.KerasTensor


def unet(
    input_shape: Sequence[int | None],
    num_classes: int,
    *,
    filters: int = 64,
    depth: int = 5,
    padding: str = "valid",
    batch_norm: bool = False,
    dropout: float = 0.0,
    initializer: str = "he_normal",
    weight_decay: float = 0.0,
    name: str = "unet",
) -> keras.Model:
    """U-Net: two convolutions per level, and maps of the way down joined to those of the way up.

    Args:
        input_shape: (height, width, channels) of the images; None for a height or width that
            varies.
        num_classes: number of classes, at least 2.
        filters: filters of the first level; each further one has twice as many.
        depth: number of levels.
        padding: "valid" as in the paper, where logits cover the central part of the image alone
            and sizes have to fit (572 pixels give 388); or "same", for images of any size.
        batch_norm: normalise every convolution before ReLU.
        dropout: share of the values of the deepest level dropped in training, in [0, 1).
        initializer: initializer of the kernels, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, height, width, num_classes), with layers down1_conv1 … up1_conv2 and logits.

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if a size is too small, a rate outside [0, 1), a penalty negative, or a name
            unknown.

    Reference:
        Ronneberger, Fischer and Brox, 2015, U-Net: Convolutional Networks for Biomedical Image
        Segmentation, arXiv:1505.04597, figure 1.
    """
    _check(input_shape, num_classes, filters, initializer)
    check_count("depth", depth, "it is the number of levels")
    check_choice("padding", padding, ("valid", "same"))
    check_rate("dropout", dropout)
    check_penalty("weight_decay", weight_decay)

    def convolve(x: Tensor, width: int, label: str) -> Tensor:
        for place in (1, 2):
            layer = keras.layers.Conv2D(
                width,
                3,
                padding=padding,
                use_bias=not batch_norm,
                kernel_initializer=make_initializer(initializer),
                kernel_regularizer=penalty(weight_decay),
                activation=None if batch_norm else "relu",
                name=f"{label}_conv{place}",
            )
            x = layer(x)
            if batch_norm:
                x = keras.layers.BatchNormalization(
                    momentum=NORM_MOMENTUM, name=f"{label}_norm{place}"
                )(x)
                x = keras.layers.ReLU(name=f"{label}_relu{place}")(x)
        return x

    image: Any = keras.Input(sizes(input_shape), name="image")
    levels = [convolve(image, filters, "down1")]
    for level in range(2, depth + 1):
        x = keras.layers.MaxPooling2D(2, padding=padding, name=f"pool{level - 1}")(levels[-1])
        levels.append(convolve(x, filters * 2 ** (level - 1), f"down{level}"))
    x = drop(levels[-1], f"down{depth}", dropout)
    for level in range(depth - 1, 0, -1):
        width = filters * 2 ** (level - 1)
        x = _upsample(x, width, initializer, f"up{level}_upsample")
        x = _join(x, levels[level - 1], padding == "valid", f"up{level}")
        x = convolve(x, width, f"up{level}")
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    logits = keras.layers.Conv2D(
        int(num_classes),
        1,
        kernel_initializer=make_initializer(initializer),
        dtype="float32",
        name="logits",
    )
    return keras.Model(image, logits(x), name=name)


def wnet(
    input_shape: Sequence[int | None],
    num_classes: int,
    *,
    filters: int = 8,
    depth: int = 3,
    initializer: str = "he_normal",
    name: str = "wnet",
) -> keras.Model:
    """W-Net: a small U-Net, and a second one that sees the image and the logits of the first.

    Levels add a 1×1 shortcut around two convolutions; maps of the way down pass a convolution
    before they are joined. With two classes, each net has a single logit, that of class 1 against
    class 0.

    Args:
        input_shape: (height, width, channels) of the images; None for a height or width that
            varies.
        num_classes: number of classes, at least 2.
        filters: filters of the first level; each further one has twice as many.
        depth: number of levels.
        initializer: initializer of the kernels, one of `keras_dl.initializers.INITIALIZERS`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to a list of float32 logits
        (batch, height, width, num_classes): those of the second net, and those of the first, for
        an auxiliary loss.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small or a name unknown.

    Reference:
        Galdran, Anjos, Dolz, Chakor, Lombaert and Ben Ayed, 2022, State-of-the-art retinal vessel
        segmentation with minimalistic models, Scientific Reports 12, 6174; the authors' code.
    """
    _check(input_shape, num_classes, filters, initializer)
    check_count("depth", depth, "it is the number of levels")
    outputs = 1 if num_classes == 2 else int(num_classes)
    image: Any = keras.Input(sizes(input_shape), name="image")
    widths = [filters * 2**level for level in range(depth)]
    coarse = _small_unet(image, outputs, widths, initializer, "first")
    both = keras.layers.Concatenate(name="image_and_first")([image, coarse])
    fine = _small_unet(both, outputs, widths, initializer, "second")
    logits = [_as_classes(fine, "logits"), _as_classes(coarse, "first_logits")]
    return keras.Model(image, logits, name=name)


def _small_unet(x: Tensor, outputs: int, widths: list[int], initializer: str, label: str) -> Tensor:
    """The U-Net of which `wnet` has two."""
    convolve = partial(_convolve, initializer=initializer)
    levels = [_residual(x, widths[0], convolve, f"{label}_down1")]
    for level, width in enumerate(widths[1:], start=2):
        pool = keras.layers.MaxPooling2D(2, padding="same", name=f"{label}_pool{level - 1}")
        levels.append(_residual(pool(levels[-1]), width, convolve, f"{label}_down{level}"))
    x = levels[-1]
    for level in range(len(widths) - 1, 0, -1):
        name, width = f"{label}_up{level}", widths[level - 1]
        skip = convolve(levels[level - 1], width, f"{name}_bridge")
        x = _join(_upsample(x, width, initializer, f"{name}_upsample"), skip, False, name)
        x = _residual(x, width, convolve, name)
    options = {"kernel_initializer": make_initializer(initializer)}
    return keras.layers.Conv2D(outputs, 1, name=f"{label}_score", **options)(x)


def _residual(x: Tensor, width: int, convolve: Callable[..., Tensor], label: str) -> Tensor:
    """Two convolutions and, around them, a normalised one of a single pixel."""
    y = convolve(convolve(x, width, f"{label}_conv1"), width, f"{label}_conv2")
    shortcut = keras.layers.Conv2D(width, 1, use_bias=False, name=f"{label}_shortcut")(x)
    norm = keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{label}_shortcut_norm")
    return keras.layers.Add(name=label)([y, norm(shortcut)])


def _convolve(x: Tensor, width: int, label: str, *, initializer: str) -> Tensor:
    """Convolution, activation, batch normalisation: the order of the authors' code."""
    options = {"padding": "same", "kernel_initializer": make_initializer(initializer)}
    x = keras.layers.Conv2D(width, 3, name=label, **options)(x)
    x = keras.layers.LeakyReLU(0.01, name=f"{label}_activation")(x)
    return keras.layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{label}_norm")(x)


def _upsample(x: Tensor, width: int, initializer: str, label: str) -> Tensor:
    options = {"kernel_initializer": make_initializer(initializer)}
    return keras.layers.Conv2DTranspose(width, 2, 2, name=label, **options)(x)


def _join(x: Tensor, skip: Tensor, centred: bool, label: str) -> Tensor:
    """Joins maps of the way up and of the way down, the larger ones cropped."""
    if centred:
        skip = CropLike(True, name=f"{label}_crop")([skip, x])
    else:
        x = CropLike(False, name=f"{label}_crop")([x, skip])
    return keras.layers.Concatenate(name=f"{label}_join")([skip, x])


def _as_classes(score: Tensor, label: str) -> Tensor:
    """Logits per class; a single one is that of class 1, and class 0 has the logit 0."""
    if score.shape[-1] > 1:
        return keras.layers.Identity(dtype="float32", name=label)(score)
    none = keras.layers.Rescaling(0.0, name=f"{label}_zero")(score)
    return keras.layers.Concatenate(dtype="float32", name=label)([none, score])


def _check(input_shape: Any, num_classes: Any, filters: Any, initializer: str) -> None:
    check_input(input_shape)
    check_classes(num_classes)
    check_count("filters", filters, "it is the number of filters of the first level")
    check_choice("initializer", initializer, INITIALIZERS)
