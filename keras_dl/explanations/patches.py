"""Image patches that filters react to most, with their deconvnet views."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_dl.explanations._layers import choose_layer
from keras_dl.explanations._logits import as_images
from keras_dl.explanations.deconvolution import backproject, strongest
from keras_dl.explanations.feature_maps import feature_maps
from keras_dl.utils.checks import check_count

__all__ = ["Patches", "choose_units", "top_patches"]


@dataclass(frozen=True)
class Patches:
    """What filters of a layer react to most.

    Attributes:
        layer: name of the layer.
        units: numbers of the filters.
        patches: parts of images, (units, count, size, size, channels) in the images' units.
        views: deconvnet views of the same parts, of the same shape.
        images: numbers of the images, (units, count).
        activations: of the filters there, (units, count), largest first.
    """

    layer: str
    units: tuple[int, ...]
    patches: np.ndarray
    views: np.ndarray
    images: np.ndarray
    activations: np.ndarray


def top_patches(
    model: keras.Model,
    images: Any,
    *,
    layer: str | None = None,
    units: Sequence[int] = (),
    count: int = 9,
) -> Patches:
    """Finds the images in which a filter is strongest, and cuts out what it sees there.

    A patch is the smallest square of one size for all that holds the pixels with an influence on
    the activation: the receptive field, moved into the image.

    Args:
        model: any image model.
        images: (n, height, width, channels) in the units of the model's inputs.
        layer: name of the layer; None: the last one with maps.
        units: numbers of the filters; empty: the six that vary most between images.
        count: patches for each filter, each of another image; fewer if there are fewer images.

    Returns:
        The patches, with their views, images and activations.

    Raises:
        ValueError: if the images, layer or units do not fit the model.

    Reference:
        Zeiler and Fergus, 2014, Visualizing and Understanding Convolutional Networks, figure 2.
    """
    x = as_images(model, images)
    check_count("count", count, "patches for each filter")
    name = choose_layer(model, x, layer).name
    peaks = feature_maps(model, x, layer=name).max(axis=(1, 2))
    units = choose_units(peaks, units)
    best = np.argsort(-peaks[:, units], axis=0, kind="stable")[:count].T  # (units, count)
    found = [_look(model, x[rows], name, unit) for unit, rows in zip(units, best, strict=True)]
    size = max(max(b - a for a, b in box) for boxes, _ in found for box in boxes)
    size = min(size, *x.shape[1:3])
    cut = [_cut(x[rows], boxes, size) for rows, (boxes, _) in zip(best, found, strict=True)]
    views = [_cut(view, boxes, size) for boxes, view in found]
    strength = np.stack([peaks[rows, unit] for unit, rows in zip(units, best, strict=True)])
    return Patches(name, tuple(units), np.stack(cut), np.stack(views), best, strength)


def choose_units(peaks: np.ndarray, units: Sequence[int], most: int = 6) -> list[int]:
    """Returns the given filters, or those whose peak stands out most among images, by number.

    Args:
        peaks: largest activation by image and filter, (n, filters).
        units: numbers of filters.
        most: filters to choose.

    Raises:
        ValueError: if a filter does not exist.
    """
    filters = peaks.shape[1]
    for unit in units:
        if not 0 <= unit < filters:
            raise ValueError(f"`units` must be from 0 to {filters - 1}. Received: {unit}")
    highest = peaks.max(axis=0)
    order = np.lexsort((-highest, peaks.mean(axis=0) - highest))
    return [int(unit) for unit in units] or sorted(order[:most].tolist())


Box = list[tuple[int, int]]  # first and last + 1 pixel, vertically and horizontally


def _look(model: keras.Model, x: np.ndarray, layer: str, unit: int) -> tuple[list[Box], np.ndarray]:
    """Bounding boxes of the pixels with an influence on the strongest activation, and views."""
    signal = strongest(model, x, layer, unit)
    views = backproject(model, x, signal, layer=layer)
    # Without ReLU's masks, behind which parts of the field would be missing.
    reached = backproject(model, x, (signal != 0).astype("float32"), layer=layer, rule="linear")
    return [_box(np.abs(slope).max(axis=-1)) for slope in reached], views


def _box(slope: np.ndarray) -> Box:
    """Returns the bounds of the non-zero pixels; the whole image if there are none."""
    box = []
    for axis in (1, 0):
        used = np.flatnonzero(slope.max(axis=axis))
        box.append((int(used[0]), int(used[-1]) + 1) if len(used) else (0, slope.shape[1 - axis]))
    return box


def _cut(images: np.ndarray, boxes: Sequence[Box], size: int) -> np.ndarray:
    parts = []
    for image, box in zip(images, boxes, strict=True):
        top, left = (
            min(max((first + last - size) // 2, 0), side - size)
            for (first, last), side in zip(box, image.shape[:2], strict=True)
        )
        parts.append(image[top : top + size, left : left + size])
    return np.stack(parts)
