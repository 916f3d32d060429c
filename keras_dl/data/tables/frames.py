"""Tables in memory: pandas DataFrames."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from keras_dl.data.dataset import Raw
from keras_dl.data.reading_options import option, reading_options
from keras_dl.data.tables.csv_files import read_table
from keras_dl.data.tables.rows import Table

__all__ = ["Frame", "as_frame", "read_frame"]


@dataclass(frozen=True)
class Frame:
    """The cells of a DataFrame.

    Attributes:
        content: its rows as CSV, the names of the columns first.
        columns: names of the columns.
        ordered: ordered categories as kinds of columns, `size=S<M<L`, by name.
    """

    content: str
    columns: tuple[str, ...]
    ordered: dict[str, str]

    def table(self) -> Table:
        """Returns the rows, names first."""
        return Table(Path("DataFrame"), self.content, ",")

    def to_json(self) -> str:
        """Returns a text that `from_json` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Returns the frame of a text of `to_json`."""
        stored = json.loads(text)
        return cls(stored["content"], tuple(stored["columns"]), stored["ordered"])


def as_frame(value: Any) -> Frame | None:
    """Returns the cells of a DataFrame, without importing pandas; None for other values."""
    pandas = sys.modules.get("pandas")
    if isinstance(value, Frame):
        return value
    if pandas is None or not isinstance(value, pandas.DataFrame):
        return None
    value = value.rename(columns=str)
    ordered = {
        name: f"{name}={'<'.join(map(str, kind.categories))}"
        for name, kind in value.dtypes.items()
        if getattr(kind, "ordered", False)
    }
    return Frame(value.to_csv(index=False), tuple(value.columns), ordered)


def read_frame(frame: Frame) -> Raw:
    """Reads features and target of a DataFrame, as of a CSV file with a header.

    Ordered categories are ordinal unless the option `columns` states another kind.

    Args:
        frame: one of its columns is the target.

    Raises:
        DatasetError: if it has no rows or no features, or a column is wrong.
    """
    stated = tuple(option("columns") or ())  # type: ignore[arg-type]
    named = {part.rpartition("=")[0].strip() for part in stated}
    kinds = [k for name, k in frame.ordered.items() if name not in (*named, option("target"))]
    name, source, header = "frame", "the caller's DataFrame", list(frame.columns)
    if not kinds:
        return read_table(frame.table(), name, source, header)
    with reading_options(columns=(*stated, *kinds)):
        return read_table(frame.table(), name, source, header)
