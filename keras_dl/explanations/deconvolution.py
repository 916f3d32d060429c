"""Deconvnet and guided backpropagation: views in pixels of what classes and filters react to."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.backend.gradients import gradients
from keras_dl.explanations._layers import choose_layer, layer_output
from keras_dl.explanations._logits import (
    BATCH,
    as_images,
    class_logits,
    input_gradient,
    resolve_targets,
)
from keras_dl.explanations._rectifiers import RULES, modified_rectifiers
from keras_dl.explanations.feature_maps import feature_maps
from keras_dl.utils.checks import check_choice, check_count

__all__ = ["backproject", "deconvnet", "guided_backprop", "strongest"]


def backproject(
    model: keras.Model, images: Any, signal: Any, *, layer: str, rule: str = "deconvnet"
) -> np.ndarray:
    """Passes a signal at a layer down to the pixels.

    Convolutions become their transposes, max pooling puts values back to where the maxima were,
    and ReLU is applied to the signal.

    Args:
        model: any image model.
        images: (n, height, width, channels), which set the maxima of the pooling.
        signal: (n, rows, columns, filters), of the shape of the layer's output.
        layer: name of the layer.
        rule: backward pass of ReLU: "deconvnet", "guided", or "linear" for none at all.

    Returns:
        (n, height, width, channels).

    Raises:
        ValueError: if the shapes do not fit, or there is no such layer.

    Reference:
        Zeiler and Fergus, 2014, Visualizing and Understanding Convolutional Networks, section 2.1.
    """
    x = as_images(model, images)
    check_choice("rule", rule, RULES)
    place, values = choose_layer(model, x, layer), np.asarray(signal, "float32")
    shape = tuple(layer_output(model, ops.convert_to_tensor(x[:1]), place).shape[1:])
    if values.shape != (len(x), *shape):
        raise ValueError(
            f"`signal` must have the shape of the layer's output, {(len(x), *shape)}. "
            f"Received: shape={values.shape}"
        )

    def score(inputs: list[Any], part: np.ndarray) -> Any:
        with modified_rectifiers(model, rule):
            output: Any = ops.cast(layer_output(model, inputs[0], place), "float32")
            return ops.sum(output * ops.convert_to_tensor(part))

    parts = []
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        parts += gradients(lambda inputs, rows=rows: score(inputs, values[rows]), [x[rows]])
    return np.concatenate(parts)


def deconvnet(
    model: keras.Model,
    images: Any,
    targets: int | Sequence[int] | None = None,
    *,
    layer: str | None = None,
    unit: int | None = None,
) -> np.ndarray:
    """Computes the deconvnet view of a class, or of a filter's strongest activation.

    Args:
        model: a classifier; with `layer` any image model.
        images: (n, height, width, channels) in the units of the model's inputs.
        targets: class number, one for all images or one for each; None: the predicted one. Only
            without `layer`.
        layer: name of the layer whose filter is shown; None: a class is.
        unit: number of the filter; None: in each image the one with the strongest activation.

    Returns:
        (n, height, width, channels).

    Raises:
        ValueError: if the images, targets, layer or unit do not fit the model.

    Reference:
        Zeiler and Fergus, 2014, Visualizing and Understanding Convolutional Networks, section 2.1.
    """
    return _view(model, images, targets, layer, unit, "deconvnet")


def guided_backprop(
    model: keras.Model,
    images: Any,
    targets: int | Sequence[int] | None = None,
    *,
    layer: str | None = None,
    unit: int | None = None,
) -> np.ndarray:
    """Computes the view of a class or filter by guided backpropagation.

    Args:
        model: a classifier, nested or flat.
        images: inputs of the model (n, height, width, channels).
        targets: class numbers, one or (n,); None: the most probable ones. Ignored with a layer.
        layer: name of a layer with maps; None: a class is viewed.
        unit: filter of the layer; None: the strongest one of each image.

    Returns:
        An array of the shape of `images`.

    Reference:
        Springenberg et al., 2015, Striving for Simplicity: The All Convolutional Net, section 3.4.
    """
    return _view(model, images, targets, layer, unit, "guided")


def _view(
    model: keras.Model, images: Any, targets: Any, layer: str | None, unit: int | None, rule: str
) -> np.ndarray:
    x = as_images(model, images)
    if layer is None:
        classes = resolve_targets(class_logits(model, x), targets)
        with modified_rectifiers(model, rule):
            return input_gradient(model, x, classes)
    return backproject(model, x, strongest(model, x, layer, unit), layer=layer, rule=rule)


def strongest(model: keras.Model, x: np.ndarray, layer: str, unit: int | None = None) -> np.ndarray:
    """Output of a layer with everything but one filter's largest activation set to 0.

    Args:
        model: any image model.
        x: checked images.
        layer: name of the layer.
        unit: number of the filter; None: the one with the largest activation in each image.

    Raises:
        ValueError: if there is no such filter.
    """
    maps = feature_maps(model, x, layer=layer)
    if unit is not None:
        check_count("unit", unit, f"it is a filter of layer {layer}", least=0)
        if unit >= maps.shape[-1]:
            raise ValueError(f"`unit` must be below {maps.shape[-1]}. Received: unit={unit}")
    candidates = (
        maps if unit is None else np.where(np.arange(maps.shape[-1]) == unit, maps, -np.inf)
    )
    flat = candidates.reshape(len(maps), -1).argmax(axis=1)
    peaks = np.zeros_like(maps).reshape(len(maps), -1)
    rows = np.arange(len(maps))
    peaks[rows, flat] = maps.reshape(len(maps), -1)[rows, flat]
    return peaks.reshape(maps.shape)
