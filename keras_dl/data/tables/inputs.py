"""Rows of tables to predict, with the columns of the training data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.arrays import read_npz
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import user_path
from keras_dl.data.reading import notice
from keras_dl.data.tables.columns import plain
from keras_dl.data.tables.csv_files import numbers_of
from keras_dl.data.tables.encoding import ColumnEncoder
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.layout import Layout, has_decimal_commas
from keras_dl.data.tables.rows import Table, open_table
from keras_dl.data.unreadable import Unreadable
from keras_dl.utils.printing import printable
from keras_dl.utils.text import list_first

__all__ = ["read_rows"]


def read_rows(
    paths: Sequence[str],
    spec: Mapping[str, Any],
    unreadable: Unreadable | None = None,
    encoder: object = None,
) -> tuple[np.ndarray, list[str]]:
    """Reads rows of tables in the columns that a model was trained on.

    Columns are found by their names, in any order; those that training did not use, such as the
    target, are ignored. Without names the file has the columns of training in their order, with or
    without those that were left out.

    Args:
        paths: CSV files, or `.npz` files with x or x_test (n, features).
        spec: facts of the training data, as `Data.facts` returns them.
        unreadable: list that files and rows without numbers are added to; None: they are refused.
        encoder: preprocessor of the run; that of typed columns takes their cells.

    Returns:
        Rows (n, features) float32 and a name for each, `file:line`.

    Raises:
        DatasetError: if columns are missing, or nothing can be read; the message names them.
    """
    xs: list[np.ndarray] = []
    names: list[str] = []
    for word in paths:
        path = user_path(word)
        try:
            if not path.exists():
                raise DatasetError(f"`paths` must exist. Received: {path}")
            if path.suffix.lower() == ".npz":
                x, own = _read_npz(path, spec)
            elif isinstance(encoder, ColumnEncoder):
                x, own = _read_cells(path, encoder, unreadable)
            else:
                x, own = _read_csv(path, spec, unreadable)
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((str(path), str(error)))
        else:
            xs += list(x)
            names += own
    width = int(spec["input_shape"][0])
    return np.array(xs, np.float32).reshape(-1, width), names


def _read_npz(path: Path, spec: Mapping[str, Any]) -> tuple[Sequence[np.ndarray], list[str]]:
    arrays = read_npz(path)
    x = arrays.get("x", arrays.get("x_test"))
    width = spec["input_shape"][0]
    if x is None or x.shape[1:] != (width,) or x.dtype.kind not in "biuf":
        received = sorted(arrays)[:10] if x is None else f"{x.shape} {x.dtype}"
        raise DatasetError(
            f"`paths` must hold numbers x of shape (n, {width}). Received: {received} in {path}"
        )
    return list(x), [f"{path}[{i}]" for i in range(len(x))]


def _read_cells(
    path: Path, encoder: ColumnEncoder, unreadable: Unreadable | None
) -> tuple[Sequence[np.ndarray], list[str]]:
    """Reads rows of typed columns."""
    table = open_table(path)
    names = [column.name for column in encoder.columns]
    header = find_header(table, frozenset(map(plain, names)), numeric=False)
    if header is None:
        _notice_unnamed(path)
        places = [column.number for column in encoder.columns]
        if len(table.first) <= max(places):
            places = list(range(len(places)))
    else:
        by_name = {plain(name): i for i, name in enumerate(header)}
        missing = [name for name in names if plain(name) not in by_name]
        if missing:
            raise DatasetError(
                f"`paths` must have the columns of training. Missing: {list_first(missing, 10)} "
                f"in {path}"
            )
        places = [by_name[plain(name)] for name in names]
    xs, sources = [], []
    for number, (line, cells) in enumerate(table.rows()):
        if header is not None and number == 0:
            continue
        try:
            table.check_width((line, cells))
            own = [cells[i] for i in places]
            xs.append(encoder([own])[0])
            sources.append(f"{path}:{line}")
            _notice_unknown(encoder, own, sources[-1])
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((f"{path}:{line}", str(error)))
    return xs, sources


def _notice_unnamed(path: Path) -> None:
    notice(f"{path} has no names of columns; they are read in the order of training.")


def _notice_unknown(encoder: ColumnEncoder, cells: Sequence[str], source: str) -> None:
    for column, cell in zip(encoder.columns, cells, strict=True):
        for text in column.unknown([cell]):
            notice(
                f"{source}: training had no {text[:40]!r} in column {column.name}; its features "
                "are 0."
            )


def _read_csv(
    path: Path, spec: Mapping[str, Any], unreadable: Unreadable | None
) -> tuple[Sequence[np.ndarray], list[str]]:
    table = open_table(path)
    if not table.sample:
        raise DatasetError(f"`paths` must hold rows. Received: none in {path}")
    inputs = spec["inputs"]
    trained = frozenset(plain(name) for name in inputs.get("names", ()))
    header = find_header(table, trained, numeric=True)
    columns = _find_columns(table, header, spec)
    comma = has_decimal_commas(table, columns, header)
    layout = Layout(header, -1, columns, [], comma)
    xs, names = [], []
    rows = table.rows()
    if header is not None:
        next(rows)
    for row in rows:
        try:
            table.check_width(row)
            x = numbers_of(row, layout, path)
            _check_finite(x, f"line {row[0]} of {path}")
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((f"{path}:{row[0]}", str(error)))
        else:
            xs.append(x)
            names.append(f"{path}:{row[0]}")
    return xs, names


def _check_finite(x: np.ndarray, place: str) -> None:
    if not (np.abs(x) <= np.finfo(np.float32).max).all():
        raise DatasetError(f"`x` must be finite in float32. Received: NaN or inf in {place}")


def _find_columns(table: Table, header: list[str] | None, spec: Mapping[str, Any]) -> list[int]:
    """Returns the column of each feature.

    Raises:
        DatasetError: if columns are missing; the message names them.
    """
    width, count = len(table.first), int(spec["input_shape"][0])
    wanted, numbers = spec["inputs"].get("names", ()), spec["inputs"].get("numbers", ())
    if header is not None and wanted:
        places = {plain(printable(name)): i for i, name in reversed(list(enumerate(header)))}
        missing = [name for name in wanted if plain(name) not in places]
        if missing:
            raise DatasetError(
                f"`paths` must have the columns of training; {len(missing)} of {count} are "
                f"missing: {list_first(missing, 10)}. Received: columns {list_first(header, 10)} "
                f"in {table.path}"
            )
        return [places[plain(name)] for name in wanted]
    if width == count:
        if wanted:
            _notice_unnamed(table.path)
        return list(range(count))
    if not wanted and numbers and width > max(numbers):
        return list(numbers)
    named = f" with a header that names {list_first(wanted, 10)}" if wanted else ""
    raise DatasetError(
        f"`paths` must have the {count} columns of training{named}. "
        f"Received: {width} columns in {table.path}"
    )
