"""Occlusion: the change of a class score when a part of the image is covered."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_dl.explanations._logits import as_images, class_logits, resolve_targets
from keras_dl.utils.checks import pair

__all__ = ["occlusion"]


def occlusion(
    model: keras.Model,
    images: Any,
    targets: int | Sequence[int] | None = None,
    *,
    size: int | tuple[int, int] | None = None,
    stride: int | tuple[int, int] | None = None,
    fill: Any = None,
) -> np.ndarray:
    """Computes the change of the logit when a patch is covered, the mean of each pixel's patches.

    Args:
        model: a classifier.
        images: (n, height, width, channels) in the units of the model's inputs.
        targets: class number, one for all images or one for each; None: the predicted one.
        size: height and width of the patch in pixels; None: a fifth of the image.
        stride: step between patches in pixels, at most `size`; None: half of `size`.
        fill: value of covered pixels, a number or one per channel; None: each image's mean colour.

    Returns:
        (n, height, width), negative where the patch speaks for the class.

    Raises:
        TypeError, ValueError: if the images, targets or sizes do not fit the model.

    Reference:
        Zeiler and Fergus, 2014, Visualizing and Understanding Convolutional Networks, section 4.2.
    """
    x = as_images(model, images)
    sides = x.shape[1:3]
    rows, columns = _patch(size, (max(1, sides[0] // 5), max(1, sides[1] // 5)), "size", sides)
    halves = (max(1, rows // 2), max(1, columns // 2))
    down, right = _patch(stride, halves, "stride", (rows, columns))
    logits = class_logits(model, x)
    labels = resolve_targets(logits, targets)
    tops, lefts = _starts(sides[0], rows, down), _starts(sides[1], columns, right)
    change, count = np.zeros(x.shape[:3]), np.zeros(sides)
    for n, image in enumerate(x):
        grey = image.mean(axis=(0, 1)) if fill is None else fill
        places = [(slice(t, t + rows), slice(left, left + columns)) for t in tops for left in lefts]
        for start in range(0, len(places), 64):
            part = places[start : start + 64]
            covered = np.repeat(image[None], len(part), axis=0)
            for copy, place in zip(covered, part, strict=True):
                copy[place] = grey
            scores = class_logits(model, covered)[:, labels[n]] - logits[n, labels[n]]
            for score, place in zip(scores, part, strict=True):
                change[n][place] += score
                count[place] += n == 0
    return (change / count).astype("float32")


def _patch(
    given: Any, default: tuple[int, int], name: str, most: tuple[int, ...]
) -> tuple[int, int]:
    value = default if given is None else pair(name, given, "pixels of the occluding patch")
    if value[0] > most[0] or value[1] > most[1]:
        raise ValueError(f"`{name}` must be at most {most[0]}×{most[1]}. Received: {name}={given}")
    return value


def _starts(side: int, size: int, stride: int) -> list[int]:
    """Returns first pixels of the patches; the last one ends with the image."""
    starts = list(range(0, side - size + 1, stride))
    return starts if starts[-1] == side - size else [*starts, side - size]
