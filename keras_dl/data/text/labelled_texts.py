"""Texts that the caller has in memory."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError

__all__ = ["Said", "holds_texts", "running", "said"]

Said = tuple[list[str], list[Any]]  # texts and their labels
FORMS = (
    "`dataset` must be the name of a set of texts, a path, (texts, labels), (texts, labels, "
    "test_texts, test_labels), ((texts, labels), (test_texts, test_labels)) or a dict with the "
    "keys x_train, y_train, x_test, y_test."
)


def running(dataset: Any) -> list[str] | None:
    """A sequence of texts without labels as a list; None for anything else."""
    return _texts(dataset)


def said(dataset: Any) -> dict[str, Said]:
    """The caller's texts and labels by split.

    Args:
        dataset: one of the forms that the message of the error lists; texts and labels in lists,
            tuples, arrays or columns of a table.

    Raises:
        DatasetError: for another form, for texts that are none, or where labels are missing.
    """
    pairs = _pairs(dataset)
    if pairs is None:
        length = f" of length {len(dataset)}" if isinstance(dataset, tuple | list) else ""
        raise DatasetError(f"{FORMS} Received: {type(dataset).__name__}{length}")
    found = {}
    for split, (given, labels) in pairs.items():
        texts = _texts(given)
        if texts is None:
            raise DatasetError(
                f"`dataset` must hold texts, each a str. Received: {_kind_of(given)} in {split}"
            )
        if np.ndim(labels) != 1 or len(texts) != len(labels):
            count = len(labels) if np.ndim(labels) else 1
            raise DatasetError(
                "`dataset` must have one label for each text. "
                f"Received: {len(texts)} texts and {count} labels in {split}"
            )
        found[split] = texts, np.asarray(labels).tolist()
    return found


def holds_texts(dataset: Any) -> bool:
    """Whether these are texts in memory, with labels or without; nothing is said of their form."""
    pairs = _pairs(dataset)
    return _texts(dataset) is not None or bool(pairs and _texts(pairs["train"][0]) is not None)


def _pairs(dataset: Any) -> dict[str, tuple[Any, Any]] | None:
    if isinstance(dataset, Mapping):
        names = {"train": "train", "validation": "validation", "test": "test"}
        names = names if "x_train" in dataset else {"train": ""}
        keys = {s: (f"x_{n}".rstrip("_"), f"y_{n}".rstrip("_")) for s, n in names.items()}
        found = {s: (dataset.get(x), dataset.get(y)) for s, (x, y) in keys.items() if x in dataset}
        return found if "train" in found and all(y is not None for _, y in found.values()) else None
    if not isinstance(dataset, tuple | list) or _texts(dataset) is not None:
        return None
    if len(dataset) == 4:
        return {"train": (dataset[0], dataset[1]), "test": (dataset[2], dataset[3])}
    if len(dataset) != 2:
        return None
    if all(isinstance(p, tuple) and len(p) == 2 and _texts(p) is None for p in dataset):
        return {"train": dataset[0], "test": dataset[1]}
    return {"train": (dataset[0], dataset[1])}


def _texts(given: Any) -> list[str] | None:
    if isinstance(given, (str, bytes, Mapping)) or not hasattr(given, "__len__"):
        return None
    texts = list(given)
    return [str(text) for text in texts] if all(isinstance(t, str) for t in texts) else None


def _kind_of(given: Any) -> str:
    if isinstance(given, str | bytes) or not hasattr(given, "__len__"):
        return f"{type(given).__name__} in place of a list"
    return next(f"{text!r}" for text in given if not isinstance(text, str))
