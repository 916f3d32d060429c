"""Layout of a table: target, features, empty columns and decimal mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import (
    COMMA,
    TARGETS,
    column_name,
    find_column,
    find_named,
    is_number,
    plain,
)
from keras_dl.data.tables.index_columns import find_index_columns
from keras_dl.data.tables.rows import Table
from keras_dl.utils.text import plural

__all__ = ["Layout", "find_layout", "has_decimal_commas"]


@dataclass(frozen=True)
class Layout:
    """Columns of a table and the form of its numbers.

    Attributes:
        header: names of the columns, or None.
        target: column of the target.
        features: columns of the features.
        empty: columns without cells.
        decimal_comma: whether commas are decimal marks.
    """

    header: list[str] | None
    target: int
    features: list[int]
    empty: list[int]
    decimal_comma: bool

    def title(self, column: int) -> str:
        """Returns the name of a column for messages, or its number."""
        return column_name(column, self.header)


def find_layout(table: Table, header: list[str] | None) -> Layout:
    """Finds target and features, and records them.

    Raises:
        DatasetError: if the stated target is missing, several columns could be it, or there is no
            feature.
    """
    width, path = len(table.first), table.path
    for row in table.sample:
        table.check_width(row)
    empty = [i for i in range(width) if not any(row[i].strip() for _, row in table.sample)]
    if empty:
        words = plural(len(empty), "empty column is", "empty columns are")
        notice(f"{words} left out, the first is number {empty[0]} from 0.")
    target = _find_target(table, header, empty)
    features = [i for i in range(width) if i != target and i not in empty]
    if not features:
        raise DatasetError(
            "`dataset` must have feature columns and a target column. "
            f"Received: column {column_name(target, header)} only in {path}"
        )
    dropped = find_index_columns(table, header, features)
    features = [i for i in features if i not in dropped]
    if header is not None:
        rest = [header[i] for i in features if plain(header[i]) in TARGETS]
        if rest:
            notice(f"Column {' and '.join(rest)} is a feature, as the target is another column.")
    fact("features", plural(len(features), "column", "columns"))
    comma = has_decimal_commas(table, [*features, target], header)
    return Layout(header, target, features, empty, comma)


def _find_target(table: Table, header: list[str] | None, empty: Sequence[int]) -> int:
    stated, width = option("target"), len(table.first)
    if stated is not None:
        target, reason = find_column("target", stated, header, width, table.path), "as stated"
    else:
        named = find_named("target", TARGETS, header, table.path)
        target = max(set(range(width)) - set(empty)) if named is None else named
        reason = "the last one" if named is None else "by its name"
    fact("target", f"column {column_name(target, header)}, {reason}")
    return target


def has_decimal_commas(table: Table, columns: Sequence[int], header: list[str] | None) -> bool:
    """Returns whether commas are decimal marks in some columns, and records it.

    Args:
        table: rows of the file.
        columns: numbers of the columns, from 0.
        header: names of the columns, or None.
    """
    cells = [row[i].strip() for _, row in table.sample[1 if header else 0 :] for i in columns]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    if not commas or any("." in cell and is_number(cell) for cell in cells):
        return False
    fact("decimal mark", "comma")
    notice(f"Commas are read as decimal marks: {commas[0]} is {commas[0].replace(',', '.')}.")
    return True
