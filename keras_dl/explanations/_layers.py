"""Inner layers of models, nested or flat: their outputs, and gradients that pass through them."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.explanations._logits import BATCH
from keras_dl.utils.layers import layer_hooks, leaf_layers
from keras_dl.utils.matching import did_you_mean

__all__ = [
    "add_at",
    "choose_layer",
    "image_layers",
    "in_batches",
    "layer_output",
    "outputs_of",
]


def image_layers(model: keras.Model, images: np.ndarray) -> dict[str, tuple[int, int, int]]:
    """Returns the layers with maps as outputs, in the order in which they are computed.

    Args:
        model: nested models are searched too.
        images: in the units of the model's inputs; the first one is used.

    Returns:
        Name → (rows, columns, filters), with more than one position.
    """
    layers, found = leaf_layers(model), dict[str, tuple[int, int, int]]()

    def record(index: int, output: Any) -> Any:
        shape = getattr(output, "shape", ())
        if len(shape) == 4 and shape[1] * shape[2] > 1:
            found.setdefault(layers[index].name, tuple(shape[1:]))
        return output

    with layer_hooks(layers, record):
        model(ops.convert_to_tensor(images[:1]), training=False)
    return found


def choose_layer(model: keras.Model, images: np.ndarray, name: str | None) -> keras.Layer:
    """Returns a layer with maps.

    Args:
        model: nested or flat.
        images: inputs of the model (n, …); the first one is passed through it.
        name: of the layer; None: the last one with maps, after its activation.

    Raises:
        ValueError: if there is no such layer, or the model computes no maps.
    """
    maps = image_layers(model, images)
    if not maps:
        raise ValueError(
            "`model` must have layers with maps (n, rows, columns, filters). "
            f"Received: model {model.name!r}"
        )
    name = list(maps)[-1] if name is None else name
    if name not in maps:
        raise ValueError(
            f"`layer` must name a layer with maps: {', '.join(maps)}.{did_you_mean(name, maps)} "
            f"Received: layer={name!r}"
        )
    return next(layer for layer in leaf_layers(model) if layer.name == name)


def layer_output(model: keras.Model, x: Any, layer: keras.Layer) -> Any:
    """Returns the output of a layer, a tensor through which gradients pass.

    Args:
        model: nested or flat.
        x: inputs of the model, as a tensor.
        layer: one of its layers.
    """
    return outputs_of(model, x, [layer])[0]


def outputs_of(model: keras.Model, x: Any, layers: Sequence[keras.Layer]) -> list[Any]:
    """Returns the outputs of several layers as tensors, in the order of `layers`.

    Args:
        model: nested or flat.
        x: inputs of the model, as a tensor.
        layers: of the model.
    """
    outputs: dict[int, Any] = {}

    def record(index: int, output: Any) -> Any:
        outputs[index] = output
        return output

    with layer_hooks(layers, record):
        model(x, training=False)
    return [outputs[index] for index in range(len(layers))]


def add_at(layer: keras.Layer, added: Any, function: Callable[[], Any]) -> Any:
    """Calls a function while a tensor is added to the output of a layer.

    The derivative by a tensor of zeros is that by the output.

    Args:
        layer: a layer of the model that `function` calls.
        added: tensor of the shape of its output.
        function: calls the model.
    """
    with layer_hooks([layer], lambda _, output: output + ops.cast(added, output.dtype)):
        return function()


def in_batches(function: Callable[[np.ndarray], np.ndarray], images: np.ndarray) -> np.ndarray:
    """Concatenates the results for batches of images."""
    starts = range(0, len(images), BATCH)
    return np.concatenate([function(images[start : start + BATCH]) for start in starts])
