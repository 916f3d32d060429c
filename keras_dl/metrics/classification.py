"""Metrics of classifiers beside accuracy: by class, and by the ranking of their probabilities."""

from collections.abc import Callable

import numpy as np

__all__ = [
    "MOST_RANKED",
    "average_precision",
    "balanced_accuracy",
    "classification_metrics",
    "macro_f1",
    "precision_recall_curve",
    "ranked_classes",
    "roc_auc",
    "roc_curve",
    "top_k_accuracy",
]

LEAST_TOP = 10  # classes, from which on the best five are worth a metric
MOST_RANKED = 10  # classes; with more, curves of one class against the rest are not drawn


def balanced_accuracy(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Computes the mean recall of the classes that occur.

    Args:
        y_true: class numbers, (examples,).
        y_pred: predicted class numbers, (examples,).
    """
    return float(np.mean([np.mean(y_pred[y_true == c] == c) for c in np.unique(y_true)]))


def macro_f1(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """Computes the mean F1 score of the classes that occur or are predicted.

    Args:
        y_true: class numbers, (examples,).
        y_pred: predicted class numbers, (examples,).
    """
    scores = []
    for c in np.union1d(y_true, y_pred):
        hits = np.sum((y_true == c) & (y_pred == c))
        scores.append(2 * hits / (np.sum(y_true == c) + np.sum(y_pred == c)))
    return float(np.mean(scores))


def top_k_accuracy(y_true: np.ndarray, scores: np.ndarray, k: int) -> float:
    """Computes the share of examples whose class is among the k best, by strict ranks.

    A class with the same score as the right one counts as better, so that equal scores for all
    classes are never right. Classes with NaN count as better too.

    Args:
        y_true: class numbers, (examples,).
        scores: higher for more probable classes, (examples, classes).
        k: 1 or more.

    Raises:
        ValueError: if lengths differ or are 0, or `k` is below 1.

    Reference:
        Russakovsky et al., 2015, ImageNet Large Scale Visual Recognition Challenge, section 4.1.
    """
    y_true, scores = np.asarray(y_true), np.asarray(scores)
    if scores.ndim != 2 or y_true.shape != scores.shape[:1] or not len(y_true) or k < 1:
        raise ValueError(
            "`y_true` and `scores` must have one row per example, at least one, and `k` be 1 or "
            f"more. Received: shapes {y_true.shape} and {scores.shape}, k={k}"
        )
    own = scores[np.arange(len(y_true)), y_true][:, None]
    better = (~(scores < own)).sum(axis=1) - 1  # the class itself is not better
    return float(np.mean((better < k) & ~np.isnan(own[:, 0])))


def roc_curve(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Computes the receiver operating characteristic, a point per distinct score.

    Args:
        positive: whether each example is of the class, (examples,) bool; both values occur.
        scores: higher for the class, (examples,).

    Returns:
        (false positive rates, true positive rates), both from 0 to 1.
    """
    hits, predicted = _counts(positive, scores)
    false = predicted - hits
    return np.r_[0, false / false[-1]], np.r_[0, hits / hits[-1]]


def precision_recall_curve(
    positive: np.ndarray, scores: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Computes precision by recall, a point per distinct score.

    Args:
        positive: whether each example is of the class, (examples,) bool; some are.
        scores: higher for the class, (examples,).

    Returns:
        (recalls, ascending, precisions).
    """
    hits, predicted = _counts(positive, scores)
    return hits / hits[-1], hits / predicted


def roc_auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """Computes the area under the ROC curve.

    Args:
        positive: whether each example is of the class, (examples,) bool; both values occur.
        scores: higher for the class, (examples,).
    """
    false, true = roc_curve(positive, scores)
    return float(np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2))


def average_precision(positive: np.ndarray, scores: np.ndarray) -> float:
    """Computes the mean of the precisions, each weighted by its gain in recall.

    Args:
        positive: whether each example is of the class, (examples,) bool; some are.
        scores: higher for the class, (examples,).
    """
    recall, precision = precision_recall_curve(positive, scores)
    return float(np.sum(np.diff(recall, prepend=0) * precision))


def classification_metrics(y_true: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Computes balanced accuracy, F1, areas under curves (up to 10 classes), top 1 and 5 (from 10).

    Args:
        y_true: class numbers, (examples,).
        probabilities: (examples, classes).

    Returns:
        "balanced_accuracy" and "f1"; "auc" and "average_precision", of class 1 in a binary
        problem, else the mean over the classes, each against the rest; with 10 classes or more
        "top1_accuracy" and "top5_accuracy".
    """
    y_pred = probabilities.argmax(axis=1)
    metrics = {
        "balanced_accuracy": balanced_accuracy(y_true, y_pred),
        "f1": macro_f1(y_true, y_pred),
    }
    if probabilities.shape[1] >= LEAST_TOP:
        metrics |= {f"top{k}_accuracy": top_k_accuracy(y_true, probabilities, k) for k in (1, 5)}
    areas: dict[str, Callable[..., float]] = {
        "auc": roc_auc,
        "average_precision": average_precision,
    }
    ranked = ranked_classes(y_true, probabilities.shape[1])
    for name, area in areas.items() if ranked else ():
        metrics[name] = float(np.mean([area(y_true == c, probabilities[:, c]) for c in ranked]))
    return metrics


def ranked_classes(y_true: np.ndarray, count: int) -> list[int]:
    """Returns the classes that have a curve: the second of two, else all of up to 10.

    Args:
        y_true: class numbers, (examples,); a class must occur, and not alone.
        count: number of classes.
    """
    classes = [1] if count == 2 else list(range(count))
    present = set(np.unique(y_true).tolist())
    return [c for c in classes if c in present and len(present) > 1] if count <= MOST_RANKED else []


def _counts(positive: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the numbers of hits and of predicted examples at each distinct score, descending."""
    order = np.argsort(-scores, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
    return np.cumsum(positive[order])[last], last + 1
