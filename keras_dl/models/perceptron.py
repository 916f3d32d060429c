"""Rosenblatt's perceptron: one unit connected to every pixel."""

from collections.abc import Sequence

import keras

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import penalty
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_penalty,
    check_shape,
)

__all__ = ["PUBLISHED", "perceptron"]

PUBLISHED = {
    "perceptron": {
        "trainable_parameters": 401,
        "links": 401,
        "arguments": {"input_shape": (20, 20, 1)},
        "output_shapes": {"flatten": (400,), "logit": (1,)},
        "source": "Rosenblatt's Mark I: images of 20×20 photocells; 400 weights and a bias",
    },
}


def perceptron(
    input_shape: Sequence[int] = (20, 20, 1),
    *,
    activation: str = "linear",
    initializer: str = "zeros",
    weight_decay: float = 0.0,
    name: str = "perceptron",
) -> keras.Model:
    """A weighted sum of all inputs, whose sign is the prediction of a binary classifier.

    Difference from the Mark I: no layer of random connections between photocells and unit.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels).
        activation: name of the output's activation, one of `keras_dl.activations.ACTIVATIONS`:
            "linear" gives the sum, for a loss with logits, "heaviside" the decision.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on the weights.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to a float32 logit (batch, 1).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if a size is below 1, a penalty negative or a name unknown.

    Reference:
        Rosenblatt, 1958, The perceptron: a probabilistic model for information storage and
        organization in the brain, Psychological Review 65(6).
    """
    check_shape(input_shape)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    logit = keras.layers.Dense(
        1,
        get_activation(activation),
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        dtype="float32",
        name="logit",
    )(x)
    return keras.Model(inputs, logit, name=name)
