"""The first adversarial nets, perceptrons: of 2014, and their conditional twins of that year."""

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
    """Two ReLU layers from noise to an image.

    Differs from the paper's code: tanh and pixels in [-1, 1] for a sigmoid and [0, 1], which is the
    same up to scale; He's initial weights for uniform ones up to 0.05.

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
    x = _rectified(noise, units, "hidden1")
    x = _rectified(x, units, "hidden2")
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
    """Two maxout layers with dropout from an image to a logit.

    Args:
        input_shape: (height, width, channels) of an image.
        units: width of both hidden layers.
        pieces: linear pieces of which each unit gives the largest.
        input_dropout: share of the pixels dropped while training, in [0, 1).
        dropout: share of each hidden layer's outputs.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) in [-1, 1] to float32 logits
        (batch, 1), above 0 for what it takes for real.

    Raises:
        TypeError: if a size is not an integer or a rate not a number.
        ValueError: if a size is below 1 or a rate outside [0, 1).

    Reference:
        Goodfellow et al., 2014, Generative Adversarial Nets, arXiv:1406.2661, section 5. Goodfellow
        et al., 2013, Maxout Networks, arXiv:1302.4389, eq. 1.
    """
    check_image_shape(input_shape, smallest=1)
    check_count("units", units, "it is the width of the hidden layers")
    check_count("pieces", pieces, "a maxout unit gives the largest of them")
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
    """Noise and label have a ReLU layer each, of 200 and 1000 units, before a common one of 1200.

    The paper gives 2,413,984 weights for 28×28 pixels and ten classes, counted from its sizes.

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
    parts = [_rectified(noise, 200, "noise_hidden"), _rectified(label, 1000, "label_hidden")]
    x = _rectified(keras.layers.Concatenate(name="both")(parts), 1200, "hidden")
    return keras.Model([noise, label], _image(x, output_shape), name=name)


def conditional_discriminator(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    input_dropout: float = 0.2,
    dropout: float = 0.5,
    name: str = "conditional_discriminator",
) -> keras.Model:
    """Image and label have a maxout layer each, of 240×5 and 50×5, before a common one of 240×4.

    The paper gives 1,224,351 weights for 28×28 pixels and ten classes, counted from its sizes. The
    label's begin with variance 1, about which it says nothing.

    Args:
        input_shape: (height, width, channels) of an image.
        num_classes: number of classes, at least 2.
        input_dropout: share of the pixels dropped while training, in [0, 1).
        dropout: share of the hidden layers' outputs dropped while training, in [0, 1).
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
    # Of a label one input is 1 and the rest 0. Glorot's rule, which goes by their number, would
    # leave it two thousandths of the pixels' energy: it goes unheard.
    drawn: Any = keras.initializers.RandomNormal(stddev=1.0)
    parts = [
        _maxout(flat, 240, 5, "image_hidden"),
        _maxout(label, 50, 5, "label_hidden", kernel_initializer=drawn),
    ]
    x = keras.layers.Dropout(dropout, name="both_dropout")(
        keras.layers.Concatenate(name="both")(parts)
    )
    x = _maxout(x, 240, 4, "hidden")
    x = keras.layers.Dropout(dropout, name="hidden_dropout")(x)
    return keras.Model([image, label], _logit(x), name=name)


def _rectified(x: Any, units: int, name: str) -> Any:
    return keras.layers.Dense(units, "relu", kernel_initializer="he_normal", name=name)(x)


def _maxout(x: Any, units: int, pieces: int, name: str, **options: Any) -> Any:
    """The largest of some linear pieces, for each unit."""
    x = keras.layers.Dense(units * pieces, name=f"{name}_pieces", **options)(x)
    return Maxout(pieces, name=name)(x)


def _image(x: Any, shape: Sequence[int]) -> Any:
    x = keras.layers.Dense(math.prod(shape), name="pixels")(x)
    x = keras.layers.Reshape(tuple(map(int, shape)), name="rows")(x)
    # float32 even under mixed precision: halves leave gaps between the images' 256 levels.
    return keras.layers.Activation("tanh", dtype="float32", name="image")(x)


def _logit(x: Any) -> Any:
    return keras.layers.Dense(1, dtype="float32", name="logit")(x)
