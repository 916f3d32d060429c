"""Scores of a foreground that is segmented by a threshold on its probability."""

import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

__all__ = ["best_threshold", "f1_per_image", "foreground_scores"]


def best_threshold(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Returns the threshold of the largest F1 over all pixels.

    Args:
        labels: 1 for foreground and 0 for background, (n,).
        probabilities: of the foreground, (n,).

    Returns:
        A probability; pixels of this and higher ones are foreground.

    Example:
        >>> best_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
        0.35
    """
    precision, recall, thresholds = precision_recall_curve(labels, probabilities)
    total = np.maximum(precision + recall, np.finfo(float).tiny)
    # The last point of the curve has no threshold.
    return float(thresholds[np.argmax((precision * recall / total)[:-1])])


def f1_per_image(labels: np.ndarray, foreground: np.ndarray, ignore: int | None) -> np.ndarray:
    """Computes F1 = 2·TP / (2·TP + FP + FN) of each image.

    Args:
        labels: 1 for foreground, 0 for background, (n, height, width).
        foreground: what is segmented, 0 or 1 or boolean, of the same shape.
        ignore: label of pixels that count nowhere, or None.

    Returns:
        (n,) in [0, 1]; NaN for an image without foreground in both.
    """
    inside = np.ones(labels.shape, bool) if ignore is None else labels != ignore
    wanted, found = (labels == 1) & inside, foreground.astype(bool) & inside
    hits = (wanted & found).sum(axis=(1, 2))
    total = wanted.sum(axis=(1, 2)) + found.sum(axis=(1, 2))
    return np.where(total > 0, 2 * hits / np.maximum(total, 1), np.nan)


def foreground_scores(
    labels: np.ndarray, probabilities: np.ndarray, threshold: float, ignore: int | None
) -> dict[str, float]:
    """Computes what publications on retina vessels print, within the field of view.

    Args:
        labels: 1 for foreground, 0 for background, (n, height, width).
        probabilities: of the foreground, of the same shape.
        threshold: pixels of this and higher probabilities are foreground.
        ignore: label of pixels that count nowhere, or None.

    Returns:
        "auc" and "average_precision" of all pixels, without the threshold; at the threshold "f1",
        the mean over the images, "pooled_f1" of all pixels, "pixel_accuracy", "sensitivity" and
        "specificity".
    """
    found = probabilities >= threshold
    inside = np.ones(labels.shape, bool) if ignore is None else labels != ignore
    wanted, chosen, scores = labels[inside] == 1, found[inside], probabilities[inside]
    hits, positives = (wanted & chosen).sum(), wanted.sum()
    return {
        "auc": float(roc_auc_score(wanted, scores)),
        "average_precision": float(average_precision_score(wanted, scores)),
        "f1": float(np.nanmean(f1_per_image(labels, found, ignore))),
        "pooled_f1": float(2 * hits / max(positives + chosen.sum(), 1)),
        "pixel_accuracy": float((wanted == chosen).mean()),
        "sensitivity": float(hits / max(positives, 1)),
        "specificity": float((~wanted & ~chosen).sum() / max((~wanted).sum(), 1)),
    }
