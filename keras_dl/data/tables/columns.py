"""Columns of a table by name or number, and the kinds of their cells."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from keras_dl.data.errors import DatasetError

__all__ = [
    "TARGETS",
    "column_name",
    "find_column",
    "find_named",
    "is_number",
    "looks_numeric",
    "plain",
]

# A column with one of these names is the target.
TARGETS = ("label", "class", "target")
WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})")
LONGEST = 60  # characters of a column name in messages
COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")  # a number with a decimal comma


def plain(name: str) -> str:
    """Returns the name of a column in lower case and composed characters, for comparisons."""
    return unicodedata.normalize("NFC", name.strip()).lower()


def column_name(column: int, header: Sequence[str] | None) -> str:
    """Returns the name of a column for messages, or its number."""
    return (header[column][:LONGEST] if header else "") or f"{column} (from 0)"


def find_column(
    option: str, value: object, header: Sequence[str] | None, width: int, path: Path
) -> int:
    """Returns the column that an option states.

    Args:
        option: name of the option, for messages.
        value: name of the column, or its number from 0 in a table without a header.
        header: names of the columns, or None.
        width: number of columns.
        path: of the file, for messages.

    Raises:
        DatasetError: if there is no such column, or two of that name.
    """
    if header is None:
        if str(value).isdecimal() and int(str(value)) < width:
            return int(str(value))
        raise DatasetError(
            f"`{option}` must be a number from 0 to {width - 1}, as the table has no header; "
            f"--header makes its first line one. Received: {option}={value!r}, {path}"
        )
    names = [str(value), plain(str(value))]
    exact = [i for i, name in enumerate(header) if name == names[0]]
    matches = exact or [i for i, name in enumerate(header) if plain(name) == names[1]]
    if len(matches) != 1:
        number = " twice" if matches else ""
        raise DatasetError(
            f"`{option}` must name one column of the header: {', '.join(header)[:200]}. "
            f"Received: {option}={value!r}{number}, {path}"
        )
    return matches[0]


def find_named(
    option: str, names: Sequence[str], header: Sequence[str] | None, path: Path
) -> int | None:
    """Returns the column that has one of the usual names, or None.

    Args:
        option: option that states the column, for messages.
        names: usual names, in lower case.
        header: names of the columns, or None.
        path: of the file, for messages.

    Raises:
        DatasetError: if several columns have one.
    """
    matches = [i for i, name in enumerate(header or ()) if plain(name) in names]
    if len(matches) > 1 and header:
        present = [header[i] for i in matches]
        if len({plain(name) for name in present}) < len(present):
            raise DatasetError(
                "`dataset` must have a different name for each column. Received: "
                f"{present[0]} {len(present)} times in {path}"
            )
        raise DatasetError(
            f"`{option}` must be stated where several columns could be it: "
            f"{' or '.join(f'--{option} {name}' for name in present)}. "
            f"Received: columns {' and '.join(present)} in {path}"
        )
    return matches[0] if matches else None


def is_number(cell: str) -> bool:
    """Returns True for a number; Python's 1_000 is none."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def looks_numeric(cell: str) -> bool:
    """Returns True for a number with a decimal point or comma."""
    return is_number(cell) or COMMA.fullmatch(cell) is not None
