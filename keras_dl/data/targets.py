"""Encoding of targets as class numbers with names, or as regression targets."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from keras_dl.data.class_order import order_classes
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice

__all__ = ["MOST_CLASSES", "Task", "encode", "is_missing"]

Task = Literal["classification", "regression"]
# In a table, integers with more distinct values than this are regression targets, not classes.
MOST_CLASSES = 20
# Marks of a missing value in lower case: those of pandas, R, Weka and databases.
MISSING = {"", "?", "na", "n/a", "<na>", "#na", "#n/a", "nan", "-nan", "nat", "null", "none", "nil",
           "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"}  # fmt: skip


def is_missing(value: object) -> bool:
    """Returns True for None, NaN and texts that mark a missing value, such as NA and ?."""
    if isinstance(value, str):
        return value.strip().lower() in MISSING
    return value is None or value != value or str(value) == "<NA>"


def encode(
    targets: Sequence[Any],
    *,
    tabular: bool = False,
    texts: bool = False,
    class_names: tuple[str, ...] | None = None,
    task: object = None,
) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Encodes targets as class numbers with class names, or as regression targets without names.

    In a table, text and whole numbers with at most 20 distinct values (or 0..C-1 without gap) are
    classes, any other numbers are regression targets. Of images whole numbers are classes, numbers
    with fractions are regression targets. Texts always have classes.

    Args:
        targets: one array per split, train first: class numbers or names (n,) or (n, 1), one-hot
            rows (n, classes), or regression targets (n,) or (n, outputs).
        tabular: True if the inputs are a table.
        texts: True if the inputs are texts.
        class_names: names of the class numbers 0..C-1; None reads the classes from train.
        task: "classification" or "regression"; None decides by the values.

    Returns:
        The targets, int32 0..C-1 or float32, and one name per class.

    Raises:
        DatasetError: if targets are missing, not finite, out of range, no integers for images and
            texts, of a class that train lacks, or do not suit the task.
    """
    if task == "regression" and texts:
        raise DatasetError("`task` must be classification for texts. Received: task='regression'")
    arrays = [_plain(y) for y in targets]
    if arrays[0].ndim == 2 and task != "regression" and all(_one_hot(y) for y in arrays):
        class_names = class_names or tuple(str(i) for i in range(arrays[0].shape[1]))
        arrays = [y.argmax(axis=1) for y in arrays]
    flat = arrays[0].ndim == 1 and task != "regression"
    guessed = tabular and flat and task is None and class_names is None
    classes = class_names or texts or _are_classes(arrays, tabular, task)
    if not flat or not classes:
        if guessed:
            _record_guess("regression", arrays)
        allowed = tabular or task == "regression" or not (classes or _are_whole(arrays))
        numbers = [_to_regression(y, allowed, task) for y in arrays]
        fact("task", "regression")
        return numbers, ()
    if class_names is None:
        if guessed:
            _record_guess("classification", arrays)
        values = np.unique(arrays[0])
        arrays = [_positions(y, values) for y in arrays]
        class_names = order_classes(map(_name, values)) if values.dtype.kind == "U" else (
            tuple(map(_name, values))
        )  # fmt: skip
        number = np.array([class_names.index(_name(value)) for value in values])
        arrays = [number[y] for y in arrays]
        _notice_similar(class_names)
    fact("task", f"classification, {len(class_names)} classes")
    return [_to_classes(y, class_names) for y in arrays], class_names


def _plain(y: Sequence[Any] | np.ndarray) -> np.ndarray:
    """Returns an array of numbers or text of rank 1 or 2; (n, 1) becomes (n,)."""
    objects = y if isinstance(y, np.ndarray) else np.asarray(y, object)
    if objects.dtype.kind in "OU":
        _refuse_missing(objects.ravel().tolist())
    y = np.asarray(y)
    try:
        if y.dtype.kind == "O":
            y = np.asarray([v.decode() if isinstance(v, bytes) else v for v in y.tolist()])
        if y.dtype.kind == "S":
            y = np.char.decode(y, "utf-8")
    except ValueError as error:  # rows of various lengths, bytes in another encoding
        raise DatasetError(f"`y` must hold class names in UTF-8. Received: {error}") from None
    if y.dtype.kind not in "biufU" or y.ndim not in (1, 2):
        raise DatasetError(
            "`y` must hold class numbers, class names or one-hot rows; one target per example. "
            f"Received: shape={y.shape}, dtype={y.dtype}"
        )
    if y.dtype.kind == "U":  # one class where composed and decomposed characters differ
        y = np.asarray([unicodedata.normalize("NFC", v) for v in y.ravel().tolist()]).reshape(
            y.shape
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        bad = int((~np.isfinite(y)).sum())
        raise DatasetError(f"`y` must be finite; remove those examples. Received: {bad} NaN or inf")
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y


def _refuse_missing(values: Iterable[Any]) -> None:
    """Refuses missing labels among texts; NumPy turns None and NaN into classes of that name."""
    values = list(values)
    if all(isinstance(value, bytes | int | float) for value in values):
        return
    rows = [i for i, value in enumerate(values) if is_missing(value)]
    if rows:
        raise DatasetError(
            "`y` must hold a label for every example; remove those examples. "
            f"Received: {len(rows)} missing, first {values[rows[0]]!r} in row {rows[0]}"
        )


def _notice_similar(class_names: Sequence[str]) -> None:
    """Records classes whose names look alike, often one class that is written in two ways."""
    similar: dict[str, list[str]] = {}
    for name in class_names:
        shape = (c for c in name.casefold() if unicodedata.category(c)[0] not in "CZ")
        similar.setdefault("".join(shape), []).append(name)
    for names in similar.values():
        if len(names) > 1:
            names = " and ".join(map(repr, names))
            notice(f"Classes {names} differ in case, blanks or invisible characters only.")


def _one_hot(y: np.ndarray) -> bool:
    # A few rows of a regression with two outputs may look one-hot by chance, a data set does not.
    numeric = y.dtype.kind in "biuf"
    return numeric and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def _are_classes(arrays: list[np.ndarray], tabular: bool, task: object) -> bool:
    if task == "classification" or arrays[0].dtype.kind in "bU":
        return True
    if not _are_whole(arrays):
        return False
    if not tabular:
        return True
    values = np.unique(arrays[0])
    gapless = _is_gapless(values) and len(values) * 2 <= len(arrays[0])
    return len(values) <= MOST_CLASSES or (gapless and arrays[0].dtype.kind in "iu")


def _are_whole(arrays: list[np.ndarray]) -> bool:
    return all((y == np.rint(y)).all() for y in arrays)


def _is_gapless(values: np.ndarray) -> bool:
    return bool(values[0] == 0 and values[-1] == len(values) - 1)


def _record_guess(task: str, arrays: list[np.ndarray]) -> None:
    """Records that a target of whole numbers, which may be classes or counts, is taken for one."""
    values = np.unique(arrays[0])
    if values.dtype.kind not in "iuf" or not _are_whole(arrays):
        return
    other = {"classification": "regression", "regression": "classification"}[task]
    words = f"{len(values):,} different whole numbers"
    fact("guessed", f'{task}, as the target has {words}; task="{other}" reads it otherwise')
    if task == "regression" and len(values) * 2 <= len(arrays[0]):
        notice(f'The target\'s {words} are regression targets; task="{other}" makes them classes.')
    if task == "classification" and not _is_gapless(values):
        notice(
            f"The target's {words} ({values[0]:g}..{values[-1]:g}) are classes; "
            f'task="{other}" makes them numbers to predict.'
        )


def _to_regression(y: np.ndarray, allowed: bool, task: object) -> np.ndarray:
    if y.dtype.kind == "U":
        raise DatasetError(
            f"`y` must hold numbers for a regression. Received: {str(y.ravel()[0])!r}"
        )
    if not allowed or task == "classification" or y.dtype.kind == "b":
        raise DatasetError(
            "`y` must be one class per example, or one-hot rows with a single 1. "
            f"Received: shape={y.shape}, dtype={y.dtype}"
        )
    largest = float(np.abs(y.astype(np.float64)).max(initial=0.0))
    if largest > np.finfo(np.float32).max:
        raise DatasetError(f"`y` must lie within float32, up to 3.4e38. Received: {largest:.3g}")
    return y.astype(np.float32)


def _positions(y: np.ndarray, values: np.ndarray) -> np.ndarray:
    if y.dtype.kind == "f" and not (y == np.rint(y)).all():
        raise DatasetError(
            "`y` must hold whole numbers; they are the numbers of classes. "
            f"Received: y[{int(np.argmax(y != np.rint(y)))}]={y[np.argmax(y != np.rint(y))]}"
        )
    unseen = np.setdiff1d(y, values)
    if len(unseen):
        raise DatasetError(
            "`y_test` must hold only classes of `y_train`; others cannot be predicted. "
            f"Received: unseen classes {[_name(v) for v in unseen[:5]]}"
        )
    return np.searchsorted(values, y)


def _name(value: np.generic) -> str:
    return str(int(value)) if np.asarray(value).dtype.kind in "iuf" else str(value)


def _to_classes(y: np.ndarray, class_names: tuple[str, ...]) -> np.ndarray:
    if y.dtype.kind not in "biu":
        raise DatasetError(f"`y` must hold whole class numbers. Received: dtype={y.dtype}")
    outside = (y < 0) | (y >= len(class_names))
    if outside.any():
        raise DatasetError(
            f"`y` must lie in 0..{len(class_names) - 1}, one number per class. "
            f"Received: {int(outside.sum())} labels outside, first {y[outside][0]}"
        )
    return y.astype(np.int32)
