"""Labels of a table: whole numbers, missing ones, and texts that are no labels."""

from collections.abc import Sequence

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import notice
from keras_dl.data.tables.columns import WHOLE
from keras_dl.data.tables.rows import first_of
from keras_dl.data.targets import is_missing

__all__ = ["check_labels", "drop_missing", "whole_numbers"]

MOST_MISSING = 1 / 3  # share of rows without a label that are left out
FEW = 10  # rows; in smaller tables each may have a class of its own


def whole_numbers(cells: Sequence[str]) -> np.ndarray | None:
    """Returns whole numbers as int64; None for others, and for labels such as 007."""
    if not all(map(WHOLE.fullmatch, cells)):
        return None
    return np.array([int(cell) for cell in cells], np.int64)


def drop_missing(
    labels: Sequence[object], lines: Sequence[int], title: str, path: object
) -> list[int]:
    """Returns the rows that have a label, and records how many have none.

    Args:
        labels: one per row.
        lines: line of each row in the file; empty: the rows have none.
        title: name of the column of labels.
        path: of the file, for messages.

    Raises:
        DatasetError: if more than a third of the rows lack a label: the mark may be a class.
    """
    rows = [i for i, label in enumerate(labels) if not is_missing(label)]
    missing = sorted(set(range(len(labels))) - set(rows))
    if not missing:
        return rows
    where = first_of([lines[i] for i in missing] if lines else missing)
    where = where if lines else where.replace("line", "row", 1)
    marks = ", ".join(sorted({str(labels[i]) or "empty" for i in missing}))
    if len(missing) > MOST_MISSING * len(labels):
        raise DatasetError(
            f"`dataset` must have a target in every row; remove or name the others. Received: "
            f"{len(missing)} of "
            f"{len(labels)} rows without one ({marks}) in column {title} of {path}, {where}"
        )
    verb = "is" if len(missing) == 1 else "are"
    notice(
        f"{len(missing)} of {len(labels)} rows without a label ({marks}) in column {title} "
        f"{verb} left out: {where}."
    )
    return rows


def check_labels(labels: Sequence[object], title: str, path: object) -> None:
    """Refuses names of which most occur once: they are texts or numbers of rows, not classes.

    Args:
        labels: one per row.
        title: name of the column.
        path: of the file, for messages.

    Raises:
        DatasetError: if more than half of the labels differ.
    """
    different = len(set(labels))
    if len(labels) >= FEW and different * 2 > len(labels):
        raise DatasetError(
            "`target` must be a column of classes, each in several rows; --target states another "
            f"one. Received: {different} different values in {len(labels)} rows, such as "
            f"{str(labels[0])[:40]!r}, column {title} of {path}"
        )
