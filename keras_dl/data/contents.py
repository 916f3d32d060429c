"""Contents of a data set in numbers: rows, examples per class, ranges of values."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from keras_dl.data.specs import Classes, Images, Spec, Values

__all__ = ["measure"]


class _Split(Protocol):
    """The parts of a `Split` that are measured."""

    @property
    def num_examples(self) -> int: ...
    @property
    def x(self) -> Any: ...
    @property
    def y(self) -> Any: ...


def measure(splits: Mapping[str, _Split], targets: Spec) -> dict[str, Any]:
    """Counts rows and classes of each split and measures ranges, in JSON-serialisable values.

    Args:
        splits: by name.
        targets: type of their y.

    Returns:
        "rows" by split; "class_counts" by split, in the order of the class names, empty if the
        targets are no classes; "ranges" of "x" and, for regression targets and images, "y": by name
        of the array, "" for a single one, [dtype, lowest, highest value] over all splits.
    """
    ranges = {"x": _ranges([split.x for split in splits.values()])}
    if isinstance(targets, Values | Images):
        ranges["y"] = _ranges([split.y for split in splits.values()])
    return {
        "rows": {name: split.num_examples for name, split in splits.items()},
        "class_counts": _class_counts(splits, targets) if isinstance(targets, Classes) else {},
        "ranges": ranges,
    }


def _class_counts(splits: Mapping[str, _Split], targets: Classes) -> dict[str, list[int]]:
    counts = {}
    for name, split in splits.items():
        y, names = split.y, (targets.by_split or {}).get(name, targets.names)
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
