"""The neocognitron: alternating layers of S-cells and C-cells."""

from collections.abc import Sequence

import keras

from keras_dl.layers import ComplexCells2D, SimpleCells2D
from keras_dl.models._blocks import drop, logits_layer
from keras_dl.models._check import (
    INITIALIZERS,
    check_choice,
    check_classes,
    check_count,
    check_image_shape,
    check_penalty,
    check_rate,
    check_real,
)

__all__ = ["PUBLISHED", "neocognitron"]

PUBLISHED = {
    "neocognitron": {
        "trainable_parameters": 20_506,
        "input_shape": (16, 16, 1),
        "num_classes": 10,
        "output_shapes": {
            "s1": (16, 16, 24),
            "c1": (10, 10, 24),
            "s2": (8, 8, 24),
            "c2": (6, 6, 24),
            "s3": (2, 2, 24),
            "c3": (1, 1, 24),
            "logits": (10,),
        },
        "source": "sizes of the planes: Fukushima 1980, section 4; fields chosen to give them, "
        "count by arithmetic: s1 624 + s2 5,208 + s3 14,424 + logits 250",
    },
}


def neocognitron(
    input_shape: Sequence[int] = (16, 16, 1),
    num_classes: int = 10,
    *,
    planes: int = 24,
    selectivity: float = 4.0,
    dropout: float = 0.0,
    initializer: str = "glorot_uniform",
    weight_decay: float = 0.0,
    name: str = "neocognitron",
) -> keras.Model:
    """Three pairs of layers: S-cells detect patterns, C-cells tolerate their shifts.

    Differences from the paper: the net is trained with labels by back-propagation and has a linear
    classification layer; the paper trains without supervision and predicts the most active plane of
    `c3`. Receptive fields of 5, 3 and 5 pixels for S-cells and 7, 3 and 2 for C-cells give planes
    of the paper's sizes without subsampling.

    Args:
        input_shape: (height, width, channels) of one image, at least 16 pixels a side; floats in
            [0, 1], 0 for the background. Larger images give larger planes, averaged after `c3`.
        num_classes: number of classes, at least 2.
        planes: number of planes in each layer.
        selectivity: r of the S-cells.
        dropout: share of the outputs of c3 dropped in training, in [0, 1).
        initializer: name of the last layer's initializer, one of
            `keras_dl.initializers.INITIALIZERS`.
        weight_decay: λ of the penalty λ/2·‖w‖² on the last layer.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, height, width, channels) to float32 logits
        (batch, num_classes), with layers s1, c1, s2, c2, s3, c3 and logits.

    Raises:
        TypeError: if a size is not an integer, a rate not a number or a name not a string.
        ValueError: if an image is too small, a rate outside [0, 1), a penalty negative,
            `selectivity` not positive or a name unknown.

    Reference:
        Fukushima, 1980, Neocognitron: a self-organizing neural network model for a mechanism of
        pattern recognition unaffected by shift in position, Biological Cybernetics 36, 193-202.
    """
    check_image_shape(input_shape, smallest=16)
    check_classes(num_classes)
    check_count("planes", planes, "it is the number of planes in each layer")
    check_real("selectivity", selectivity, "it sets how closely a pattern must match")
    check_rate("dropout", dropout)
    check_choice("initializer", initializer, INITIALIZERS)
    check_penalty("weight_decay", weight_decay)

    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = SimpleCells2D(planes, 5, selectivity, "same", name="s1")(inputs)
    x = ComplexCells2D(7, name="c1")(x)
    x = SimpleCells2D(planes, 3, selectivity, name="s2")(x)
    x = ComplexCells2D(3, name="c2")(x)
    x = SimpleCells2D(planes, 5, selectivity, name="s3")(x)
    x = ComplexCells2D(2, name="c3")(x)
    x = keras.layers.GlobalAveragePooling2D(name="c3_mean")(x)
    x = drop(x, "c3", dropout)
    return keras.Model(inputs, logits_layer(num_classes, initializer, weight_decay)(x), name=name)
