"""The five nets of LeCun's digit experiment of 1989, and the zip-code net of that year."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.activations import get_activation
from keras_dl.initializers import make_initializer
from keras_dl.layers import LocallyConnected2D, SparseMapConv2D, UnsharedBiasConv2D
from keras_dl.models._blocks import drop, layer_options, logits_layer, penalty
from keras_dl.models._check import (
    ACTIVATIONS,
    INITIALIZERS,
    check_choice,
    check_classes,
    check_image_shape,
    check_penalty,
    check_rate,
    check_real,
)

__all__ = ["PUBLISHED", "lecun1989", "net1", "net2", "net3", "net4", "net5"]

PUBLISHED = {
    "net1": {
        "trainable_parameters": 2_570,
        "links": 2_570,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"logits": (10,)},
        "published": ("trainable_parameters", "links"),
        "source": "LeCun 1989, Generalization and network design strategies: single layer, 80 %",
    },
    "net2": {
        "trainable_parameters": 3_214,
        "links": 3_214,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"hidden1": (12,), "logits": (10,)},
        "published": ("trainable_parameters", "links"),
        "source": "257·12 + 13·10, as in Hastie et al., table 11.1; LeCun 1989 prints 3,240, a "
        "slip; two layers, 87 %",
    },
    "net3": {
        "trainable_parameters": 1_226,
        "links": 1_226,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"hidden1": (8, 8, 1), "hidden2": (4, 4, 1), "logits": (10,)},
        "published": ("trainable_parameters", "links"),
        "source": "LeCun 1989: locally connected, 88.5 %; 64·10 + 16·26 + 170",
    },
    "net4": {
        "trainable_parameters": 1_132,
        "links": 2_266,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"hidden1": (8, 8, 2), "hidden2": (4, 4, 1), "logits": (10,)},
        "published": ("trainable_parameters", "links"),
        "source": "LeCun 1989: constrained, 94 %; weights 2·9 + 128 + 16·51 + 170, links "
        "2·64·10 + 16·51 + 170",
    },
    "net5": {
        "trainable_parameters": 1_060,
        "links": 5_194,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"hidden1": (8, 8, 2), "hidden2": (4, 4, 4), "logits": (10,)},
        "published": ("trainable_parameters", "links"),
        "source": "LeCun 1989: constrained 2, 98.4 %; weights 2·9 + 128 + 4·50 + 64 + 650, links "
        "2·64·10 + 4·16·51 + 650",
    },
    "lecun1989": {
        "trainable_parameters": 9_760,
        "links": 64_660,
        "units": 1_256,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {"h1": (8, 8, 12), "h2": (4, 4, 12), "h3": (30,), "logits": (10,)},
        "published": ("trainable_parameters", "links", "units"),
        "source": "LeCun et al. 1989, section 3: 1256 units, 64,660 connections, 9760 independent "
        "parameters, 1,068 + 2,592 + 5,790 + 310",
    },
}

# The paper does not state which 8 of 12; three overlapping blocks are Karpathy's guess of 2022.
H2_CONNECTIONS = (
    *((0, 1, 2, 3, 4, 5, 6, 7),) * 4,
    *((4, 5, 6, 7, 8, 9, 10, 11),) * 4,
    *((0, 1, 2, 3, 8, 9, 10, 11),) * 4,
)


def net1(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "net1",
) -> keras.Model:
    """Net-1: every pixel connected to every output.

    Difference from the paper, in all five nets: logits for a cross-entropy instead of squashed
    outputs and squared error.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side.
        num_classes: number of classes, at least 2.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if an image is too small, a penalty negative or a name unknown.

    Reference:
        LeCun, 1989, Generalization and network design strategies, Connectionism in Perspective.
        Hastie, Tibshirani and Friedman, 2009, The elements of statistical learning, section 11.7,
        figure 11.10 and table 11.1.
    """
    _check_image_net(input_shape, num_classes, "linear", initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def net2(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "net2",
) -> keras.Model:
    """Net-2: twelve hidden units, `hidden1`, connected to every pixel.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side.
        num_classes: number of classes, at least 2.
        activation: name of the hidden units' activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if an image is too small, a penalty negative or a name unknown.

    Reference:
        LeCun, 1989, as `net1`.
    """
    _check_image_net(input_shape, num_classes, activation, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Flatten(name="flatten")(inputs)
    options = layer_options(activation, False, initializer, weight_decay)
    x = keras.layers.Dense(12, name="hidden1", **options)(x)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def net3(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "net3",
) -> keras.Model:
    """Net-3: two locally connected layers, `hidden1` of 3×3 and `hidden2` of 5×5 with stride 2.

    Borders are padded with zeros.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side.
        num_classes: number of classes, at least 2.
        activation: name of the hidden units' activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if an image is too small, a penalty negative or a name unknown.

    Reference:
        LeCun, 1989, as `net1`.
    """
    _check_image_net(input_shape, num_classes, activation, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    settings = (activation, initializer, weight_decay)
    x = LocallyConnected2D(1, 3, 2, "same", name="hidden1", **_options(*settings))(inputs)
    x = LocallyConnected2D(1, 5, 2, "same", name="hidden2", **_options(*settings))(x)
    x = keras.layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def net4(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "net4",
) -> keras.Model:
    """Net-4: as Net-3, but `hidden1` is two maps with one 3×3 kernel each and a bias per unit.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side.
        num_classes: number of classes, at least 2.
        activation: name of the hidden units' activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if an image is too small, a penalty negative or a name unknown.

    Reference:
        LeCun, 1989, as `net1`.
    """
    _check_image_net(input_shape, num_classes, activation, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    settings = (activation, initializer, weight_decay)
    x = UnsharedBiasConv2D(2, 3, 2, "same", name="hidden1", **_options(*settings))(inputs)
    x = LocallyConnected2D(1, 5, 2, "same", name="hidden2", **_options(*settings))(x)
    x = keras.layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def net5(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "net5",
) -> keras.Model:
    """Net-5: as Net-4, but `hidden2` is four maps with 5×5 kernels and a bias per unit.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side.
        num_classes: number of classes, at least 2.
        activation: name of the hidden units' activation, one of `keras_dl.activations.ACTIVATIONS`.
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer, a penalty not a number or a name not a string.
        ValueError: if an image is too small, a penalty negative or a name unknown.

    Reference:
        LeCun, 1989, as `net1`.
    """
    _check_image_net(input_shape, num_classes, activation, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    settings = (activation, initializer, weight_decay)
    x = UnsharedBiasConv2D(2, 3, 2, "same", name="hidden1", **_options(*settings))(inputs)
    x = UnsharedBiasConv2D(4, 5, 2, "same", name="hidden2", **_options(*settings))(x)
    x = keras.layers.Flatten(name="flatten")(x)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)


def lecun1989(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    activation: str = "scaled_tanh",
    output_activation: str = "linear",
    background: float = -1.0,
    dropout: float = 0.0,
    initializer: str = "lecun_1989",
    weight_decay: float = 0.0,
    name: str = "lecun1989",
) -> keras.Model:
    """The zip-code net: h1 and h2 with 5×5 kernels and stride 2, h3 of 30 units, ten outputs.

    Strides subsample instead of pooling. Every unit of a map has a separate bias. Each map of h2
    reads 8 of the 12 maps of h1.

    Differences from the paper: it does not state which 8 of the 12 maps, so the connections are a
    guess; logits instead of squashed outputs, unless `output_activation` is set.

    Args:
        input_shape: (height, width, channels) of one image, at least 8 pixels a side; floats in
            [-1, 1], background -1.
        num_classes: number of classes, at least 2.
        activation: name of the activation of h1, h2 and h3, one of
            `keras_dl.activations.ACTIVATIONS`.
        output_activation: name of the output's activation; "scaled_tanh" with targets ±1 and
            squared error is the paper's, "linear" gives logits.
        background: padding value around the image and the maps of h1; -1 in the paper.
        dropout: share of the outputs of h3 dropped in training, in [0, 1).
        initializer: name of the weights' initializer, one of `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on every kernel.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers h1, h2, h3 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative or a name
            unknown.

    Reference:
        LeCun et al., 1989, Backpropagation applied to handwritten zip code recognition, Neural
        Computation 1(4), section 3.3 and figure 3. Karpathy, 2022, Deep neural nets: 33 years ago
        and 33 years from now, for the guess.
    """
    _check_image_net(input_shape, num_classes, activation, initializer, weight_decay)
    check_choice("output_activation", output_activation, ACTIVATIONS)
    check_real("background", background, "it is the padding value around the image")
    check_rate("dropout", dropout)

    settings = (activation, initializer, weight_decay)
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = _pad(inputs, background)
    x = UnsharedBiasConv2D(12, 5, 2, name="h1", **_options(*settings))(x)
    x = _pad(x, background)
    x = SparseMapConv2D(H2_CONNECTIONS, 5, 2, bias="unit", name="h2", **_options(*settings))(x)
    x = keras.layers.Flatten(name="flatten")(x)
    options = layer_options(activation, False, initializer, weight_decay)
    x = keras.layers.Dense(30, name="h3", **options)(x)
    x = drop(x, "h3", dropout)
    logits = logits_layer(num_classes, initializer, weight_decay, output_activation)(x)
    return keras.Model(inputs, logits, name=name)


def _pad(x: Any, value: float) -> Any:
    border = (2, 2)
    return ops.pad(x, ((0, 0), border, border, (0, 0)), constant_values=value)


def _options(activation: str, initializer: str, weight_decay: float) -> dict[str, Any]:
    return {
        "activation": get_activation(activation),
        "kernel_initializer": make_initializer(initializer),
        "kernel_regularizer": penalty(weight_decay),
    }


def _check_image_net(
    input_shape: Sequence[int],
    num_classes: int,
    activation: str,
    initializer: str,
    weight_decay: float,
) -> None:
    check_image_shape(input_shape, smallest=8)
    check_classes(num_classes)
    check_choice("activation", activation, ACTIVATIONS)
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)
