"""Precision and recall of each class."""

from dataclasses import dataclass

import numpy as np

from keras_dl.utils.intervals import exact_interval

__all__ = ["ClassCounts", "class_counts"]


@dataclass(frozen=True)
class ClassCounts:
    """Counts of test examples by class.

    Attributes:
        correct: examples of the class that are predicted so, (classes,).
        predicted: examples that are predicted to be of the class, (classes,).
        actual: examples of the class, (classes,).
    """

    correct: np.ndarray
    predicted: np.ndarray
    actual: np.ndarray

    @property
    def precision(self) -> np.ndarray:
        """Correct share of the predictions of each class; NaN where there are none."""
        return _share(self.correct, self.predicted)

    @property
    def recall(self) -> np.ndarray:
        """Correct share of the examples of each class; NaN where there are none."""
        return _share(self.correct, self.actual)

    def intervals(self, of: str) -> np.ndarray:
        """Returns the exact 95 % intervals of "precision" or "recall", (classes, 2).

        NaN where the share is; the error is that of drawing the test set.
        """
        counts = self.predicted if of == "precision" else self.actual
        return np.array(
            [
                exact_interval(int(k), int(n)) if n else (np.nan, np.nan)
                for k, n in zip(self.correct, counts, strict=True)
            ]
        )


def class_counts(y_true: np.ndarray, y_pred: np.ndarray, classes: int) -> ClassCounts:
    """Counts the test examples by true and by predicted class.

    Args:
        y_true: class numbers, (examples,).
        y_pred: predicted class numbers, (examples,).
        classes: number of classes.
    """
    hits = np.asarray(y_true)[np.asarray(y_true) == np.asarray(y_pred)]
    return ClassCounts(*(np.bincount(y, minlength=classes) for y in (hits, y_pred, y_true)))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
