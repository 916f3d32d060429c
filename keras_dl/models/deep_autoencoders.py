"""Autoencoders of several layers: fully connected, with tied weights, and convolutional."""

from collections.abc import Sequence
from math import prod
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.layers import TiedDense
from keras_dl.models._check import (
    ACTIVATIONS,
    check_choice,
    check_count,
    check_image_shape,
    check_rate,
    check_shape,
)
from keras_dl.utils.checks import check_nonnegative

__all__ = ["PUBLISHED", "convolutional_autoencoder", "dense_autoencoder"]

PUBLISHED = {
    "dense_autoencoder": {
        "trainable_parameters": 2_837_314,
        "arguments": {"input_shape": (28, 28, 1), "units": (1000, 500, 250, 30)},
        "output_shapes": {"encoder1": (1000,), "code": (30,), "decoder1": (784,)},
        "source": "784-1000-500-250-30 and back, Hinton and Salakhutdinov, 2006, Science 313",
    },
    "convolutional_autoencoder": {
        "trainable_parameters": 111_521,
        "arguments": {"input_shape": (28, 28, 1), "filters": (16, 32), "units": 32},
        "output_shapes": {"encoder1": (14, 14, 16), "encoder2": (7, 7, 32), "code": (32,)},
        "source": "160 + 4,640 + 50,208 for the encoder, 51,744 + 4,624 + 145 for the decoder",
    },
}


def dense_autoencoder(
    input_shape: Sequence[int],
    *,
    units: Sequence[int] = (1000, 500, 250, 30),
    activation: str = "sigmoid",
    code_activation: str = "linear",
    output_activation: str = "sigmoid",
    tied: bool = False,
    corruption: float = 0.0,
    noise: float = 0.0,
    name: str = "dense_autoencoder",
) -> keras.Model:
    """Fully connected encoder and a decoder of the same widths in reverse.

    Args:
        input_shape: shape of one example; floats in [0, 1], or of any size with a linear output.
        units: width of each encoder layer, the last one the size of the code.
        activation: name of the hidden activation, one of `keras_dl.activations.ACTIVATIONS`.
        code_activation: name of the activation of the code.
        output_activation: name of the activation of the reconstruction.
        tied: whether each decoder layer has the transposed kernel of its encoder layer.
        corruption: share of the inputs set to zero in training, in [0, 1); the others are divided
            by 1 - corruption, as in `keras.layers.Dropout`.
        noise: standard deviation of the normal noise added to the inputs in training.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to {"code": (batch, units[-1]),
        "reconstruction": (batch, *input_shape)}, float32, with layers `encoder1`, …, `code`,
        …, `decoder1`; with tied weights the layers `encoder1`, … decode too.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if a size is below 1, a rate outside its range or a name unknown.

    Reference:
        Hinton and Salakhutdinov, 2006, Reducing the Dimensionality of Data with Neural Networks,
        Science 313. Vincent et al., 2010, Stacked Denoising Autoencoders, Journal of Machine
        Learning Research 11, section 2.2 (tied weights) and 3.2 (corruption).
    """
    check_shape(input_shape)
    widths = _check_units(units)
    for label, choice in (
        ("activation", activation),
        ("code_activation", code_activation),
        ("output_activation", output_activation),
    ):
        check_choice(label, choice, ACTIVATIONS)
    shape = tuple(map(int, input_shape))
    inputs = keras.Input(shape, name="input")
    x = keras.layers.Flatten(name="flatten")(corrupt(inputs, corruption, noise))
    depth = len(widths)
    encoding = [*[activation] * (depth - 1), code_activation]
    decoding = [output_activation, *[activation] * (depth - 1)]
    layers: list[Any] = []
    for number, width in enumerate(widths, start=1):
        label = f"encoder{number}"
        if tied:
            act, back = encoding[number - 1], decoding[number - 1]
            layer: Any = TiedDense(width, act, back, name=label, dtype="float32")
        else:
            layer = keras.layers.Dense(width, get_activation(encoding[number - 1]), name=label)
        layers.append(layer)
        x = layer(x)
    code = x = keras.layers.Identity(name="code", dtype="float32")(x)
    for number in range(depth, 0, -1):
        if tied:
            x = layers[number - 1](x, transpose=True)
            continue
        width = widths[number - 2] if number > 1 else prod(shape)
        act = get_activation(decoding[number - 1])
        # float32 also under mixed precision: half floats would round the error away.
        kind: dict[str, Any] = {} if number > 1 else {"dtype": "float32"}
        x = keras.layers.Dense(width, act, name=f"decoder{number}", **kind)(x)
    x = keras.layers.Reshape(shape, name="reconstruction", dtype="float32")(x)
    return keras.Model(inputs, {"code": code, "reconstruction": x}, name=name)


def convolutional_autoencoder(
    input_shape: Sequence[int],
    *,
    filters: Sequence[int] = (16, 32),
    units: int = 32,
    activation: str = "relu",
    corruption: float = 0.0,
    noise: float = 0.0,
    name: str = "convolutional_autoencoder",
) -> keras.Model:
    """3×3 convolutions of stride 2, a dense code, and transposed convolutions back to the image.

    Args:
        input_shape: (height, width, channels), floats in [0, 1].
        filters: of each convolution; each halves the sides.
        units: size of the code.
        activation: name of the activation of the convolutions.
        corruption: as in `dense_autoencoder`.
        noise: as in `dense_autoencoder`.
        name: name of the model.

    Returns:
        An uncompiled model as `dense_autoencoder` returns it, with a sigmoid output.

    Raises:
        TypeError, ValueError: as `dense_autoencoder` does; the image needs 2 pixels a side for each
            convolution.

    Reference:
        Masci, Meier, Cireşan and Schmidhuber, 2011, Stacked Convolutional Auto-Encoders for
        Hierarchical Feature Extraction, ICANN; with strides for their max-pooling.
    """
    widths = _check_units(filters, "filters", "it is the number of filters of a convolution")
    check_image_shape(input_shape, smallest=2 ** len(widths))
    check_count("units", units, "it is the size of the code")
    check_choice("activation", activation, ACTIVATIONS)
    act = get_activation(activation)
    height, width, channels = map(int, input_shape)
    inputs = keras.Input((height, width, channels), name="input")
    x = corrupt(inputs, corruption, noise)
    for number, count in enumerate(widths, start=1):
        x = keras.layers.Conv2D(count, 3, 2, "same", activation=act, name=f"encoder{number}")(x)
    small = x.shape[1:]
    x = keras.layers.Flatten(name="flatten")(x)
    code = x = keras.layers.Dense(int(units), name="code", dtype="float32")(x)
    x = keras.layers.Dense(prod(small), act, name="expansion")(x)
    x = keras.layers.Reshape(small, name="maps")(x)
    for number in range(len(widths) - 1, 0, -1):
        label, count = f"decoder{number + 1}", widths[number - 1]
        x = keras.layers.Conv2DTranspose(count, 3, 2, "same", activation=act, name=label)(x)
    x = keras.layers.Conv2DTranspose(
        channels, 3, 2, "same", activation="sigmoid", name="decoder1", dtype="float32"
    )(x)
    extra = (0, x.shape[1] - height), (0, x.shape[2] - width)
    x = keras.layers.Cropping2D(extra, name="reconstruction", dtype="float32")(x)
    return keras.Model(inputs, {"code": code, "reconstruction": x}, name=name)


def corrupt(x: Any, corruption: float, noise: float) -> Any:
    """Adds masking noise and normal noise that act in training only.

    Args:
        x: symbolic inputs.
        corruption: share of them that is set to zero, in [0, 1).
        noise: standard deviation of the normal noise, 0 or more.

    Raises:
        TypeError, ValueError: if `corruption` lies outside [0, 1), or `noise` is negative.
    """
    check_rate("corruption", corruption)
    check_nonnegative("noise", noise, "it is the standard deviation of the noise")
    if corruption:
        x = keras.layers.Dropout(corruption, name="corruption")(x)
    return keras.layers.GaussianNoise(noise, name="noise")(x) if noise else x


def _check_units(
    units: Any, name: str = "units", meaning: str = "it is the width of a layer"
) -> tuple[int, ...]:
    if isinstance(units, str) or not isinstance(units, Sequence) or not units:
        raise TypeError(
            f"`{name}` must be a tuple of one integer or more. Received: {name}={units!r}"
        )
    for index, width in enumerate(units):
        check_count(f"{name}[{index}]", width, meaning)
    return tuple(map(int, units))
