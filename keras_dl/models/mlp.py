"""Multilayer perceptrons: flatten, hidden layers, logits."""

from collections.abc import Sequence
from functools import partial

import keras

from keras_dl.models._blocks import drop, layer_options, logits_layer, normalize
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_count,
    check_max_norm,
    check_outputs,
    check_penalty,
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
    input_dropout: float = 0.0,
    residual: bool = False,
    max_norm: float | None = None,
    weight_decay: float = 0.0,
    name: str = "mlp",
) -> keras.Model:
    """Fully connected layers on the flattened input.

    Args:
        input_shape: shape of one example, (features,) or (height, width, channels); floats in
            [0, 1] or standardised.
        num_classes: number of classes, or of numbers to predict.
        units: width of each hidden layer, first to last; () gives a linear classifier.
        activation: name of the hidden activation, one of `keras_dl.activations.ACTIVATIONS`.
        dropout: share of hidden units dropped in training, in [0, 1).
        batch_norm: whether to normalize each hidden layer before its activation, without its bias.
        initializer: name of the kernels' initializer, one of
            `keras_dl.initializers.INITIALIZERS`: "he_normal" for the ReLU family,
            "glorot_uniform" for tanh and sigmoid.
        input_dropout: share of the inputs dropped in training, in [0, 1); 0.2 is usual with
            dropout 0.5.
        residual: whether to add its input to each hidden layer of the same width.
        max_norm: c; after each step the incoming weights of a hidden unit are rescaled to a norm of
            at most c. 2 in the dropout paper; None for no limit.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, *input_shape) to float32 logits (batch, num_classes), with
        layers `hidden1`, `hidden2`, …, `logits`.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if a size is below its minimum, a rate outside [0, 1), a penalty negative, a
            norm not positive or a name unknown.

    Reference:
        Rumelhart, Hinton and Williams, 1986, Learning representations by back-propagating errors.
        He et al., 2015, Delving Deep into Rectifiers, arXiv:1502.01852, section 2.2, for
        the initializer. Srivastava et al., 2014, Dropout, Journal of Machine Learning Research 15,
        section 5.1, for the max-norm and appendix A.4 for the rates.
    """
    check_shape(input_shape)
    check_outputs(num_classes)
    _check_units(units)
    check_choice("activation", activation, ACTIVATIONS)
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)
    check_rate("input_dropout", input_dropout)
    check_max_norm(max_norm)
    check_penalty("weight_decay", weight_decay)

    options = partial(layer_options, activation, batch_norm, initializer, weight_decay, max_norm)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    x = drop(x, "input", input_dropout)
    for number, width in enumerate(units, start=1):
        layer, before = f"hidden{number}", x
        x = keras.layers.Dense(int(width), name=layer, **options())(x)
        x = normalize(x, layer, activation=activation, batch_norm=batch_norm)
        x = drop(x, layer, dropout)
        if residual and before.shape == x.shape:
            x = keras.layers.Add(name=f"{layer}_add")([before, x])
    logits = logits_layer(num_classes, initializer, weight_decay)(x)
    return keras.Model(inputs, logits, name=name)


def _check_units(units: object) -> None:
    if isinstance(units, str) or not isinstance(units, Sequence):
        raise TypeError(
            "`units` must be a tuple of integers; it holds the width of each hidden layer. "
            f"Received: units={units!r}"
        )
    for index, width in enumerate(units):
        check_count(f"units[{index}]", width, "it is the width of a hidden layer")
