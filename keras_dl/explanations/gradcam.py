"""Grad-CAM: the positions of the last convolution that a class score depends on."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.backend.gradients import gradients
from keras_dl.explanations._layers import add_at, choose_layer, layer_output
from keras_dl.explanations._logits import (
    BATCH,
    as_images,
    class_logits,
    logits_only,
    resolve_targets,
    target_score,
)

__all__ = ["gradcam"]


def gradcam(
    model: keras.Model,
    images: Any,
    targets: int | Sequence[int] | None = None,
    *,
    layer: str | None = None,
) -> np.ndarray:
    """Computes the maps of a layer, weighted by the mean gradient of each, where positive.

    Args:
        model: a classifier.
        images: (n, height, width, channels) in the units of the model's inputs.
        targets: class number, one for all images or one for each; None: the predicted one.
        layer: name of the layer; None: the last one with maps, after its activation.

    Returns:
        (n, rows, columns) of the layer, 0 or more.

    Raises:
        ValueError: if the images, targets or the layer do not fit the model.

    Reference:
        Selvaraju et al., 2017, Grad-CAM, equations 1 and 2.
    """
    x = as_images(model, images)
    labels = resolve_targets(class_logits(model, x), targets)
    place = choose_layer(model, x, layer)
    parts = []
    with logits_only(model):
        for start in range(0, len(x), BATCH):
            parts.append(
                _maps(model, x[start : start + BATCH], labels[start : start + BATCH], place)
            )
    return np.concatenate(parts)


def _maps(model: keras.Model, x: np.ndarray, targets: np.ndarray, layer: keras.Layer) -> np.ndarray:
    tensor = ops.convert_to_tensor(x)
    maps = np.asarray(ops.convert_to_numpy(ops.cast(layer_output(model, tensor, layer), "float32")))

    def score(added: list[Any]) -> Any:
        return add_at(layer, added[0], lambda: target_score(model, tensor, targets))

    (slopes,) = gradients(score, [np.zeros_like(maps)])
    weights = slopes.mean(axis=(1, 2), keepdims=True)
    return np.maximum((weights * maps).sum(axis=-1), 0.0)
