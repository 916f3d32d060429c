"""Counts of units and links, in the convention of LeCun's papers, and of multiply-adds."""

import math
from dataclasses import dataclass
from typing import Any

import keras

from keras_dl.layers import (
    LocallyConnected2D,
    RBFOutput,
    SkipGain,
    SparseMapConv2D,
    TrainableSubsampling,
    UnsharedBiasConv2D,
)
from keras_dl.utils.layers import leaf_layers

__all__ = ["Costs", "costs", "links", "units"]

# A kernel of Keras ends with the units that it feeds; all before are the inputs of one unit.
_SHARED = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, UnsharedBiasConv2D)
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose)
_MULTIPLIED = (
    *(*_SHARED, *_TRANSPOSED, keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D),
    *(LocallyConnected2D, SparseMapConv2D),
)
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


@dataclass(frozen=True)
class Costs:
    """What one example costs in a network.

    Attributes:
        trainable_parameters: number of trainable parameters.
        parameters: number including non-trainable ones, such as moving averages.
        multiply_adds: products of an input and a weight in convolutions and dense layers, padding
            included; each is followed by an addition. Biases, normalizations, activations, pooling
            and additions of branches are not counted, as in most papers. Some call this number
            FLOPs, others twice this number.
        activations: numbers that all layers output together.
        uncounted: classes of other layers with weights, normalizations aside.
    """

    trainable_parameters: int
    parameters: int
    multiply_adds: int
    activations: int
    uncounted: tuple[str, ...]

    @property
    def parameter_bytes(self) -> int:
        """Memory of all parameters in float32, in bytes; Adam's training takes four times as much.

        The four are weights, gradients and two moments.
        """
        return 4 * self.parameters

    @property
    def activation_bytes(self) -> int:
        """Memory of the outputs of all layers in float32 for one example, in bytes.

        A training step keeps most of them for each example of the batch until the backward pass;
        inference frees each after its last use.
        """
        return 4 * self.activations


def costs(model: keras.Model) -> Costs:
    """Counts what one example costs in a model, from its graph and without running it.

    Args:
        model: a built functional model for examples of one size, nested models included.

    Raises:
        TypeError: if the size of the examples is not fixed.
    """
    layers: list[Any] = [
        x for x in leaf_layers(model) if not isinstance(x, keras.layers.InputLayer)
    ]
    norms = (keras.layers.BatchNormalization, keras.layers.Normalization)
    covered = (*_MULTIPLIED, *norms, SkipGain)
    return Costs(
        sum(math.prod(w.shape) for w in model.trainable_weights),
        model.count_params(),
        sum(_multiply_adds_of(layer) for layer in layers if isinstance(layer, _MULTIPLIED)),
        sum(math.prod(_size(shape)) for layer in layers for shape in _output_shapes(layer)),
        tuple(
            sorted({type(x).__name__ for x in layers if x.weights and not isinstance(x, covered)})
        ),
    )


def _multiply_adds_of(layer: Any) -> int:
    weights = math.prod(layer.kernel.shape)
    if isinstance(layer, LocallyConnected2D):
        return weights
    tensor: Any = layer.input if isinstance(layer, _TRANSPOSED) else layer.output
    return weights * math.prod(_size(tensor.shape)[:-1])


def _output_shapes(layer: Any) -> list[tuple[int | None, ...]]:
    outputs: list[Any] = keras.tree.flatten(layer.output)
    return [output.shape for output in outputs]


def _size(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    sizes = tuple(size for size in shape[1:] if size is not None)
    if len(sizes) < len(shape) - 1:
        raise TypeError(f"`model` must take examples of one size. Received: {shape[1:]}")
    return sizes
