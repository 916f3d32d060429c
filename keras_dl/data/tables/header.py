"""Header of a table: stated by the user, or inferred from the kinds of the cells."""

import re

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.columns import TARGETS, looks_numeric, plain
from keras_dl.data.tables.rows import Table
from keras_dl.data.targets import is_missing

__all__ = ["find_header"]

WHOLE = re.compile(r"\d+")
LONGEST = 200  # characters of the header in the record


def find_header(
    table: Table, names: frozenset[str] = frozenset(TARGETS), *, numeric: bool
) -> list[str] | None:
    """Returns the names of the columns if the first line holds some, else None.

    The first line is a header if it holds one of the names and no line below does, or text above a
    column of numbers. Numbers are a header if they count the columns and stand above decimals.

    Args:
        table: with at least one row.
        names: of columns, in lower case.
        numeric: whether all columns but one hold numbers: a line of text only is a header.

    Raises:
        DatasetError: if the first line is stated to be no header, or may be one or not.
    """
    first = table.first
    stated = option("header")
    is_header = _infer(table, names, numeric) if stated is None else bool(stated)
    if is_header is None:
        raise DatasetError(
            "`header` must be stated for a first line of numbers that may be names of columns: "
            "--header or --no-header, header=True or header=False. "
            f"Received: {', '.join(first)[:LONGEST]} in line 1 of {table.path}"
        )
    listed = ", ".join(cell or '""' for cell in first)[:LONGEST]
    fact("header", f"line {table.sample[0][0]}: {listed}" if is_header else "none")
    if is_header and stated is None and all(looks_numeric(cell) for cell in first if cell):
        notice(f"Line 1 ({listed}) is taken for the header; header=False makes it an example.")
    return first if is_header else None


def _infer(table: Table, names: frozenset[str], numeric: bool) -> bool | None:
    """Returns True for a header, None if it may be one."""
    first = table.first
    rows = [row for _, row in table.sample[1:] if len(row) == len(first)]
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]
    columns = [[cell for cell in column if not is_missing(cell)] for column in columns]
    columns = columns or [[] for _ in first]
    for cell, column in zip(first, columns, strict=True):
        if plain(cell) in names and cell not in column:
            return True
        text = not looks_numeric(cell) and not is_missing(cell)
        if text and column and all(map(looks_numeric, column)):
            return True
    if not any(map(looks_numeric, first)):
        return numeric
    named = first[1:] if not first[0] else first  # pandas leaves the name of its index empty
    if not all(map(WHOLE.fullmatch, named)) or len(set(named)) < len(named):
        return False
    return _numbers_are_names(first, columns)


def _numbers_are_names(first: list[str], columns: list[list[str]]) -> bool | None:
    """Returns whether a first line of different whole numbers names the columns below."""
    named = first[1:] if not first[0] else first
    numbers = list(map(int, named))
    counting = numbers in (list(range(len(named))), list(range(1, len(named) + 1)))
    unlike = sum(bool(column) and not any(map(WHOLE.fullmatch, column)) for column in columns)
    if counting and (unlike or not first[0]):
        return True
    if counting:
        return None if len(named) > 2 else False
    return None if unlike > 1 else False
