"""Pieces that several builders share: what follows a layer with weights, and the last layer."""

from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer

__all__ = ["drop", "layer_options", "logits_layer", "normalise", "penalty"]


def layer_options(
    activation: str,
    batch_norm: bool,
    initializer: str,
    weight_decay: float = 0.0,
    max_norm: Any = None,
) -> dict[str, Any]:
    """Arguments of one Dense or Conv2D layer that `normalise` may follow.

    For one layer: an initializer that two layers share would give both the same weights.
    """
    options = {
        "activation": None if batch_norm else get_activation(activation),
        "use_bias": not batch_norm,  # the normalisation's offset does the same work
        "kernel_initializer": make_initializer(initializer),
        "kernel_regularizer": penalty(weight_decay),
    }
    if max_norm is not None:
        options["kernel_constraint"] = keras.constraints.MaxNorm(max_norm, axis=0)
    return options


def penalty(weight_decay: float) -> keras.regularizers.Regularizer | None:
    """The penalty λ/2·‖w‖², of gradient λ·w; None without decay."""
    if not weight_decay:
        return None
    made = keras.regularizers.L2()
    made.l2 = weight_decay / 2  # Keras' L2(c) adds c·‖w‖², of gradient 2c·w
    return made


def normalise(
    x: keras.KerasTensor, name: str, *, activation: str, batch_norm: bool
) -> keras.KerasTensor:
    """Batch normalisation and the activation that the layer `name` left out, or `x` unchanged."""
    if not batch_norm:
        return x
    x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
    return keras.layers.Activation(get_activation(activation), name=f"{name}_activation")(x)


def drop(x: keras.KerasTensor, name: str, rate: float) -> keras.KerasTensor:
    """Dropout after the layer `name`; at rate 0 no layer at all."""
    return keras.layers.Dropout(rate, name=f"{name}_dropout")(x) if rate else x


def logits_layer(
    num_classes: int, initializer: str, weight_decay: float = 0.0, activation: str = "linear"
) -> keras.layers.Layer:
    """The last layer, linear unless told otherwise.

    It is float32 even under mixed precision: a softmax over half-precision logits loses digits.
    """
    return keras.layers.Dense(
        int(num_classes),
        get_activation(activation),
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        dtype="float32",
        name="logits",
    )
