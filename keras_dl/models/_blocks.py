"""Blocks shared by several builders: normalization, dropout, weight decay, the logits layer."""

from collections.abc import Callable
from typing import Any

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.utils.checks import check_positive

__all__ = ["drop", "drop_path", "layer_options", "logits_layer", "normalize", "penalty", "scaler"]


def scaler(width: float, *, divisor: int = 1) -> Callable[[int], int]:
    """Returns a function that multiplies numbers of filters by a width.

    Args:
        width: factor above 0.
        divisor: numbers are rounded to a multiple of it, at least one, and never by more than a
            tenth downwards.

    Raises:
        TypeError: if `width` is not a number.
        ValueError: if it is not positive.
    """
    check_positive("width", width, "it multiplies the numbers of filters and units")

    def scale(number: int) -> int:
        exact = number * width
        rounded = max(divisor, int(exact + divisor / 2) // divisor * divisor)
        return rounded + divisor if rounded < 0.9 * exact else rounded

    return scale


def layer_options(
    activation: str,
    batch_norm: bool,
    initializer: str,
    weight_decay: float = 0.0,
    max_norm: float | None = None,
) -> dict[str, Any]:
    """Creates the arguments of one Dense or Conv2D layer that `normalize` may follow.

    For one layer only: an initializer shared by two layers would give both the same weights.

    Args:
        activation: name of the activation.
        batch_norm: whether `normalize` follows; it then applies the activation.
        initializer: name of the kernel's initializer.
        weight_decay: λ of the penalty λ/2·‖w‖².
        max_norm: largest norm of a unit's incoming weights; None for no limit.

    Returns:
        Keyword arguments of the layer.
    """
    options = {
        "activation": None if batch_norm else get_activation(activation),
        "use_bias": not batch_norm,  # the normalization has an offset
        "kernel_initializer": make_initializer(initializer),
        "kernel_regularizer": penalty(weight_decay),
    }
    if max_norm is not None:
        limit: Any = max_norm  # Keras' signature has an integer default
        options["kernel_constraint"] = keras.constraints.MaxNorm(limit, axis=0)
    return options


def penalty(weight_decay: float) -> keras.regularizers.Regularizer | None:
    """Creates the penalty λ/2·‖w‖², whose gradient is λ·w; None without decay."""
    if not weight_decay:
        return None
    regularizer = keras.regularizers.L2()
    regularizer.l2 = weight_decay / 2  # Keras' L2(c) adds c·‖w‖², of gradient 2c·w
    return regularizer


def normalize(
    x: keras.KerasTensor, name: str, *, activation: str, batch_norm: bool
) -> keras.KerasTensor:
    """Applies batch normalization and the activation after a layer built by `layer_options`.

    Args:
        x: output of the layer.
        name: name of the layer, a prefix of the new layers' names.
        activation: name of the activation.
        batch_norm: False returns `x`.

    Returns:
        A tensor of the shape of `x`.
    """
    if not batch_norm:
        return x
    x = keras.layers.BatchNormalization(name=f"{name}_norm")(x)
    return keras.layers.Activation(get_activation(activation), name=f"{name}_activation")(x)


def drop(x: keras.KerasTensor, name: str, rate: float) -> keras.KerasTensor:
    """Applies dropout after a layer; at rate 0 without a layer.

    Args:
        x: output of the layer.
        name: name of the layer.
        rate: share of the values dropped in training, in [0, 1).

    Returns:
        A tensor of the shape of `x`.
    """
    return keras.layers.Dropout(rate, name=f"{name}_dropout")(x) if rate else x


def drop_path(x: keras.KerasTensor, name: str, rate: float) -> keras.KerasTensor:
    """Drops a residual branch of whole examples in training; at rate 0 without a layer.

    What remains is divided by 1 − rate, so that the expectation is that of inference.

    Args:
        x: output of the branch, (batch, height, width, channels).
        name: name of the block.
        rate: share of the examples whose branch is dropped, in [0, 1).

    Returns:
        A tensor of the shape of `x`.

    Reference:
        Huang et al., 2016, Deep Networks with Stochastic Depth, arXiv:1603.09382.
    """
    if not rate:
        return x
    layer = keras.layers.Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}_drop_path")
    return layer(x)


def logits_layer(
    num_classes: int,
    initializer: str,
    weight_decay: float = 0.0,
    activation: str = "linear",
    name: str = "logits",
) -> keras.layers.Layer:
    """Creates the last layer of a classifier.

    It is float32 even under mixed precision: a softmax over half-precision logits loses digits.

    Args:
        num_classes: number of classes.
        initializer: name of the kernel's initializer.
        weight_decay: λ of the penalty λ/2·‖w‖².
        activation: name of the activation.
        name: name of the layer.

    Returns:
        A Dense layer.
    """
    return keras.layers.Dense(
        int(num_classes),
        get_activation(activation),
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        dtype="float32",
        name=name,
    )
