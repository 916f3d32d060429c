"""Conversion of a CSV file to arrays: numeric features and a target."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import check_text
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import (
    COMMA,
    TARGETS,
    check_labels,
    column_name,
    drop_missing,
    find_column,
    find_named,
    is_number,
    plain,
    whole_numbers,
)
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.index_columns import find_index_columns
from keras_dl.data.tables.rows import SAMPLE, Row, Table, open_table
from keras_dl.data.targets import is_missing

__all__ = ["read_csv"]

CLASSES = ("label", "class")  # columns of these names hold classes, not measurements


@dataclass(frozen=True)
class _Layout:
    """Columns of a table and the form of its numbers."""

    header: list[str] | None
    target: int
    features: list[int]
    empty: list[int]
    decimal_comma: bool

    def title(self, column: int) -> str:
        return column_name(column, self.header)


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
        raise DatasetError(
            "`dataset` must have feature columns and a target column, with commas, semicolons or "
            f"tabs between. Received: {f'one column {first}' if first else 'no rows'} in {path}"
        )
    table.record()
    layout = _find_layout(table, find_header(table, numeric=True))
    x, labels = _read(table, layout)
    y, task = _target(labels, layout, path)
    return Raw(name, source, (x, y), task=task)


def _find_layout(table: Table, header: list[str] | None) -> _Layout:
    width, path = len(table.first), table.path
    for row in table.sample:
        table.check_width(row)
    empty = [i for i in range(width) if not any(row[i].strip() for _, row in table.sample)]
    if empty:
        notice(f"{len(empty)} empty columns are left out, the first is number {empty[0]} from 0.")
    stated = option("target")
    if stated is not None:
        target, reason = find_column("target", stated, header, width, path), "as stated"
    else:
        named = find_named("target", TARGETS, header, path)
        target = max(set(range(width)) - set(empty)) if named is None else named
        reason = "the last one" if named is None else "by its name"
    features = [i for i in range(width) if i != target and i not in empty]
    if not features:
        raise DatasetError(
            "`dataset` must have feature columns and a target column. "
            f"Received: column {column_name(target, header)} only in {path}"
        )
    fact("target", f"column {column_name(target, header)}, {reason}")
    dropped = find_index_columns(table, header, features)
    features = [i for i in features if i not in dropped]
    if header is not None:
        rest = [header[i] for i in features if plain(header[i]) in TARGETS]
        if rest:
            notice(f"Column {' and '.join(rest)} is a feature, as the target is another column.")
    fact("features", f"{len(features)} columns")
    comma = _has_decimal_commas(table, [*features, target], header)
    return _Layout(header, target, features, empty, comma)


def _has_decimal_commas(table: Table, columns: Sequence[int], header: list[str] | None) -> bool:
    cells = [row[i].strip() for _, row in table.sample[1 if header else 0 :] for i in columns]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    if not commas or any("." in cell and is_number(cell) for cell in cells):
        return False
    fact("decimal mark", "comma")
    notice(f"Commas are read as decimal marks: {commas[0]} is {commas[0].replace(',', '.')}.")
    return True


def _read(table: Table, layout: _Layout) -> tuple[np.ndarray, list[str]]:
    """Reads the features of the rows that have a label, and the labels."""
    xs: list[np.ndarray] = []
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
            xs.append(_numbers(row, layout, table.path))
    if not labels:
        raise DatasetError(f"`dataset` must hold rows below its header. Received: {table.path}")
    present = drop_missing(labels, lines, layout.title(layout.target), table.path)
    x = np.stack(xs)
    _check_finite(x, [lines[i] for i in present], layout, table.path)
    return x, [labels[i] for i in present]


def _check_finite(x: np.ndarray, lines: Sequence[int], layout: _Layout, path: Path) -> None:
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        row, column = bad[0]
        raise DatasetError(
            "`x` must be finite in float32; fill or remove missing values. "
            f"Received: {len(bad)} NaN or inf, first in column "
            f"{layout.title(layout.features[column])}, line {lines[row]} of {path}"
        )


def _numbers(row: Row, layout: _Layout, path: Path) -> np.ndarray:
    line, cells = row
    raw = [cells[i] for i in layout.features]
    cells = [cell.replace(",", ".") for cell in raw] if layout.decimal_comma else raw
    try:
        if "_" in "".join(cells):  # float() takes 1_000 for a number
            raise ValueError
        return np.fromiter(map(float, cells), np.float32, len(cells))
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


def _target(cells: list[str], layout: _Layout, path: Path) -> tuple[np.ndarray, str | None]:
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
