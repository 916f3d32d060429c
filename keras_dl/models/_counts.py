"""Counts of units and links, in the convention of LeCun's papers."""

import math
from typing import Any

import keras

from keras_dl.layers import (
    LocallyConnected2D,
    RBFOutput,
    SparseMapConv2D,
    TrainableSubsampling,
    UnsharedBiasConv2D,
)
from keras_dl.utils.layers import leaf_layers

__all__ = ["links", "units"]

# A kernel of Keras ends with the units that it feeds; all before are the inputs of one unit.
_SHARED = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, UnsharedBiasConv2D)
_COUNTED = (*_SHARED, LocallyConnected2D, SparseMapConv2D, TrainableSubsampling, RBFOutput)


def units(model: keras.Model, *, inputs: bool = True) -> int:
    """Counts the units of a model: outputs of layers with weights, for one example.

    Args:
        model: a built model.
        inputs: whether to count the inputs too, as in LeCun's papers; AlexNet's "650,000 neurons"
            exclude them.

    Returns:
        Number of units.

    Raises:
        TypeError: if the length of the examples is not fixed.
    """
    counted: list[Any] = [
        layer.output for layer in leaf_layers(model) if isinstance(layer, _COUNTED)
    ]
    shapes = [x.shape[1:] for x in counted + (model.inputs if inputs else [])]
    if any(None in shape for shape in shapes):
        raise TypeError(f"`model` must take examples of one size. Received: {model.input_shape}")
    return sum(map(math.prod, shapes))


def links(model: keras.Model) -> int:
    """Counts the links of a model: inputs of every unit plus one for its bias, for one example.

    A link is counted at each position where its weight is used, so a convolution has many more
    links than weights. Padding counts: every unit has its full receptive field. Normalization,
    pooling without weights and additions have no links.

    Args:
        model: a built model.

    Returns:
        Number of links.

    Raises:
        TypeError: if the model has trained layers of a class that is not supported.
    """
    for layer in model.layers:
        supported = (*_COUNTED, keras.layers.BatchNormalization, keras.Model)
        if layer.trainable_weights and not isinstance(layer, supported):
            raise TypeError(
                "`model` must consist of layers whose links can be counted. "
                f"Received: a layer of class {type(layer).__name__}"
            )
    return sum(_links_of(layer) for layer in leaf_layers(model) if isinstance(layer, _COUNTED))


def _links_of(layer: Any) -> int:
    *positions, maps = layer.output.shape[1:]
    outputs = math.prod(positions) * maps
    if isinstance(layer, RBFOutput):
        return layer.codes.size
    if isinstance(layer, TrainableSubsampling):
        return outputs * (math.prod(layer.size) + 1)
    if isinstance(layer, LocallyConnected2D):
        return math.prod(layer.kernel.shape) + outputs
    if isinstance(layer, SparseMapConv2D):
        return math.prod(positions) * math.prod(layer.kernel.shape) + outputs
    inputs = math.prod(layer.kernel.shape[:-1])
    return outputs * (inputs + (layer.bias is not None))
