"""Brings targets to class numbers with names, or to regression targets."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError

__all__ = ["MOST_CLASSES", "encode"]

# In a table, whole numbers with more distinct values than this are a quantity, not classes.
MOST_CLASSES = 20


def encode(
    targets: Sequence[Any], *, tabular: bool = False, class_names: tuple[str, ...] | None = None
) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Class numbers and class names, or regression targets and no names.

    Images and texts always have classes. In a table, text and whole numbers with at most 20
    distinct values (or 0..C-1 without gap) are classes, any other numbers are regression targets.

    Args:
        targets: one array per split, train first: class numbers or names (n,) or (n, 1), one-hot
            rows (n, classes), or regression targets (n,) or (n, outputs).
        tabular: whether the inputs are a table, which may be regressed on.
        class_names: names of the class numbers 0..C-1; None reads the classes from train.

    Returns:
        The targets, int32 0..C-1 or float32, and one name per class.

    Raises:
        DatasetError: if targets are missing, not finite, out of range, not whole for images and
            texts, of a class unseen in train.
    """
    arrays = [_plain(y) for y in targets]
    if arrays[0].ndim == 2:
        if not all(_one_hot(y) for y in arrays):
            return [_quantity(y, tabular) for y in arrays], ()
        class_names = class_names or tuple(str(i) for i in range(arrays[0].shape[1]))
        arrays = [y.argmax(axis=1) for y in arrays]
    if class_names is None and not _are_classes(arrays, tabular):
        return [_quantity(y, tabular) for y in arrays], ()
    if class_names is None:
        known = np.unique(arrays[0])
        arrays = [_positions(y, known) for y in arrays]
        class_names = tuple(_name(value) for value in known)
    return [_checked(y, class_names) for y in arrays], class_names


def _plain(y: Any) -> np.ndarray:
    """An array of numbers or text of rank 1 or 2; (n, 1) becomes (n,)."""
    y = np.asarray(y)
    if y.dtype.kind == "O":
        y = np.asarray([v.decode() if isinstance(v, bytes) else v for v in y.tolist()])
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8")
    if y.dtype.kind not in "biufU" or y.ndim not in (1, 2):
        raise DatasetError(
            "`y` must hold class numbers, class names or one-hot rows; one target per example. "
            f"Received: shape={y.shape}, dtype={y.dtype}"
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        bad = int((~np.isfinite(y)).sum())
        raise DatasetError(f"`y` must be finite; remove those examples. Received: {bad} NaN or inf")
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y


def _one_hot(y: np.ndarray) -> bool:
    # A regression with two outputs may pass by chance for a few rows, not for a data set.
    numeric = y.dtype.kind in "biuf"
    return numeric and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def _are_classes(arrays: list[np.ndarray], tabular: bool) -> bool:
    if not tabular or arrays[0].dtype.kind in "bU":
        return True
    if not all((y == np.rint(y)).all() for y in arrays):
        return False
    known = np.unique(arrays[0])
    gapless = known[0] == 0 and known[-1] == len(known) - 1 and len(known) * 2 <= len(arrays[0])
    return len(known) <= MOST_CLASSES or bool(gapless and arrays[0].dtype.kind in "iu")


def _quantity(y: np.ndarray, tabular: bool) -> np.ndarray:
    if not tabular or y.dtype.kind == "U":
        raise DatasetError(
            "`y` must be one class per example, or one-hot rows with a single 1. "
            f"Received: shape={y.shape}, dtype={y.dtype}"
        )
    return y.astype(np.float32)


def _positions(y: np.ndarray, known: np.ndarray) -> np.ndarray:
    if y.dtype.kind == "f" and not (y == np.rint(y)).all():
        raise DatasetError(
            "`y` must hold whole numbers; images and texts need classes to be sorted into. "
            f"Received: y[{int(np.argmax(y != np.rint(y)))}]={y[np.argmax(y != np.rint(y))]}"
        )
    unseen = np.setdiff1d(y, known)
    if len(unseen):
        raise DatasetError(
            "`y_test` must hold only classes of `y_train`; the others cannot be learnt. "
            f"Received: unseen classes {[_name(v) for v in unseen[:5]]}"
        )
    return np.searchsorted(known, y)


def _name(value: Any) -> str:
    return str(int(value)) if np.asarray(value).dtype.kind in "iuf" else str(value)


def _checked(y: np.ndarray, class_names: tuple[str, ...]) -> np.ndarray:
    if y.dtype.kind not in "biu":
        raise DatasetError(f"`y` must hold whole class numbers. Received: dtype={y.dtype}")
    outside = (y < 0) | (y >= len(class_names))
    if outside.any():
        raise DatasetError(
            f"`y` must lie in 0..{len(class_names) - 1}, one number per class. "
            f"Received: {int(outside.sum())} labels outside, first {y[outside][0]}"
        )
    return y.astype(np.int32)
