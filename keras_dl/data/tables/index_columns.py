"""Index columns of a table: numbers and names of rows, which are no features."""

import re
from collections.abc import Sequence

from keras_dl.data.reading import notice
from keras_dl.data.tables.columns import WHOLE, column_name, looks_numeric, plain
from keras_dl.data.tables.rows import Table

__all__ = ["find_index_columns"]

# Names of index columns: that of pandas is empty, or "Unnamed: 0" once read and written again.
INDEX = re.compile(
    r"|#|ids?|idx|index|indices|no\.?|nr\.?|rows?|row ?names?|unnamed: \d+|"
    r".*[ _.-](id|idx|index|no|nr)|row[ _-]?(id|idx|index|number|num|no|nr)"
)
ENDING = re.compile(r".*[a-z](ID|Id)")  # PassengerId
ENOUGH = 20  # rows; a shorter column may count by chance


def find_index_columns(
    table: Table, header: Sequence[str] | None, features: Sequence[int]
) -> set[int]:
    """Returns the columns that number or name the rows, and records them.

    A column is an index if its name is that of one and its values differ in all rows; without a
    header, if it is the first of several and counts the rows. A counting column with another name
    is a feature, and recorded.

    Args:
        table: its sample decides.
        header: names of the columns, or None.
        features: columns that may be features.
    """
    rows = [row for _, row in table.sample[1 if header else 0 :]]
    dropped = set()
    for column in features:
        cells = [row[column].strip() for row in rows if len(row) > column]
        counting = _counts(cells)
        title = column_name(column, header)
        if len(features) > 1 and _is_index(column, header, cells, counting):
            dropped.add(column)
            detail = f"counts the rows from {cells[0]}" if counting else "differs in every row"
            notice(f"Column {title} {detail}; it is an index and left out of the features.")
        elif counting and len(cells) >= ENOUGH:
            notice(f"Column {title} counts the rows from {cells[0]}; it is kept as a feature.")
    return dropped if len(dropped) < len(features) else set()


def _is_index(column: int, header: Sequence[str] | None, cells: list[str], counting: bool) -> bool:
    if header is None:
        return column == 0 and counting and len(cells) >= ENOUGH
    name = header[column]
    named = INDEX.fullmatch(plain(name)) or ENDING.fullmatch(name)
    whole = all(map(WHOLE.fullmatch, cells)) or not any(map(looks_numeric, cells))
    return bool(named) and whole and len(set(cells)) == len(cells) > 1


def _counts(cells: list[str]) -> bool:
    if len(cells) < 2 or not all(map(WHOLE.fullmatch, cells)):
        return False
    start = int(cells[0])
    return start in (0, 1) and all(int(cell) == start + i for i, cell in enumerate(cells))
