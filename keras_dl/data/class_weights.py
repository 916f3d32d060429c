"""Weights of classes, as sample weights of the training split."""

import math
from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact
from keras_dl.data.specs import Classes

__all__ = ["BALANCED", "apply_class_weight"]

BALANCED = "balanced"


def apply_class_weight(data: Data, stated: str) -> Data:
    """Returns the data with each training example weighted by its class.

    Validation and test stay unweighted. Weights of examples that the data have are multiplied.

    Args:
        data: with one class per example.
        stated: "balanced", which weighs every class as a whole equally and examples by 1 on
            average, or `NAME=WEIGHT,…` by class name or number; other classes weigh 1.

    Raises:
        DatasetError: if the targets are no classes, or a class or weight is wrong.
    """
    y = data.train.y
    classes = isinstance(data.targets, Classes) and not data.targets.by_split
    if not classes or not isinstance(y, np.ndarray) or y.ndim != 1 or y.dtype.kind not in "iu":
        raise DatasetError(
            "`class_weight` must be left out for these data; it applies to one class per example. "
            f"Received: class_weight={stated!r}"
        )
    if stated == BALANCED:
        counts = np.bincount(y[y >= 0], minlength=data.num_classes)
        present = counts > 0
        weights = np.where(present, counts.sum() / (present.sum() * np.maximum(counts, 1)), 1.0)
    else:
        weights = _parse(stated, data.class_names)
    listed = ", ".join(f"{n} {w:.3g}" for n, w in zip(data.class_names, weights, strict=True))
    fact("class weights", listed[:200])
    weight = np.where(y >= 0, weights[np.maximum(y, 0)], 1.0).astype(np.float32)
    if data.train.sample_weight is not None:
        weight = weight * data.train.sample_weight
    return replace(data, train=Split(data.train.x, y, weight))


def _parse(stated: str, names: tuple[str, ...]) -> np.ndarray:
    weights = np.ones(len(names))
    for part in stated.split(","):
        name, equals, text = part.rpartition("=")
        if not equals:
            raise DatasetError(
                "`class_weight` must be balanced, or NAME=WEIGHT with commas between. "
                f"Received: class_weight={stated!r}"
            )
        weights[_find(name.strip(), names, stated)] = _number(text, stated)
    if not weights.any():
        raise DatasetError(
            "`class_weight` must have a weight above 0; with 0 alone nothing is learnt. "
            f"Received: class_weight={stated!r}"
        )
    return weights


def _find(name: str, names: tuple[str, ...], stated: str) -> int:
    if name in names:
        return names.index(name)
    if name.isdecimal() and int(name) < len(names):
        return int(name)
    raise DatasetError(
        f"`class_weight` must name classes, {', '.join(names)[:200]}: NAME=WEIGHT with commas "
        f"between, or be balanced. Received: class_weight={stated!r}"
    )


def _number(text: str, stated: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not (math.isfinite(weight) and weight >= 0):
        raise DatasetError(
            "`class_weight` must have finite weights of 0 or more. "
            f"Received: class_weight={stated!r}"
        )
    return weight
