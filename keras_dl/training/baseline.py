"""Classifiers on the test set: baseline of the accuracy, results by example, notices."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data import Classes
from keras_dl.tasks.class_probabilities import as_probabilities

if TYPE_CHECKING:
    import keras

    from keras_dl.data import Data

__all__ = ["example_results", "majority_share", "notices"]

MAJORITY = "majority_share"
ROUNDING = 1e-5  # of an accuracy in float32


def majority_share(data: "Data") -> dict[str, float]:
    """Computes the test accuracy of always predicting the most frequent class of train.

    Args:
        data: the data set.

    Returns:
        {"majority_share": share of the test examples in that class, in [0, 1]}; empty unless each
        example of train and test has one class, the same ones in both.
    """
    if not _has_labels(data):
        return {}
    train, test, count = data.train.y, data.test.y, data.num_classes
    majority = np.bincount(train[train >= 0], minlength=count).argmax()
    return {MAJORITY: float(np.mean(test == majority))}


def example_results(
    model: "keras.Model", data: "Data", metrics: Mapping[str, float]
) -> tuple[str, int]:
    """Returns which test examples a classifier gets right, in a form that JSON takes.

    Args:
        model: from examples to logits (n, classes) or one logit.
        data: its test split is predicted.
        metrics: of the test set; the share of right examples must equal "test/accuracy".

    Returns:
        A bit per example in hex digits and the number of examples; "" and 0 for models whose
        accuracy is not that of one class per example.
    """
    predicted = _predict(model, data) if f"test/{MAJORITY}" in metrics else None
    if predicted is None:
        return "", 0
    right = predicted == data.test.y
    if abs(float(right.mean()) - metrics["test/accuracy"]) > ROUNDING:  # weighted, for instance
        return "", 0
    return np.packbits(right).tobytes().hex(), len(right)


def notices(
    model: "keras.Model",
    data: "Data",
    metrics: Mapping[str, float],
    examples: str = "test examples",
) -> list[str]:
    """Returns a sentence if a classifier predicts one class for all test examples, else none.

    The model is applied only if its accuracy is the share of a class: others cost no time.

    Args:
        model: from examples to logits (n, classes) or one logit.
        data: its test split is predicted.
        metrics: of the test set; without "test/accuracy" nothing is checked.
        examples: name of the test split's examples in the sentence.
    """
    accuracy, y = metrics.get("test/accuracy"), data.test.y
    if accuracy is None or f"test/{MAJORITY}" not in metrics or len(y) < 2:
        return []
    counts = np.bincount(y[y >= 0], minlength=data.num_classes)
    if (np.abs(counts - accuracy * len(y)) > 0.5).all() or (counts > 0).sum() < 2:
        return []
    predicted = _predict(model, data)
    if predicted is None or len(np.unique(predicted)) > 1:
        return []
    name = data.class_names[predicted[0]]
    return [f"The model predicts one class for all {len(y):,} {examples}: {name!r}."]


def _has_labels(data: "Data") -> bool:
    """Returns whether each test example that is drawn has one class number, and train has some."""
    labels = (data.train.y, data.test.y)
    numbers = all(isinstance(y, np.ndarray) and y.dtype.kind in "iu" for y in labels)
    classes = isinstance(data.targets, Classes) and not data.targets.by_split
    rows = data.test.num_examples == data.sampler("test").num_examples
    return numbers and classes and rows and data.test.y.ndim == 1


def _predict(model: "keras.Model", data: "Data") -> np.ndarray | None:
    """Returns class numbers (n,); None if the outputs are no logits of the classes."""
    if not isinstance(data.test.x, np.ndarray):
        return None
    logits = outputs(model, data.test.x, data.batch_size)
    if not isinstance(logits, np.ndarray):
        return None
    if logits.shape == (len(data.test.y), data.num_classes):
        return logits.argmax(axis=1)
    chance = as_probabilities(model, logits.reshape(len(logits), -1), data.num_classes)
    return None if chance is None else (chance[:, 1] > 0.5).astype(int)
