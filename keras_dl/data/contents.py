"""Contents of a data set in numbers: rows, examples per class, ranges of values."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl.data.specs import Classes, Images, Values

if TYPE_CHECKING:
    from keras_dl.data.dataset import Data

__all__ = ["measure"]


def measure(data: "Data") -> dict[str, Any]:
    """Counts rows and classes of each split and measures ranges, in JSON-serialisable values.

    Args:
        data: the data set.

    Returns:
        "rows" by split; "class_counts" by split, in the order of the class names, empty if the
        targets are no classes; "ranges" of "x" and, for regression targets and images, "y": by name
        of the array, "" for a single one, [dtype, lowest, highest value] over all splits.
    """
    splits = data.splits
    measured = {
        "rows": {name: split.num_examples for name, split in splits.items()},
        "class_counts": _class_counts(data),
        "ranges": {"x": _ranges([split.x for split in splits.values()])},
    }
    if isinstance(data.targets, Values | Images):
        measured["ranges"]["y"] = _ranges([split.y for split in splits.values()])
    return measured


def _class_counts(data: "Data") -> dict[str, list[int]]:
    if not isinstance(data.targets, Classes):
        return {}
    counts = {}
    for name, split in data.splits.items():
        y, names = split.y, (data.targets.by_split or {}).get(name, data.class_names)
        if not isinstance(y, np.ndarray) or y.dtype.kind not in "biu":
            return {}
        labels = y[(y >= 0) & (y < len(names))].astype(np.int64)  # -1: unlabelled
        counts[name] = np.bincount(labels, minlength=len(names)).tolist()
    return counts


def _ranges(trees: list[Any]) -> dict[str, list[Any]]:
    """Returns [dtype, lowest, highest] of each array by name; arrays without order are left out."""
    ranges: dict[str, list[Any]] = {}
    for tree in trees:
        for name, array in _named(tree):
            if array.dtype.kind not in "biuf" or not array.size:
                continue
            low, high = array.min().item(), array.max().item()
            if name in ranges:
                low, high = min(low, ranges[name][1]), max(high, ranges[name][2])
            ranges[name] = [str(array.dtype), low, high]
    return ranges


def _named(tree: Any, prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from _named(part, f"{prefix}/{key}" if prefix else str(key))
    elif isinstance(tree, np.ndarray):
        yield prefix, tree
