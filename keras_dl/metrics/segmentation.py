"""Scores of segmentations from one confusion matrix over all pixels of a data set."""

import numpy as np

__all__ = ["class_accuracy", "class_iou", "mean_iou", "pixel_accuracy", "pixel_confusion"]


def pixel_confusion(
    y_true: np.ndarray, y_pred: np.ndarray, num_classes: int, ignore: int | None = None
) -> np.ndarray:
    """Counts pixels by true and predicted class; the matrices of several batches add up.

    Args:
        y_true: class numbers, integers of any shape.
        y_pred: class numbers in [0, num_classes) of the same shape.
        num_classes: number of classes.
        ignore: label of `y_true` whose pixels are left out, or None.

    Returns:
        (num_classes, num_classes) int64, true classes in rows.

    Raises:
        ValueError: if the shapes differ or a class number has no class.

    Example:
        >>> pixel_confusion(np.array([0, 1, 1, 9]), np.array([0, 1, 0, 1]), 2, ignore=9).tolist()
        [[1, 0], [1, 1]]
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"`y_true` and `y_pred` must have one shape. Received: {y_true.shape}, {y_pred.shape}"
        )
    if ignore is not None:
        labelled = y_true != ignore
        y_true, y_pred = y_true[labelled], y_pred[labelled]
    for name, labels in (("y_true", y_true), ("y_pred", y_pred)):
        if labels.size and not 0 <= labels.min() <= labels.max() < num_classes:
            raise ValueError(
                f"`{name}` must hold class numbers in 0 … {num_classes - 1}. "
                f"Received: {labels.min()} … {labels.max()}"
            )
    # int64: labels are uint8, which wraps at 256.
    cells = y_true.astype(np.int64).reshape(-1) * num_classes + y_pred.reshape(-1)
    return np.bincount(cells, minlength=num_classes**2).reshape(num_classes, num_classes)


def class_iou(confusion: np.ndarray) -> np.ndarray:
    """Computes intersection over union per class: n_ii / (t_i + p_i − n_ii).

    Args:
        confusion: pixel counts (classes, classes), true classes in rows.

    Returns:
        (classes,) in [0, 1]; NaN for a class that is neither in the labels nor predicted.

    Reference:
        Long, Shelhamer and Darrell, 2015, arXiv:1411.4038, section 5.
    """
    hits = np.diag(confusion)
    return _ratio(hits, confusion.sum(axis=1) + confusion.sum(axis=0) - hits)


def mean_iou(confusion: np.ndarray) -> float:
    """Averages `class_iou` over the classes that are in the labels or predicted.

    Args:
        confusion: pixel counts (classes, classes) of the whole data set, true classes in rows; a
            mean of the values of batches is another number.

    Returns:
        Mean in [0, 1]; NaN without a single pixel.
    """
    return _mean(class_iou(confusion))


def class_accuracy(confusion: np.ndarray) -> float:
    """Averages the share of right pixels over the classes that are in the labels."""
    return _mean(_ratio(np.diag(confusion), confusion.sum(axis=1)))


def pixel_accuracy(confusion: np.ndarray) -> float:
    """Computes the share of right pixels; NaN without a single one."""
    return float(_ratio(np.trace(confusion), confusion.sum()))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _mean(values: np.ndarray) -> float:
    present = values[~np.isnan(values)]
    return float(present.mean()) if len(present) else float("nan")
