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
    """Number of units: outputs of layers that weigh their inputs, for one example.

    Args:
        model: a built model.
        inputs: count the inputs too, as LeCun's papers do; AlexNet's "650,000 neurons" are without.

    Raises:
        TypeError: if examples may be of any length.
    """
    counted = [layer.output for layer in leaf_layers(model) if isinstance(layer, _COUNTED)]
    shapes = [x.shape[1:] for x in counted + (model.inputs if inputs else [])]
    if any(None in shape for shape in shapes):
        raise TypeError(f"`model` must take examples of one size. Received: {model.input_shape}")
    return sum(map(math.prod, shapes))


def links(model: keras.Model) -> int:
    """Number of links: inputs of every unit, plus one for its bias, for one example.

    A link is counted at each place where it is used, shared weight or not; so that a convolution
    has many more links than weights. At the border, what lies in the padding counts as well: every
    unit has its whole receptive field. Normalisation, plain pooling and additions have no links.

    Raises:
        TypeError: if the model has trained layers of a class that this function does not know.
    """
    for layer in model.layers:
        known = (*_COUNTED, keras.layers.BatchNormalization, keras.Model)
        if layer.trainable_weights and not isinstance(layer, known):
            raise TypeError(
                "`model` must consist of layers whose links are known. "
                f"Received: a layer of class {type(layer).__name__}"
            )
    return sum(_links_of(layer) for layer in leaf_layers(model) if isinstance(layer, _COUNTED))


def _links_of(layer: Any) -> int:
    *places, maps = layer.output.shape[1:]
    outputs = math.prod(places) * maps
    if isinstance(layer, RBFOutput):
        return layer.codes.size
    if isinstance(layer, TrainableSubsampling):
        return outputs * (math.prod(layer.size) + 1)
    if isinstance(layer, LocallyConnected2D):
        return math.prod(layer.kernel.shape) + outputs
    if isinstance(layer, SparseMapConv2D):
        return math.prod(places) * math.prod(layer.kernel.shape) + outputs
    inputs = math.prod(layer.kernel.shape[:-1])
    return outputs * (inputs + (layer.bias is not None))
