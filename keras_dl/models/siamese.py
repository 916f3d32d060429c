"""Siamese convolutional network for one-shot recognition, and its encoder."""

from collections.abc import Sequence

import keras
from keras import ops

from keras_dl.models._check import check_count, check_image_shape

__all__ = ["PUBLISHED", "koch_encoder", "koch_siamese"]

PUBLISHED = {
    "koch_encoder": {
        "trainable_parameters": 38_947_648,
        "arguments": {"input_shape": (105, 105, 1)},
        "output_shapes": {
            "conv1": (96, 96, 64),
            "pool1": (48, 48, 64),
            "conv2": (42, 42, 128),
            "pool2": (21, 21, 128),
            "conv3": (18, 18, 128),
            "pool3": (9, 9, 128),
            "conv4": (6, 6, 256),
            "embedding": (4096,),
        },
        "source": "shapes: Koch, Zemel and Salakhutdinov 2015, figure 4; count: convolutions "
        "6,464 + 401,536 + 262,272 + 524,544, dense (9,216 + 1)·4,096",
    },
    "koch_siamese": {
        "trainable_parameters": 38_951_745,
        "arguments": {"input_shape": (105, 105, 1)},
        "output_shapes": {"koch_encoder": (4096,), "difference": (4096,), "logit": (1,)},
        "source": "layers: Koch, Zemel and Salakhutdinov 2015, figure 4; count: the encoder's "
        "38,947,648 + 4,096 weights of |h₁ − h₂| + a bias",
    },
}

FILTERS, KERNELS, UNITS = (64, 128, 128, 256), (10, 7, 4, 4), 4096
POOLED = 3  # convolutions that a pooling follows


def koch_encoder(
    input_shape: Sequence[int],
    *,
    filters: Sequence[int] = FILTERS,
    kernels: Sequence[int] = KERNELS,
    units: int = UNITS,
    name: str = "koch_encoder",
) -> keras.Model:
    """Four unpadded convolutions with ReLU, three 2×2 max poolings and a sigmoid dense layer.

    Args:
        input_shape: (height, width, channels) of one image; floats in [0, 1]. The paper's kernels
            need 65 pixels a side or more; kernels (4, 3, 2, 2) suit 28.
        filters: of the four convolutions.
        kernels: sides of the four kernels.
        units: of the dense layer, the length of an embedding.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 embeddings
        (batch, units) in (0, 1).

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1, or the image is too small for the kernels.

    Reference:
        Koch, Zemel and Salakhutdinov, 2015, Siamese Neural Networks for One-shot Image Recognition,
        ICML Deep Learning Workshop, section 3.1 and figure 4.
    """
    check_image_shape(input_shape, smallest=_smallest(kernels))
    check_count("units", units, "it is the length of an embedding")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = inputs
    for i, (count, kernel) in enumerate(zip(filters, kernels, strict=True), start=1):
        check_count("filters", count, "it is the number of filters of a convolution")
        x = keras.layers.Conv2D(
            int(count), int(kernel), activation="relu", kernel_initializer="he_normal",
            name=f"conv{i}",
        )(x)  # fmt: skip
        if i <= POOLED:
            x = keras.layers.MaxPooling2D(2, name=f"pool{i}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(int(units), activation="sigmoid", dtype="float32", name="embedding")(x)
    return keras.Model(inputs, x, name=name)


def _smallest(kernels: Sequence[int]) -> int:
    """Returns the least side of an image from which the last convolution makes a pixel."""
    side = 1
    for i in range(len(kernels) - 1, -1, -1):
        check_count("kernels", kernels[i], "it is the side of a kernel")
        side = (2 * side if i < POOLED else side) + int(kernels[i]) - 1
    return side


def koch_siamese(
    input_shape: Sequence[int],
    *,
    filters: Sequence[int] = FILTERS,
    kernels: Sequence[int] = KERNELS,
    units: int = UNITS,
    name: str = "koch_siamese",
) -> keras.Model:
    """Two images through one encoder, and a logit of the weighted differences of their embeddings.

    Args:
        input_shape: (height, width, channels) of one image.
        filters: of the encoder's convolutions.
        kernels: sides of the encoder's kernels.
        units: length of an embedding.
        name: name of the model.

    Returns:
        An uncompiled model from [first, second], images (batch, height, width, channels) each, to
        float32 logits (batch, 1): Σ αⱼ·|h₁ⱼ − h₂ⱼ| + b, greater for images of one class.

    Raises:
        TypeError: if a size is not an integer.
        ValueError: as `koch_encoder`.

    Reference:
        Koch, Zemel and Salakhutdinov, 2015, section 3.1.
    """
    encoder = koch_encoder(input_shape, filters=filters, kernels=kernels, units=units)
    shape = tuple(map(int, input_shape))
    pair = [keras.Input(shape, name=n) for n in ("first", "second")]
    first, second = (encoder(image) for image in pair)
    # float32 also under mixed precision: differences of half floats lose digits.
    difference = keras.layers.Subtract(dtype="float32", name="difference")([first, second])
    logit = keras.layers.Dense(1, dtype="float32", name="logit")(ops.absolute(difference))
    return keras.Model(pair, logit, name=name)
