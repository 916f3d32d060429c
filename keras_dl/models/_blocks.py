"""Pieces that several builders share: what follows a layer with weights."""

from typing import Any

import keras

__all__ = ["drop", "layer_options", "normalise"]


def layer_options(activation: str, batch_norm: bool, initializer: str) -> dict[str, Any]:
    """Arguments of a Dense or Conv2D layer that `normalise` may follow.

    The initializer stays a name: each layer then makes an instance of its own, with its own seed.
    """
    return {
        "activation": None if batch_norm else activation,
        "use_bias": not batch_norm,  # the normalisation's offset does the same work
        "kernel_initializer": initializer,
    }


def normalise(
    x: keras.KerasTensor, name: str, *, activation: str, batch_norm: bool
) -> keras.KerasTensor:
    """Batch normalisation and the activation that the layer `name` left out, or `x` unchanged."""
    if not batch_norm:
        return x
    x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
    return keras.layers.Activation(activation, name=f"{name}_activation")(x)


def drop(x: keras.KerasTensor, name: str, rate: float) -> keras.KerasTensor:
    """Dropout after the layer `name`; at rate 0 no layer at all."""
    return keras.layers.Dropout(rate, name=f"{name}_dropout")(x) if rate else x
