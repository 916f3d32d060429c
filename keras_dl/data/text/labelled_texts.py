"""Texts in memory, with and without labels."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl.data.errors import DatasetError

__all__ = ["LabelledTexts", "holds_texts", "labelled_texts", "running_text"]

LabelledTexts = tuple[list[str], list[Any]]  # texts and their labels
FORMS = (
    "`dataset` must be the name of a set of texts, a path, (texts, labels), (texts, labels, "
    "test_texts, test_labels), ((texts, labels), (test_texts, test_labels)) or a dict with the "
    "keys x_train, y_train, x_test, y_test."
)


def running_text(dataset: object) -> list[str] | None:
    """Returns a sequence of texts without labels as a list; None for other values."""
    return _texts(dataset)


def labelled_texts(dataset: object) -> dict[str, LabelledTexts]:
    """Returns texts and labels by split.

    Args:
        dataset: one of the forms that the error message lists; texts and labels in lists,
            tuples, arrays or columns of a table.

    Raises:
        DatasetError: for other forms, for values that are no texts, and for missing labels.
    """
    pairs = _pairs(dataset)
    if pairs is None:
        length = f" of length {len(dataset)}" if isinstance(dataset, tuple | list) else ""
        raise DatasetError(f"{FORMS} Received: {type(dataset).__name__}{length}")
    splits = {}
    for split, (values, labels) in pairs.items():
        texts = _texts(values)
        if texts is None:
            raise DatasetError(
                "`dataset` must hold texts, each a str. "
                f"Received: {_first_invalid(values)} in {split}"
            )
        if np.ndim(labels) != 1 or len(texts) != len(labels):
            count = len(labels) if np.ndim(labels) else 1
            raise DatasetError(
                "`dataset` must have one label for each text. "
                f"Received: {len(texts)} texts and {count} labels in {split}"
            )
        splits[split] = texts, np.asarray(labels).tolist()
    return splits


def holds_texts(dataset: object) -> bool:
    """Returns True for texts in memory, with or without labels; does not check their form."""
    pairs = _pairs(dataset)
    return _texts(dataset) is not None or bool(pairs and _texts(pairs["train"][0]) is not None)


def _pairs(dataset: object) -> dict[str, tuple[Any, Any]] | None:
    if isinstance(dataset, Mapping):
        names = {"train": "train", "validation": "validation", "test": "test"}
        names = names if "x_train" in dataset else {"train": ""}
        keys = {s: (f"x_{n}".rstrip("_"), f"y_{n}".rstrip("_")) for s, n in names.items()}
        pairs = {s: (dataset.get(x), dataset.get(y)) for s, (x, y) in keys.items() if x in dataset}
        complete = "train" in pairs and all(y is not None for _, y in pairs.values())
        return pairs if complete else None
    if not isinstance(dataset, tuple | list) or _texts(dataset) is not None:
        return None
    if len(dataset) == 4:
        return {"train": (dataset[0], dataset[1]), "test": (dataset[2], dataset[3])}
    if len(dataset) != 2:
        return None
    if all(isinstance(p, tuple) and len(p) == 2 and _texts(p) is None for p in dataset):
        return {"train": dataset[0], "test": dataset[1]}
    return {"train": (dataset[0], dataset[1])}


def _texts(values: Any) -> list[str] | None:
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__len__"):
        return None
    if getattr(values, "ndim", 1) > 1:  # of a DataFrame, a list has the names of the columns
        return None
    texts = list(values)
    return [str(text) for text in texts] if all(isinstance(t, str) for t in texts) else None


def _first_invalid(values: Any) -> str:
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        return f"{type(values).__name__} in place of a list"
    return next(f"{text!r}" for text in values if not isinstance(text, str))
