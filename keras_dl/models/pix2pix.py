"""pix2pix: a U-Net generator and a patch discriminator."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._check import check_count, check_image_shape, check_rate

__all__ = ["PUBLISHED", "patch_discriminator", "unet_generator"]

PUBLISHED = {
    "unet_generator": {
        "trainable_parameters": 54_413_955,
        "input_shape": (256, 256, 3),
        "arguments": {},
        "output_shapes": {"down1": (128, 128, 64), "down8": (1, 1, 512), "up2": (128, 128, 64)},
        "source": "16·(3·64 + 64·128 + 128·256 + 256·512 + 4·512·512) down, 16·(512·512 + "
        "3·1024·512 + 1024·256 + 512·128 + 256·64 + 128·3) + 3 up, and 2·(2432 + 2496) of batch "
        "normalisation; 54.414 M in the authors' PyTorch code (unet_256)",
    },
}

LEAK = 0.2
INITIAL_STDDEV = 0.02  # of the weights, section 6.2
DROPOUT_LAYERS = 3  # decoder layers with dropout, from the innermost


def unet_generator(
    input_shape: Sequence[int] = (256, 256, 3),
    output_channels: int = 3,
    *,
    filters: int = 64,
    dropout: float = 0.5,
    name: str = "unet_generator",
) -> keras.Model:
    """U-Net: an encoder that halves the image until a side is 1 or odd, and a symmetric decoder.

    Skip connections join encoder and decoder layers of the same size. Dropout in training is the
    only noise. Layers without normalization have biases, as in the authors' code.

    Args:
        input_shape: (height, width, channels), at least 8 pixels a side, divisible by 8.
        output_channels: number of channels of the output.
        filters: filters of the first layer; they double up to eight times as many.
        dropout: share of the outputs dropped in the three innermost decoder layers, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from images (batch, height, width, channels) in [-1, 1] to
        (batch, height, width, output_channels) float32 in [-1, 1].

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is too small or not divisible by 8, or the rate outside [0, 1).

    Reference:
        Isola, Zhu, Zhou and Efros, 2017, Image-to-Image Translation with Conditional Adversarial
        Networks, arXiv:1611.07004, section 6.1.1.
    """
    check_image_shape(input_shape, smallest=8)
    check_count("output_channels", output_channels, "it is the number of channels of the output")
    check_count("filters", filters, "it is the number of filters of the first layer")
    check_rate("dropout", dropout)
    depth = _depth(input_shape)
    widths = [min(filters << stage, 8 * filters) for stage in range(depth)]

    image = keras.Input(tuple(map(int, input_shape)), name="source")
    x, skips = image, []
    for stage, width in enumerate(widths, start=1):
        if stage > 1:
            x = keras.layers.LeakyReLU(LEAK, name=f"down{stage}_leaky")(x)
        x = _downsampling(width, f"down{stage}", bias=False)(x)
        if 1 < stage < depth:  # one pixel of one image has no variance
            x = _norm(x, f"down{stage}")
        skips.append(x)
    for stage in range(depth, 1, -1):
        x = keras.layers.ReLU(name=f"up{stage}_relu")(x)
        x = _upsampling(widths[stage - 2], f"up{stage}")(x)
        x = _norm(x, f"up{stage}")
        if depth - stage in range(1, DROPOUT_LAYERS + 1):
            x = keras.layers.Dropout(dropout, name=f"up{stage}_dropout")(x)
        x = keras.layers.Concatenate(name=f"skip{stage - 1}")([skips[stage - 2], x])
    x = keras.layers.ReLU(name="up1_relu")(x)
    # float32 even under mixed precision: pixels have 256 levels.
    output = _upsampling(
        int(output_channels), "image", bias=True, activation="tanh", dtype="float32"
    )
    return keras.Model(image, output(x), name=name)


def patch_discriminator(
    source_shape: Sequence[int] = (256, 256, 3),
    image_shape: Sequence[int] = (256, 256, 3),
    *,
    filters: int = 64,
    strided: int = 3,
    name: str = "patch_discriminator",
) -> keras.Model:
    """PatchGAN discriminator: a logit for each overlapping patch of an image and its source.

    The receptive field of a logit is 16, 34 or 70 pixels a side with 1, 2 or 3 strided layers. For
    256×256×3 pixels it has 2,768,705 weights, as in the authors' PyTorch code (2.769 M).

    Args:
        source_shape: (height, width, channels) of the sources, at least 16 pixels a side.
        image_shape: (height, width, channels) of the images, equal in height and width.
        filters: filters of the first layer; they double up to eight times as many.
        strided: number of layers with stride 2.
        name: name of the model.

    Returns:
        An uncompiled model from [images, sources], (batch, height, width, channels) in [-1, 1], to
        float32 logits (batch, rows, columns, 1), above 0 for real images.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small or height or width of the two differ.

    Reference:
        Isola et al., 2017, as `unet_generator`, sections 3.2.2 and 6.1.2.
    """
    check_count("filters", filters, "it is the number of filters of the first layer")
    check_count("strided", strided, "it is the number of layers with stride 2")
    check_image_shape(source_shape, smallest=4 << strided)
    check_image_shape(image_shape, smallest=4 << strided)
    if tuple(source_shape[:2]) != tuple(image_shape[:2]):
        raise ValueError(
            "`source_shape` and `image_shape` must have the same height and width. "
            f"Received: {tuple(source_shape)} and {tuple(image_shape)}"
        )
    image = keras.Input(tuple(map(int, image_shape)), name="image")
    source = keras.Input(tuple(map(int, source_shape)), name="source")
    x = keras.layers.Concatenate(name="pair")([source, image])
    for stage in range(strided + 1):
        label = f"conv{stage + 1}"
        if stage < strided:
            x = _downsampling(min(filters << stage, 8 * filters), label, bias=stage == 0)(x)
        else:
            x = keras.layers.ZeroPadding2D(1, name=f"{label}_border")(x)
            x = _convolution(min(filters << stage, 8 * filters), label, bias=False)(x)
        if stage:
            x = _norm(x, label)
        x = keras.layers.LeakyReLU(LEAK, name=f"{label}_leaky")(x)
    x = keras.layers.ZeroPadding2D(1, name="logits_border")(x)
    logits = _convolution(1, "logits", bias=True, dtype="float32")(x)
    return keras.Model([image, source], logits, name=name)


def _depth(shape: Sequence[int]) -> int:
    height, width, depth = int(shape[0]), int(shape[1]), 0
    while height % 2 == width % 2 == 0:
        height, width, depth = height // 2, width // 2, depth + 1
    if depth < 3:
        raise ValueError(
            "`input_shape` must have sides divisible by 8; each layer halves them. "
            f"Received: input_shape={tuple(shape)}"
        )
    return depth


def _options(bias: bool) -> dict[str, Any]:
    initializer = keras.initializers.RandomNormal(stddev=INITIAL_STDDEV)
    return {"use_bias": bias, "kernel_initializer": initializer}


def _downsampling(filters: int, name: str, bias: bool) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 4, 2, padding="same", name=name, **_options(bias))


def _convolution(filters: int, name: str, bias: bool, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 4, name=name, **_options(bias), **options)


def _upsampling(filters: int, name: str, bias: bool = False, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters, 4, 2, padding="same", name=name, **_options(bias), **options
    )


def _norm(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)
