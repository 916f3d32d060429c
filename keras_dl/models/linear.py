"""Linear and logistic regression."""

from collections.abc import Sequence

import keras

from keras_dl.initializers import make_initializer
from keras_dl.models._blocks import logits_layer, penalty
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_penalty,
    check_shape,
)

__all__ = ["PUBLISHED", "linear_regression", "logistic_regression"]

PUBLISHED = {
    "linear_regression": {
        "trainable_parameters": 14,
        "links": 14,
        "arguments": {"input_shape": (13,), "num_outputs": 1},
        "output_shapes": {"flatten": (13,), "prediction": (1,)},
        "source": "d·n + n for d = 13 features and n = 1 output",
    },
    "logistic_regression": {
        "trainable_parameters": 7_850,
        "links": 7_850,
        "input_shape": (28, 28, 1),
        "num_classes": 10,
        "output_shapes": {"flatten": (784,), "logits": (10,)},
        "source": "784·10 + 10; LeCun et al. 1998, section III.C.1, for MNIST: 12.0 % error, 8.4 % "
        "on deslanted digits, 7.6 % in pairs of classes",
    },
}


def linear_regression(
    input_shape: Sequence[int],
    num_outputs: int = 1,
    *,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "linear_regression",
) -> keras.Model:
    """Linear model Ŷ = X·W + B, for the mean squared error.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels).
        num_outputs: number n of predicted values, at least 1.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖W‖²: ridge regression.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 predictions (batch, num_outputs).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if a size is below 1, a penalty negative or a name unknown.
    """
    check_shape(input_shape)
    check_count("num_outputs", num_outputs, "it is the number of predicted values")
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    prediction = keras.layers.Dense(
        int(num_outputs),
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        dtype="float32",
        name="prediction",
    )(x)
    return keras.Model(inputs, prediction, name=name)


def logistic_regression(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "logistic_regression",
) -> keras.Model:
    """Linear model of the logits, one for each class, for the cross-entropy of their softmax.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels).
        num_classes: number of classes, at least 2; with two, their difference is the logit.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖W‖².
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 logits (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if a size is below its minimum, a penalty negative or a name unknown.
    """
    check_shape(input_shape)
    check_classes(num_classes)
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)
