"""Tables in memory: pandas DataFrames."""

import sys
from pathlib import Path
from typing import Any

from keras_dl.data.dataset import Raw
from keras_dl.data.reading_options import option, reading_options
from keras_dl.data.tables.csv_files import read_table
from keras_dl.data.tables.rows import Table

__all__ = ["is_frame", "read_frame"]


def is_frame(value: object) -> bool:
    """Returns whether a value is a DataFrame, without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def read_frame(frame: Any) -> Raw:
    """Reads features and target of a DataFrame, as of a CSV file with a header.

    Ordered categories are ordinal unless the option `columns` states another kind.

    Args:
        frame: its columns have names; one of them is the target.

    Raises:
        DatasetError: if it has no rows or no features, or a column is wrong.
    """
    frame = frame.rename(columns=str)
    table = Table(Path("DataFrame"), frame.to_csv(index=False), ",")
    stated = tuple(option("columns") or ())  # type: ignore[arg-type]
    named = {part.rpartition("=")[0].strip() for part in stated}
    ordered = tuple(
        f"{name}={'<'.join(map(str, kind.categories))}"
        for name, kind in frame.dtypes.items()
        if getattr(kind, "ordered", False) and name not in (*named, option("target"))
    )
    if not ordered:
        return read_table(table, "frame", "the caller's DataFrame", list(frame.columns))
    with reading_options(columns=(*stated, *ordered)):
        return read_table(table, "frame", "the caller's DataFrame", list(frame.columns))
