"""Outputs of inner layers as maps, and kernels of the first convolution."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.explanations._layers import choose_layer, image_layers, in_batches, layer_output
from keras_dl.explanations._logits import as_images
from keras_dl.utils.layers import leaf_layers

__all__ = ["blocks", "feature_maps", "filters"]


def feature_maps(model: keras.Model, images: Any, *, layer: str | None = None) -> np.ndarray:
    """Computes the output of a layer.

    Args:
        model: any image model.
        images: (n, height, width, channels) in the units of the model's inputs.
        layer: name of the layer; None: the last one with maps.

    Returns:
        (n, rows, columns, filters).

    Raises:
        ValueError: if the images or the layer do not fit the model.
    """
    x = as_images(model, images)
    place = choose_layer(model, x, layer)

    def outputs(part: np.ndarray) -> np.ndarray:
        output = layer_output(model, ops.convert_to_tensor(part), place)
        return np.asarray(ops.convert_to_numpy(ops.cast(output, "float32")))

    return in_batches(outputs, x)


def blocks(model: keras.Model, images: np.ndarray) -> list[str]:
    """Returns the last layer of each resolution, the names of a net's blocks in order.

    Args:
        model: any image model.
        images: checked images.
    """
    padding = {p.name for p in leaf_layers(model) if isinstance(p, keras.layers.ZeroPadding2D)}
    names: dict[tuple[int, int], str] = {}
    for name, (rows, columns, _) in image_layers(model, images).items():
        if name not in padding:
            names[rows, columns] = name
    return list(names.values())


def filters(model: keras.Model, *, layer: str | None = None) -> np.ndarray:
    """Returns the kernel of a convolution.

    Args:
        model: any image model; nested models are searched too.
        layer: name of the layer; None: the first convolution.

    Returns:
        (height, width, channels, filters); (height, width, channels, multiplier) of a depthwise
        convolution.

    Raises:
        ValueError: if there is no such convolution.
    """
    kernels = {
        place.name: kernel
        for place in leaf_layers(model)
        if (kernel := getattr(place, "kernel", None)) is not None and len(kernel.shape) == 4
    }
    if not kernels or (layer is not None and layer not in kernels):
        raise ValueError(
            f"`layer` must name a convolution: {', '.join(kernels) or 'the model has none'}. "
            f"Received: layer={layer!r}"
        )
    return np.asarray(ops.convert_to_numpy(kernels[layer or next(iter(kernels))]))
