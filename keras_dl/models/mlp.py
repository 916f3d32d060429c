"""Multilayer perceptrons: flatten, hidden layers, logits."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._blocks import drop, layer_options, normalise
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_rate,
    check_shape,
)

__all__ = ["PUBLISHED", "mlp"]

PUBLISHED = {
    "mlp": {
        "trainable_parameters": 669_706,
        "input_shape": (28, 28, 1),
        "num_classes": 10,
        "output_shapes": {"flatten": (784,), "hidden1": (512,), "hidden2": (512,), "logits": (10,)},
        "source": "784·512+512 + 512·512+512 + 512·10+10; the net of the Keras example mnist_mlp",
    },
}


def mlp(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    units: Sequence[int] = (512, 512),
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    initializer: str = "he_normal",
    name: str = "mlp",
) -> keras.Model:
    """Fully connected layers on the flattened input.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels); floats in
            [0, 1] or standardised.
        num_classes: number of classes, at least 2.
        units: width of each hidden layer, first to last; () gives a linear classifier.
        activation: Keras name of the hidden activation.
        dropout: share of hidden units dropped while training, in [0, 1).
        batch_norm: normalise each hidden layer before its activation; its bias is then left out.
        initializer: Keras name of the kernels' initializer, "he_normal" for the ReLU family,
            "glorot_uniform" for tanh and sigmoid.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 logits (batch, num_classes), with
        layers `hidden1`, `hidden2`, …, `logits`.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if a size is below its minimum, a rate outside [0, 1) or a name unknown.

    Reference:
        Rumelhart, Hinton and Williams, 1986, Learning representations by back-propagating errors.
        He et al., 2015, Delving Deep into Rectifiers, arXiv:1502.01852, section 2.2, for
        the initializer.
    """
    check_shape(input_shape)
    check_classes(num_classes)
    _check_units(units)
    check_choice("activation", activation, ACTIVATIONS)
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)

    options = layer_options(activation, batch_norm, initializer)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    for number, width in enumerate(units, start=1):
        layer = f"hidden{number}"
        x = keras.layers.Dense(int(width), name=layer, **options)(x)
        x = normalise(x, layer, activation=activation, batch_norm=batch_norm)
        x = drop(x, layer, dropout)
    # float32 even under mixed precision: a softmax over half-precision logits loses digits.
    logits = keras.layers.Dense(
        int(num_classes), kernel_initializer=initializer, dtype="float32", name="logits"
    )(x)
    return keras.Model(inputs, logits, name=name)


def _check_units(units: Any) -> None:
    if isinstance(units, str) or not isinstance(units, Sequence):
        raise TypeError(
            "`units` must be a tuple of integers; it holds the width of each hidden layer. "
            f"Received: units={units!r}"
        )
    for index, width in enumerate(units):
        check_count(f"units[{index}]", width, "it is the width of a hidden layer")
