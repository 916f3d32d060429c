"""Tables in CSV files: numeric features and a target column."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import check_text

__all__ = ["TARGETS", "read_csv"]

# A column with one of these names is the target.
TARGETS = ("label", "class", "target")


def read_csv(path: Path, name: str, source: str) -> Raw:
    """Reads features and target of a CSV file separated by commas, semicolons or tabs.

    The first line is a header if none of its cells is a number, or one is named label, class or
    target. The column of that name is the target, else the last one.

    Args:
        path: UTF-8 text file.
        name: short name of the data set.
        source: origin of the file, in words.

    Raises:
        DatasetError: if the file is empty, rows differ in length, cells are missing, or a feature
            is text; the message names row and column.
    """
    check_text(path)
    try:
        return Raw(name, source, _parse(path))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            f"`dataset` must be a CSV file in UTF-8. Received: {path} ({error})"
        ) from None


def _parse(path: Path) -> tuple[np.ndarray, np.ndarray]:
    rows = _rows(path)
    _, first = next(rows, (0, []))
    if len(first) < 2:
        raise DatasetError(
            "`dataset` must have feature columns and a target column, with commas, semicolons or "
            f"tabs between. Received: {f'one column {first}' if first else 'no rows'} in {path}"
        )
    names = [cell.lower() for cell in first]
    header = not any(_is_number(cell) for cell in first) or any(n in TARGETS for n in names)
    target = max((names.index(n) for n in TARGETS if n in names), default=len(first) - 1)
    titles = first if header else [str(i + 1) for i in range(len(first))]
    xs, ys = [], []
    for line, row in rows if header else _rows(path):
        if len(row) != len(first):
            raise DatasetError(
                f"`dataset` must have {len(first)} cells in every row, as in its first. "
                f"Received: {len(row)} cells in line {line} of {path}"
            )
        ys.append(row.pop(target))
        xs.append(_numbers(row, titles[:target] + titles[target + 1 :], line, path))
    if not xs:
        raise DatasetError(f"`dataset` must hold rows below its header. Received: {path}")
    return np.stack(xs), _target(ys, titles[target], path)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yields line number and cells of each row that is not blank."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.readline()
        delimiter = max(",;\t", key=start.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]


def _numbers(row: list[str], titles: list[str], line: int, path: Path) -> np.ndarray:
    try:
        return np.fromiter(map(float, row), np.float32, len(row))
    except ValueError:
        column = next(i for i, cell in enumerate(row) if not _is_number(cell))
        content = f"'{row[column]}'" if row[column] else "an empty cell"
        raise DatasetError(
            "`dataset` must hold a number in every feature; encode text as numbers and fill "
            f"missing cells first. Received: {content} in column {titles[column]}, line {line} "
            f"of {path}"
        ) from None


def _target(cells: list[str], title: str, path: Path) -> np.ndarray:
    missing = sum(not cell for cell in cells)
    if missing:
        raise DatasetError(
            f"`dataset` must have a target in every row. Received: {missing} empty cells in "
            f"column {title} of {path}"
        )
    if all(_is_number(cell) for cell in cells):
        return np.array([float(cell) for cell in cells])
    return np.array(cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
