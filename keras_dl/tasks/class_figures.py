"""Figures and numbers of a classifier by class: curves, precision and recall, first filters."""

import re
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.layers import TiedDense
from keras_dl.metrics.classification import (
    average_precision,
    precision_recall_curve,
    ranked_classes,
    roc_auc,
    roc_curve,
)
from keras_dl.metrics.per_class import class_counts
from keras_dl.utils.layers import leaf_layers

__all__ = ["first_kernel", "ranking_figures", "score_classes"]

MOST_NAMED = 20  # classes with metrics of their own


def ranking_figures(y: np.ndarray, chance: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """Draws ROC and precision–recall curves of the second of two classes, or of each of up to 10.

    Args:
        y: class numbers, (n,).
        chance: probabilities, (n, classes).
        names: of the classes.

    Returns:
        "roc" and "precision_recall"; empty with more classes, or if one class alone occurs.
    """
    roc: dict[str, tuple[np.ndarray, np.ndarray, float]] = {}
    precision_recall = dict(roc)
    for c in ranked_classes(y, len(names)):
        positive, scores = y == c, chance[:, c]
        roc[names[c]] = (*roc_curve(positive, scores), roc_auc(positive, scores))
        area = average_precision(positive, scores)
        precision_recall[names[c]] = (*precision_recall_curve(positive, scores), area)
    if not roc:
        return {}
    return {"roc": plots.roc(roc), "precision_recall": plots.precision_recall(precision_recall)}


def score_classes(
    y_true: np.ndarray, predicted: np.ndarray, names: Sequence[str]
) -> dict[str, Any]:
    """Returns the figure `class_scores` and the numbers; shares of no example are left out."""
    counts = class_counts(y_true, predicted, len(names))
    scores = {"precision": counts.precision, "recall": counts.recall}
    results: dict[str, Any] = {
        "class_scores": plots.class_scores(names, *scores.values(), *map(counts.intervals, scores))
    }
    labels = [re.sub(r"[^\w. -]", "_", name, flags=re.ASCII) for name in names]
    if len(set(labels)) < len(labels):
        labels = [str(number) for number in range(len(labels))]
    for kind, shares in scores.items():
        defined = [(n, float(v)) for n, v in zip(labels, shares, strict=True) if not np.isnan(v)]
        results[f"macro_{kind}"] = float(np.mean([value for _, value in defined]))
        if len(names) <= MOST_NAMED:
            results |= {f"{kind}/{name}": value for name, value in defined}
    return results


def first_kernel(model: Any, input_shape: tuple[int, ...]) -> np.ndarray | None:
    """Weights of the first layer that looks at pixels, as images.

    Args:
        model: any Keras model.
        input_shape: (height, width, channels) of its examples.

    Returns:
        (height, width, channels, filters), or None where no layer has such weights.
    """
    for layer in leaf_layers(model):
        weights = getattr(layer, "kernel", None)
        if weights is None:
            continue
        kernel = np.asarray(keras.ops.convert_to_numpy(weights))
        if isinstance(layer, keras.layers.Conv2D):
            return kernel
        if isinstance(layer, (keras.layers.Dense, TiedDense)) and len(kernel) == np.prod(
            input_shape
        ):
            return kernel.reshape(*input_shape, -1)
        return None
    return None
