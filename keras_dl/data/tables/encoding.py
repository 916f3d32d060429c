"""Encoding of typed columns: nominal one-hot, ordinal by rank, circular as sine and cosine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.tables.columns import is_number
from keras_dl.data.targets import is_missing

__all__ = ["KINDS", "Column", "ColumnEncoder"]

KINDS = ("numerical", "nominal", "ordinal", "circular")
MOST_VALUES = 1000  # of a nominal column, each of which becomes a feature
GAP = "missing"


@dataclass(frozen=True)
class Column:
    """A column of a table and its encoding.

    Attributes:
        name: name in the header, or number from 0.
        number: place in the file, from 0.
        kind: "numerical", "nominal", "ordinal" or "circular".
        values: categories of a nominal column; values of an ordinal one, lowest first.
        period: of a circular column, in its unit.
        fill: value of gaps: the median of train.
        gaps: whether train has gaps; a feature of its own marks them.
    """

    name: str
    number: int
    kind: str
    values: tuple[str, ...] = ()
    period: float = 0.0
    fill: float = 0.0
    gaps: bool = False

    @property
    def features(self) -> list[str]:
        """Names of the features that the column becomes."""
        if self.kind == "nominal":
            names = [f"{self.name}={value}" for value in self.values]
        elif self.kind == "circular":
            names = [f"sin {self.name}", f"cos {self.name}"]
        else:
            names = [self.name]
        return [*names, f"{self.name}={GAP}"] if self.gaps else names

    def fit(self, cells: Sequence[str]) -> Self:
        """Returns the column with categories, fill and gaps of the training examples."""
        present = [cell for cell in cells if not is_missing(cell)]
        column = replace(self, gaps=len(present) < len(cells))
        if self.kind == "nominal":
            values = tuple(sorted(set(present)))
            if len(values) > MOST_VALUES:
                raise DatasetError(
                    f"`columns` must state nominal columns of at most {MOST_VALUES:,} values. "
                    f"Received: {len(values):,} in {self.name}"
                )
            return replace(column, values=values)
        numbers = [column.number_of(cell) for cell in present]
        return replace(column, fill=float(np.median(numbers)) if numbers else 0.0)

    def encode(self, cells: Sequence[str]) -> np.ndarray:
        """Returns the features of cells, (n, features) float64.

        Categories that train lacks have only zeros.

        Raises:
            DatasetError: if a cell holds no number, or a value without a rank.
        """
        gaps = np.array([is_missing(cell) for cell in cells])
        if self.kind == "nominal":
            places = {value: i for i, value in enumerate(self.values)}
            block = np.zeros((len(cells), len(self.values)))
            for row, cell in enumerate(cells):
                if cell in places:
                    block[row, places[cell]] = 1
        else:
            pairs = zip(cells, gaps, strict=True)
            numbers = np.array([self.fill if gap else self.number_of(c) for c, gap in pairs])
            block = numbers[:, None]
            if self.kind == "circular":
                angle = 2 * np.pi * block / self.period
                block = np.where(gaps[:, None], 0.0, np.hstack([np.sin(angle), np.cos(angle)]))
        return np.hstack([block, gaps[:, None]]) if self.gaps else block

    def unknown(self, cells: Sequence[str]) -> list[str]:
        """Returns the categories of cells that train lacks, and "" for gaps where it has none."""
        if self.kind != "nominal":
            return []
        texts = ["" if is_missing(cell) else cell for cell in cells]
        known = {*self.values, *([""] if self.gaps else [])}
        return [text for text in dict.fromkeys(texts) if text not in known]

    def number_of(self, cell: str) -> float:
        """Returns the number in a cell, or the rank of its value from 0.

        Raises:
            DatasetError: if there is none.
        """
        if self.kind == "ordinal":
            if cell not in self.values:
                raise DatasetError(
                    f"`columns` must rank every value of {self.name}: {' < '.join(self.values)}. "
                    f"Received: {cell[:40]!r}"
                )
            return float(self.values.index(cell))
        if not is_number(cell) or not math.isfinite(float(cell)):
            raise DatasetError(
                f"Column {self.name} must hold finite numbers, or its kind be stated for the "
                f"training: --columns {self.name}=nominal. Received: {cell[:40]!r}"
            )
        return float(cell)


@register_preprocessor("columns")
class ColumnEncoder:
    """Converts rows of typed columns to features.

    Args:
        columns: columns in the order of the cells.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)

    @classmethod
    def fit(cls, columns: Sequence[Column], rows: np.ndarray) -> Self:
        """Returns the encoder of training examples.

        Args:
            columns: kinds of the columns.
            rows: cells (n, columns), texts.
        """
        return cls([c.fit(rows[:, i].tolist()) for i, c in enumerate(columns)])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(name for column in self.columns for name in column.features)

    def __call__(self, inputs: Any) -> np.ndarray:
        """Returns features (n, features) float32 of rows of cells, or of columns by name."""
        if hasattr(inputs, "columns") or isinstance(inputs, Mapping):
            missing = [c.name for c in self.columns if c.name not in inputs]
            if missing:
                raise DatasetError(
                    f"`inputs` must have the columns of training. Missing: {', '.join(missing)}"
                )
            cells = [[_as_cell(v) for v in inputs[c.name]] for c in self.columns]
        else:
            rows = [[_as_cell(value) for value in row] for row in inputs]
            cells = [list(column) for column in zip(*rows, strict=True)]
        blocks = [c.encode(own) for c, own in zip(self.columns, cells, strict=True)]
        return np.hstack(blocks).astype(np.float32)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments in JSON-serialisable values."""
        return {"columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Returns the encoder of a config."""
        columns = [Column(**{**c, "values": tuple(c["values"])}) for c in config["columns"]]
        return cls(columns)


def _as_cell(value: object) -> str:
    return "" if is_missing(value) else str(value).strip()
