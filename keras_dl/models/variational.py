"""Encoder and decoder of variational autoencoders: fully connected, with class labels if wanted."""

from collections.abc import Sequence
from math import prod
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.models._check import (
    ACTIVATIONS,
    check_choice,
    check_classes,
    check_count,
    check_shape,
)

__all__ = ["PUBLISHED", "vae_decoder", "vae_encoder"]

PUBLISHED = {
    "vae_encoder": {
        "trainable_parameters": 330_040,
        "arguments": {"input_shape": (28, 28, 1), "units": (400,), "latent_dim": 20},
        "output_shapes": {"hidden1": (400,), "mean": (20,), "log_variance": (20,)},
        "source": "784·400+400 + 2·(400·20+20); PyTorch's VAE example 784-400-20-400-784, 652,824 "
        "with the decoder",
    },
    "vae_decoder": {
        "trainable_parameters": 322_784,
        "arguments": {"output_shape": (28, 28, 1), "units": (400,), "latent_dim": 20},
        "output_shapes": {"hidden1": (400,), "output": (784,)},
        "source": "20·400+400 + 400·784+784; PyTorch's VAE example 784-400-20-400-784",
    },
}


def vae_encoder(
    input_shape: Sequence[int],
    *,
    units: Sequence[int] = (400,),
    latent_dim: int = 20,
    num_classes: int | None = None,
    activation: str = "relu",
    name: str = "vae_encoder",
) -> keras.Model:
    """Fully connected layers from an example to the parameters of q(z|x).

    Args:
        input_shape: shape of one example.
        units: width of each hidden layer; none are needed.
        latent_dim: number of latent variables.
        num_classes: length of a one-hot label that is the second input; None: no labels.
        activation: name of the hidden activation, one of `keras_dl.activations.ACTIVATIONS`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape), or from that and labels (batch,
        num_classes), to {"mean": …, "log_variance": …}, both (batch, latent_dim) float32.

    Raises:
        TypeError: if a size is not an integer or a name not a string.
        ValueError: if a size is below 1, there are fewer than two classes, or the activation is
            unknown.

    Reference:
        Kingma and Welling, 2014, Auto-Encoding Variational Bayes, arXiv:1312.6114, appendix C.2.
    """
    check_shape(input_shape)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    flat = keras.layers.Flatten(name="flatten")(inputs)
    given, x = _hidden(inputs, flat, units, latent_dim, num_classes, activation)
    parameters = {
        label: keras.layers.Dense(int(latent_dim), name=label, dtype="float32")(x)
        for label in ("mean", "log_variance")
    }
    return keras.Model(given, parameters, name=name)


def vae_decoder(
    output_shape: Sequence[int],
    *,
    units: Sequence[int] = (400,),
    latent_dim: int = 20,
    num_classes: int | None = None,
    activation: str = "relu",
    name: str = "vae_decoder",
) -> keras.Model:
    """Fully connected layers from latent variables to the parameters of p(x|z).

    Args:
        output_shape: shape of one example.
        units: width of each hidden layer, from the latent variables on; none are needed.
        latent_dim: number of latent variables.
        num_classes: as in `vae_encoder`.
        activation: as in `vae_encoder`.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, latent_dim), or from that and labels (batch, num_classes),
        to float32 (batch, *output_shape): logits of a Bernoulli, or means of a normal distribution.

    Raises:
        TypeError, ValueError: as `vae_encoder` does.

    Reference:
        Kingma and Welling, 2014, appendix C.1 and C.2.
    """
    check_shape(output_shape)
    check_count("latent_dim", latent_dim, "it is the number of latent variables")
    shape = tuple(map(int, output_shape))
    latent = keras.Input((int(latent_dim),), name="latent")
    given, x = _hidden(latent, latent, units, latent_dim, num_classes, activation)
    x = keras.layers.Dense(prod(shape), name="output")(x)
    x = keras.layers.Reshape(shape, name="rows")(x)
    # float32 also under mixed precision: the likelihood is a sum over all pixels.
    x = keras.layers.Activation("linear", dtype="float32", name="parameters")(x)
    return keras.Model(given, x, name=name)


def _hidden(
    first: Any, x: Any, units: Any, latent_dim: Any, num_classes: int | None, activation: str
) -> tuple[Any, Any]:
    """Returns the inputs of a model, with labels if it has classes, and its last hidden layer."""
    if isinstance(units, str) or not isinstance(units, Sequence):
        raise TypeError(f"`units` must be a tuple of integers. Received: units={units!r}")
    check_count("latent_dim", latent_dim, "it is the number of latent variables")
    check_choice("activation", activation, ACTIVATIONS)
    inputs = first
    if num_classes is not None:
        check_classes(num_classes)
        label = keras.Input((int(num_classes),), name="label")
        inputs, x = [first, label], keras.layers.Concatenate(name="both")([x, label])
    for number, width in enumerate(units, start=1):
        check_count(f"units[{number - 1}]", width, "it is the width of a layer")
        x = keras.layers.Dense(int(width), get_activation(activation), name=f"hidden{number}")(x)
    return inputs, x
