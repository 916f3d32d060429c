"""Conversion of a CSV file to arrays: numeric features and a target."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import check_text
from keras_dl.data.reading_options import option
from keras_dl.data.specs import Features
from keras_dl.data.tables.columns import COMMA, is_number, plain
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.kinds import SKIP, find_kinds, stated_columns
from keras_dl.data.tables.labels import check_labels, drop_missing, whole_numbers
from keras_dl.data.tables.layout import Layout, find_layout
from keras_dl.data.tables.rows import SAMPLE, Row, Table, open_table
from keras_dl.data.targets import is_missing

__all__ = ["numbers_of", "read_csv", "read_table"]

FEW = 10  # rows; texts and gaps of smaller tables are refused
CLASSES = ("label", "class")  # columns of these names hold classes, not measurements


def read_csv(path: Path, name: str, source: str) -> Raw:
    """Reads features and target of a CSV file.

    The options `target`, `header`, `delimiter`, `encoding` and `task` of `keras_dl.data.load`
    apply. By default the target is the column label, class or target, else the last one. Index
    columns and rows without a target are left out; header, columns and rows are recorded.

    Args:
        path: text file.
        name: short name of the data set.
        source: origin of the file, in words.

    Raises:
        DatasetError: if the file is empty, rows differ in length, features are missing or text, or
            several columns could be the target; the message names row and column.
    """
    if option("encoding") is None and path.suffix.lower() != ".gz":
        check_text(path)
    table = open_table(path)
    first = table.first
    if len(first) < 2:
        content = f"one column {first[0][:80]!r}" if first else "no rows"
        raise DatasetError(
            "`dataset` must have feature columns and a target column, with commas, semicolons or "
            f"tabs between. Received: {content} in {path}"
        )
    table.record()
    return read_table(table, name, source, find_header(table, numeric=True))


def read_table(table: Table, name: str, source: str, header: list[str] | None) -> Raw:
    """Reads features and target of a table.

    Columns of numbers without gaps stay as they are; others are typed, see `find_kinds`.

    Args:
        table: its rows are read.
        name: short name of the data set.
        source: origin of the table, in words.
        header: names of the columns, or None.

    Raises:
        DatasetError: as `read_csv`.
    """
    layout = find_layout(table, header)
    stated = stated_columns(header, len(table.first), table.path)
    if stated.get(layout.target) == SKIP:
        raise DatasetError(
            "`columns` must not skip the target, without which nothing can be learned. "
            f"Received: {layout.title(layout.target)}={SKIP}"
        )
    cells, lines, labels = _read(table, layout)
    y, task = _target(labels, layout, table.path)
    x = None if stated else _numeric(cells, lines, layout, table.path)
    if x is None:
        rows = [[_plain_cell(row[i], layout) for i in layout.features] for row in cells]
        columns = find_kinds(rows, lines, layout.features, header, stated)
        places = [layout.features.index(column.number) for column in columns]
        x = np.array([[row[i] for i in places] for row in rows], object)
        return Raw(name, source, (x, y), task=task, columns=tuple(columns))
    names = () if header is None else tuple(header[i] for i in layout.features)
    features = Features(names, tuple(layout.features))
    return Raw(name, source, (x, y), task=task, features=features)


def _read(table: Table, layout: Layout) -> tuple[list[list[str]], list[int], list[str]]:
    """Reads cells, line numbers and labels of the rows that have a label."""
    xs: list[list[str]] = []
    labels: list[str] = []
    lines: list[int] = []
    rows = table.rows()
    if layout.header is not None:
        next(rows)
    for row in rows:
        table.check_width(row)
        line, cells = row
        if layout.empty and any(cells[i].strip() for i in layout.empty):
            raise DatasetError(
                "`dataset` must have a name for each column, or none in the first "
                f"{SAMPLE} lines. Received: a cell in an empty column, line {line} of {table.path}"
            )
        label = cells[layout.target].strip('" ' if table.by_line else None)
        labels.append(label)
        lines.append(line)
        if not is_missing(label):
            xs.append(cells)
    if not labels:
        raise DatasetError(f"`dataset` must hold rows below its header. Received: {table.path}")
    present = drop_missing(labels, lines, layout.title(layout.target), table.path)
    return xs, [lines[i] for i in present], [labels[i] for i in present]


def _numeric(
    cells: list[list[str]], lines: list[int], layout: Layout, path: Path
) -> np.ndarray | None:
    """Returns the features if all are numbers; None if columns of a table have gaps or texts."""
    try:
        rows = zip(lines, cells, strict=True)
        x = np.stack([numbers_of(row, layout, path) for row in rows])
    except DatasetError:
        if len(cells) < FEW:
            raise
        return None
    if np.isnan(x).any() and len(cells) >= FEW:
        return None
    _check_finite(x, lines, layout, path)
    return x


def _plain_cell(cell: str, layout: Layout) -> str:
    cell = cell.strip()
    return cell.replace(",", ".") if layout.decimal_comma and COMMA.fullmatch(cell) else cell


def _check_finite(x: np.ndarray, lines: Sequence[int], layout: Layout, path: Path) -> None:
    bad = np.argwhere(~(np.abs(x) <= np.finfo(np.float32).max))
    if len(bad):
        row, column = bad[0]
        raise DatasetError(
            "`x` must be finite in float32; fill or remove missing values. "
            f"Received: {len(bad)} NaN or inf, first in column "
            f"{layout.title(layout.features[column])}, line {lines[row]} of {path}"
        )


def numbers_of(row: Row, layout: Layout, path: Path) -> np.ndarray:
    """Returns the features of a row, (features,) float64.

    Raises:
        DatasetError: if a cell holds no number; the message names column and line.
    """
    line, cells = row
    raw = [cells[i] for i in layout.features]
    cells = [cell.replace(",", ".") for cell in raw] if layout.decimal_comma else raw
    try:
        if "_" in "".join(cells):  # float() takes 1_000 for a number
            raise ValueError
        return np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        raw = [cell.strip() for cell in raw]
        column = next(i for i, cell in enumerate(cells) if not is_number(cell))
        content = f"'{raw[column][:40]}'" if raw[column] else "an empty cell"
        texts = " (recipes of texts read it)" if raw[column].count(" ") > 1 else ""
        raise DatasetError(
            "`dataset` must hold a number in every feature; encode text as numbers and fill "
            f"missing cells first. Received: {content} in column "
            f"{layout.title(layout.features[column])}, line {line} of {path}{texts}"
        ) from None


def _target(cells: list[str], layout: Layout, path: Path) -> tuple[np.ndarray, str | None]:
    """Returns the target as whole numbers, numbers or text, and the task that its name states."""
    title = layout.title(layout.target)
    whole = whole_numbers(cells)
    if whole is not None:
        repeated = len(np.unique(whole)) * 2 <= len(whole)
        classes = layout.header is not None and plain(title) in CLASSES
        return whole, "classification" if classes and repeated else None
    marks = [cell.replace(",", ".") for cell in cells] if layout.decimal_comma else cells
    numbers = [cell for cell in marks if is_number(cell)]
    padded = all(map(str.isdecimal, marks))  # 007 is a name
    if len(numbers) == len(cells) and (not padded or option("task") == "regression"):
        values = np.array([float(cell) for cell in marks])
        if option("task") != "classification" or (values == np.rint(values)).all():
            return values, None
    others = [cell for cell in marks if not is_number(cell)]
    if others and any(not re.fullmatch(r"[+-]?\d+", cell) for cell in numbers):
        raise DatasetError(
            "`dataset` must have numbers or names as target, not both. Received: "
            f"{len(others)} texts among {len(cells)} cells, first {others[0][:40]!r}, in column "
            f"{title} of {path}"
        )
    check_labels(cells, title, path)
    return np.array(cells), None
