"""LeNet-5: the common modern form, and the net of the paper of 1998."""

from collections.abc import Sequence
from functools import partial

import keras
import numpy as np

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.layers import RBFOutput, SparseMapConv2D, TrainableSubsampling
from keras_dl.models._blocks import drop, layer_options, logits_layer, normalize, penalty
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_image_shape,
    check_outputs,
    check_penalty,
    check_rate,
)

__all__ = ["PUBLISHED", "lenet5", "lenet5_1998"]

PUBLISHED = {
    "lenet5": {
        "trainable_parameters": 61_706,
        "multiply_adds": 416_520,
        "activations": 8_214,
        "input_shape": (28, 28, 1),
        "num_classes": 10,
        "output_shapes": {
            "c1": (28, 28, 6),
            "s2": (14, 14, 6),
            "c3": (10, 10, 16),
            "s4": (5, 5, 16),
            "c5": (1, 1, 120),
            "f6": (84,),
            "logits": (10,),
        },
        "source": "shapes: LeCun et al. 1998, figure 2; count: c1 156 + c3 2,416 (every map of s2 "
        "joined to every map of c3) + c5 48,120 + f6 10,164 + logits 850",
    },
    "lenet5_1998": {
        "trainable_parameters": 60_000,
        "links": 340_908,
        "units": 9_118,
        "input_shape": (32, 32, 1),
        "num_classes": 10,
        "output_shapes": {
            "c1": (28, 28, 6),
            "s2": (14, 14, 6),
            "c3": (10, 10, 16),
            "s4": (5, 5, 16),
            "c5": (1, 1, 120),
            "f6": (84,),
            "logits": (10,),
        },
        "published": ("trainable_parameters", "links"),
        "source": "LeCun et al. 1998, section II.B: 340,908 connections and 60,000 trainable "
        "parameters, 156 + 12 + 1,516 + 32 + 48,120 + 10,164; units: sum of the shapes",
    },
}

# Table I: three and four adjacent maps of the six, cyclically; three sets of two pairs; all six.
C3_CONNECTIONS = (
    *(tuple(sorted((i + step) % 6 for step in range(3))) for i in range(6)),
    *(tuple(sorted((i + step) % 6 for step in range(4))) for i in range(6)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)


def lenet5(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    activation: str = "tanh",
    pooling: str = "average",
    dropout: float = 0.0,
    batch_norm: bool = False,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "lenet5",
) -> keras.Model:
    """LeNet-5 in its common modern form: two convolutions with pooling, c5, f6, logits.

    Images of 28 to 31 pixels are zero-padded at `c1` ('same'), which replaces the border of the
    paper's 32×32 input; larger ones are not. `c5` is a 5×5 convolution, as in the paper: up to 35
    pixels it covers all of `s4` and its map is 1×1; on larger images the map is larger and averaged
    before `f6`, so that the number of weights does not depend on the image size.

    Differences from the paper: every map of `s2` feeds every map of `c3` (the paper's table I omits
    some); pooling has no trained coefficient, bias or activation; tanh is not scaled to
    1.7159·tanh(2x/3); logits for a softmax replace the radial basis functions.

    Args:
        input_shape: (height, width, channels) of one image, at least 28 pixels a side; floats in
            [0, 1].
        num_classes: number of classes, or of numbers to predict.
        activation: name of the activation of c1, c3, c5 and f6, one of
            `keras_dl.activations.ACTIVATIONS`.
        pooling: "average" as in the paper, or "max".
        dropout: share of the outputs of c5 and of f6 dropped in training, in [0, 1).
        batch_norm: whether to normalize c1, c3, c5 and f6 before the activation, without biases.
        initializer: name of the kernels' initializer, one of
            `keras_dl.initializers.INITIALIZERS`: "glorot_uniform" for tanh, "he_normal" for the
            ReLU family.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers c1, s2, c3, s4, c5, f6 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, Proc. IEEE 86(11), doi:10.1109/5.726791, section II.B and figure 2.
    """
    check_image_shape(input_shape, smallest=28)
    check_outputs(num_classes)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("pooling", pooling, ("average", "max"))
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)

    check_penalty("weight_decay", weight_decay)

    options = partial(layer_options, activation, batch_norm, initializer, weight_decay)
    pool = keras.layers.AveragePooling2D if pooling == "average" else keras.layers.MaxPooling2D
    finish = partial(normalize, activation=activation, batch_norm=batch_norm)

    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Conv2D(6, 5, padding=_border(input_shape), name="c1", **options())(inputs)
    x = pool(2, name="s2")(finish(x, "c1"))
    x = finish(keras.layers.Conv2D(16, 5, name="c3", **options())(x), "c3")
    x = pool(2, name="s4")(x)
    x = finish(keras.layers.Conv2D(120, 5, name="c5", **options())(x), "c5")
    x = keras.layers.GlobalAveragePooling2D(name="c5_mean")(x)
    x = drop(x, "c5", dropout)
    x = finish(keras.layers.Dense(84, name="f6", **options())(x), "f6")
    x = drop(x, "f6", dropout)
    logits = logits_layer(num_classes, initializer, weight_decay)(x)
    return keras.Model(inputs, logits, name=name)


def lenet5_1998(
    input_shape: Sequence[int] = (32, 32, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    sparse: bool = True,
    rbf: bool = True,
    dropout: float = 0.0,
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "lenet5_1998",
) -> keras.Model:
    """LeNet-5 of 1998: sparse `c3`, trained subsampling, scaled tanh, distances as output.

    Images of 28 to 31 pixels are zero-padded at `c1` ('same'), which replaces the border of the
    paper's 32×32 input. `c5` is averaged over its positions before `f6`, one up to 35 pixels.

    Differences from the paper: the subsampling's coefficient multiplies the average, not the sum,
    of four inputs; the bitmaps of the digits, the codes of the output layer, are drawn for this
    package; the logits are negative distances, for a cross-entropy without rubbish class.

    Args:
        input_shape: (height, width, channels) of one image, at least 28 pixels a side; the paper
            has -0.1 for the background and 1.175 for the ink.
        num_classes: number of classes, at least 2; other numbers than 10 use fixed codes of
            random ±1 instead of the digits' bitmaps.
        activation: name of the activation of every layer up to f6, one of
            `keras_dl.activations.ACTIVATIONS`. The codes ±1 must lie within its range.
        sparse: False connects every map of s2 to every map of c3.
        rbf: False replaces the distances by a linear layer.
        dropout: share of the outputs of c5 dropped in training, in [0, 1).
        initializer: name of the kernels' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers c1, s2, c3, s4, c5, f6 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        LeCun, Bottou, Bengio and Haffner, 1998, Gradient-based learning applied to document
        recognition, Proc. IEEE 86(11), doi:10.1109/5.726791, section II.B, figures 2 and 3, table I
        and appendix A.
    """
    check_image_shape(input_shape, smallest=28)
    check_classes(num_classes)
    check_choice("activation", activation, ACTIVATIONS)
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)

    function = get_activation(activation)
    options = partial(layer_options, activation, False, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Conv2D(6, 5, padding=_border(input_shape), name="c1", **options())(inputs)
    x = TrainableSubsampling(2, function, name="s2")(x)
    table = C3_CONNECTIONS if sparse else (tuple(range(6)),) * 16
    x = SparseMapConv2D(
        table,
        5,
        activation=function,
        kernel_initializer=make_initializer(initializer),
        kernel_regularizer=penalty(weight_decay),
        name="c3",
    )(x)
    x = TrainableSubsampling(2, function, name="s4")(x)
    x = keras.layers.Conv2D(120, 5, name="c5", **options())(x)
    x = keras.layers.GlobalAveragePooling2D(name="c5_mean")(x)
    x = drop(x, "c5", dropout)
    x = keras.layers.Dense(84, name="f6", **options())(x)
    if rbf:
        output = RBFOutput(_codes(num_classes), dtype="float32", name="logits")
    else:
        output = logits_layer(num_classes, initializer, weight_decay)
    return keras.Model(inputs, output(x), name=name)


def _border(input_shape: Sequence[int]) -> str:
    return "same" if min(input_shape[:2]) < 32 else "valid"


def _codes(num_classes: int) -> list[list[int]] | None:
    if num_classes == 10:
        return None  # the digits
    # 84 random signs: two of a thousand classes differ in about 20 places or more.
    return np.random.default_rng(0).choice((-1, 1), (num_classes, 84)).tolist()
