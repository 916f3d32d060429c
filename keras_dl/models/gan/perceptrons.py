"""Multilayer perceptrons of the first GAN and of the first conditional GAN, both of 2014."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers import Maxout
from keras_dl.models._check import (
    check_classes,
    check_count,
    check_image_shape,
    check_rate,
)

__all__ = [
    "PUBLISHED",
    "conditional_discriminator",
    "conditional_generator",
    "gan_discriminator",
    "gan_generator",
]

PUBLISHED = {
    "gan_generator": {
        "trainable_parameters": 2_503_984,
        "input_shape": (100,),
        "arguments": {},
        "output_shapes": {"hidden1": (1200,), "hidden2": (1200,), "pixels": (784,)},
        "source": "100·1200+1200 + 1200·1200+1200 + 1200·784+784; the layers of mnist.yaml in "
        "goodfeli/adversarial, the code of Goodfellow et al., 2014",
    },
    "gan_discriminator": {
        "trainable_parameters": 1_231_441,
        "input_shape": (28, 28, 1),
        "arguments": {},
        "output_shapes": {"hidden1_pieces": (1200,), "hidden1": (240,), "hidden2": (240,)},
        "source": "784·1200+1200 + 240·1200+1200 + 240+1: 240 maxout units of 5 pieces, twice; the "
        "layers of mnist.yaml in goodfeli/adversarial, the code of Goodfellow et al., 2014",
    },
}


def gan_generator(
    output_shape: Sequence[int] = (28, 28, 1),
    *,
    latent_dim: int = 100,
    units: int = 1200,
    name: str = "gan_generator",
) -> keras.Model:
    """The generator of 2014: two ReLU layers from noise to an image.

    Difference from the paper's code: tanh and pixels in [-1, 1] instead of a sigmoid and [0, 1],
    which is the same up to scale; He initialization instead of uniform weights up to 0.05.

    Args:
        output_shape: (height, width, channels) of an image.
        latent_dim: length of the noise.
        units: width of both hidden layers.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, latent_dim) to (batch, height, width, channels) float32 in
        [-1, 1].

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is below 1.

    Reference:
        Goodfellow et al., 2014, Generative Adversarial Nets, arXiv:1406.2661, section 5.
    """
    check_image_shape(output_shape, smallest=1)
    check_count("latent_dim", latent_dim, "it is the length of the noise")
    check_count("units", units, "it is the width of the hidden layers")
    noise = keras.Input((latent_dim,), name="noise")
    x = _relu(noise, units, "hidden1")
    x = _relu(x, units, "hidden2")
    return keras.Model(noise, _image(x, output_shape), name=name)


def gan_discriminator(
    input_shape: Sequence[int] = (28, 28, 1),
    *,
    units: int = 240,
    pieces: int = 5,
    input_dropout: float = 0.2,
    dropout: float = 0.5,
    name: str = "gan_discriminator",
) -> keras.Model:
    """The discriminator of 2014: two maxout layers with dropout from an image to a logit.

    Args:
        input_shape: (height, width, channels) of an image.
        units: width of both hidden layers.
        pieces: number of linear pieces of each maxout unit.
        input_dropout: share of the pixels dropped in training, in [0, 1).
        dropout: share of each hidden layer's outputs dropped in training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) in [-1, 1] to float32 logits
        (batch, 1), above 0 for real images.

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if a size is below 1 or a rate outside [0, 1).

    Reference:
        Goodfellow et al., 2014, Generative Adversarial Nets, arXiv:1406.2661, section 5. Goodfellow
        et al., 2013, Maxout Networks, arXiv:1302.4389, eq. 1.
    """
    check_image_shape(input_shape, smallest=1)
    check_count("units", units, "it is the width of the hidden layers")
    check_count("pieces", pieces, "it is the number of linear pieces of a maxout unit")
    check_rate("input_dropout", input_dropout)
    check_rate("dropout", dropout)
    image = keras.Input(tuple(map(int, input_shape)), name="image")
    x = keras.layers.Flatten(name="flat")(image)
    x = keras.layers.Dropout(input_dropout, name="input_dropout")(x)
    x = _maxout(x, units, pieces, "hidden1")
    x = keras.layers.Dropout(dropout, name="hidden1_dropout")(x)
    x = _maxout(x, units, pieces, "hidden2")
    x = keras.layers.Dropout(dropout, name="hidden2_dropout")(x)
    return keras.Model(image, _logit(x), name=name)


def conditional_generator(
    output_shape: Sequence[int],
    num_classes: int,
    *,
    latent_dim: int = 100,
    name: str = "conditional_generator",
) -> keras.Model:
    """ReLU layers of 200 and 1000 units for noise and label, then a common one of 1200.

    It has 2,413,984 weights for 28×28 pixels and ten classes, by the layer sizes of the paper.

    Args:
        output_shape: (height, width, channels) of an image.
        num_classes: number of classes, at least 2.
        latent_dim: length of the noise.
        name: name of the model.

    Returns:
        An uncompiled model from [noise (batch, latent_dim), one-hot labels (batch, num_classes)] to
        images (batch, height, width, channels) float32 in [-1, 1].

    Raises:
        TypeError: if a size is not an integer.
        ValueError: if a size is too small.

    Reference:
        Mirza and Osindero, 2014, Conditional Generative Adversarial Nets, arXiv:1411.1784,
        section 4.1.
    """
    check_image_shape(output_shape, smallest=1)
    check_classes(num_classes)
    check_count("latent_dim", latent_dim, "it is the length of the noise")
    noise = keras.Input((latent_dim,), name="noise")
    label = keras.Input((num_classes,), name="label")
    parts = [_relu(noise, 200, "noise_hidden"), _relu(label, 1000, "label_hidden")]
    x = _relu(keras.layers.Concatenate(name="both")(parts), 1200, "hidden")
    return keras.Model([noise, label], _image(x, output_shape), name=name)


def conditional_discriminator(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    input_dropout: float = 0.2,
    dropout: float = 0.5,
    name: str = "conditional_discriminator",
) -> keras.Model:
    """Maxout layers of 240×5 and 50×5 for image and label, then a common one of 240×4.

    It has 1,224,351 weights for 28×28 pixels and ten classes, by the layer sizes of the paper. The
    initial weights of the label have variance 1, which the paper does not specify.

    Args:
        input_shape: (height, width, channels) of an image.
        num_classes: number of classes, at least 2.
        input_dropout: share of the pixels dropped in training, in [0, 1).
        dropout: share of the hidden layers' outputs dropped in training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from [images (batch, height, width, channels) in [-1, 1], one-hot labels
        (batch, num_classes)] to float32 logits (batch, 1).

    Raises:
        TypeError: if a size is not an integer or the rate not a number.
        ValueError: if a size is too small or the rate outside [0, 1).

    Reference:
        Mirza and Osindero, 2014, Conditional Generative Adversarial Nets, arXiv:1411.1784,
        section 4.1.
    """
    check_image_shape(input_shape, smallest=1)
    check_classes(num_classes)
    check_rate("input_dropout", input_dropout)
    check_rate("dropout", dropout)
    image = keras.Input(tuple(map(int, input_shape)), name="image")
    label = keras.Input((num_classes,), name="label")
    flat = keras.layers.Flatten(name="flat")(image)
    flat = keras.layers.Dropout(input_dropout, name="input_dropout")(flat)
    # One input of a label is 1, the others 0. Glorot initialization, which depends on their number,
    # would give the label 0.2 % of the pixels' energy: too little to have an effect.
    initializer: Any = keras.initializers.RandomNormal(stddev=1.0)
    parts = [
        _maxout(flat, 240, 5, "image_hidden"),
        _maxout(label, 50, 5, "label_hidden", kernel_initializer=initializer),
    ]
    x = keras.layers.Dropout(dropout, name="both_dropout")(
        keras.layers.Concatenate(name="both")(parts)
    )
    x = _maxout(x, 240, 4, "hidden")
    x = keras.layers.Dropout(dropout, name="hidden_dropout")(x)
    return keras.Model([image, label], _logit(x), name=name)


def _relu(x: Any, units: int, name: str) -> Any:
    return keras.layers.Dense(units, "relu", kernel_initializer="he_normal", name=name)(x)


def _maxout(x: Any, units: int, pieces: int, name: str, **options: Any) -> Any:
    """A Dense layer of units·pieces outputs and maxout."""
    x = keras.layers.Dense(units * pieces, name=f"{name}_pieces", **options)(x)
    return Maxout(pieces, name=name)(x)


def _image(x: keras.KerasTensor, shape: Sequence[int]) -> Any:
    x = keras.layers.Dense(math.prod(shape), name="pixels")(x)
    x = keras.layers.Reshape(tuple(map(int, shape)), name="rows")(x)
    # float32 even under mixed precision: pixels have 256 levels.
    return keras.layers.Activation("tanh", dtype="float32", name="image")(x)


def _logit(x: keras.KerasTensor) -> Any:
    return keras.layers.Dense(1, dtype="float32", name="logit")(x)
