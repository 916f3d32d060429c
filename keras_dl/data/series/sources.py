"""Time series by name, from CSV files and from arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import user_path
from keras_dl.data.reading import fact
from keras_dl.data.sources import mirror
from keras_dl.data.tables.columns import is_number
from keras_dl.data.tables.header import find_header
from keras_dl.data.tables.rows import Row, Table, open_table

__all__ = ["SERIES", "Series", "read_series"]

SERIES = {"airline_passengers": 12, "daily_min_temperatures": 365, "seasonal": 24}  # periods
LEAST = 20  # values; shorter series leave no splits


@dataclass(frozen=True)
class Series:
    """Values at equal distances in time.

    Attributes:
        values: (n,) float64, oldest first.
        name: short name.
        source: origin of the values, in words.
        times: of the first and the last value, in words; empty where unknown.
        period: values of a season; None where unknown.
    """

    values: np.ndarray
    name: str
    source: str
    times: tuple[str, ...] = ()
    period: int | None = None


def read_series(dataset: object) -> Series:
    """Reads a time series.

    Of a CSV file the last column holds the values, oldest first, and the first one of several the
    times, which are shown but not used.

    Args:
        dataset: "airline_passengers", "daily_min_temperatures", "seasonal" (generated), the path
            of a CSV file, or numbers (n,).

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if a value is missing or no number, or there are fewer than 20.
    """
    if isinstance(dataset, str) and dataset == "seasonal":
        return _seasonal()
    if isinstance(dataset, str | Path):
        return _from_file(str(dataset))
    if isinstance(dataset, Sequence | np.ndarray):
        return Series(_check(np.asarray(dataset, "float64"), "memory"), "series", "memory")
    raise DatasetError(
        "`dataset` must be the name of a series, the path of a CSV file, or numbers. "
        f"Received: {type(dataset).__name__}"
    )


def _seasonal() -> Series:
    """Generates a month of hours: a trend, a daily season and noise."""
    hours = np.arange(720)
    noise = np.random.default_rng(20_260_101).normal(0, 0.5, len(hours))
    values = 20 + 0.01 * hours + 5 * np.sin(2 * np.pi * hours / 24) + noise
    return Series(values, "seasonal", "generated", period=SERIES["seasonal"])


def _from_file(dataset: str) -> Series:
    stored = mirror.find(dataset) if dataset in SERIES else None
    path = stored or user_path(dataset)
    if not path.is_file():
        where = "set KERAS_DL_DATA to the folder of the data" if dataset in SERIES else "no file"
        raise DatasetUnavailable(
            f"`dataset` must be one of {', '.join(SERIES)}, or the path of a CSV file. "
            f"Received: dataset={dataset!r} ({where})"
        )
    table = open_table(path)
    if not table.first:
        raise DatasetError(f"`dataset` must hold values. Received: an empty file, {path}")
    table.record()
    header = find_header(table, frozenset(), numeric=len(table.first) == 1)
    rows = list(table.rows())[header is not None :]
    values = _check(np.array([_number(table, row) for row in rows]), str(path))
    times = (rows[0][1][0], rows[-1][1][0]) if len(table.first) > 1 else ()
    fact("values", f"column {header[-1]}" if header else f"column {len(table.first)}, the last one")
    name = dataset if dataset in SERIES else path.stem
    return Series(values, name, str(path), times, SERIES.get(dataset))


def _number(table: Table, row: Row) -> float:
    table.check_width(row)
    cell = row[1][-1].strip()
    if not is_number(cell):
        raise DatasetError(
            "`dataset` must have a number in the last column of each row; gaps are not filled. "
            f"Received: {cell[:40]!r} in line {row[0]} of {table.path}"
        )
    return float(cell)


def _check(values: np.ndarray, source: str) -> np.ndarray:
    if values.ndim != 1 or len(values) < LEAST or not np.isfinite(values).all():
        raise DatasetError(
            f"`dataset` must be at least {LEAST} finite numbers, (n,). "
            f"Received: shape {values.shape} of {source}, "
            f"{int((~np.isfinite(values)).sum())} of them not finite"
        )
    return values
