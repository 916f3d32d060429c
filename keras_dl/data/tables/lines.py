"""Lines and quotation marks of a CSV text."""

import contextlib
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from keras_dl.data.errors import DatasetError

__all__ = ["has_open_quotes", "long_cells", "make_reader", "split_content", "split_line"]

FIELD_LIMIT = 2**24  # characters of a cell; the default of csv is 131,072
SWALLOWED = 3  # lines of a quoted cell that may be rows behind an unclosed quotation mark


@contextlib.contextmanager
def long_cells() -> Iterator[None]:
    """Allows long cells within the block; the limit of csv is one of the whole process."""
    previous = csv.field_size_limit(FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(previous)


def has_open_quotes(content: str, delimiter: str, path: Path) -> bool:
    """Returns True if quotation marks are not closed, and each line is a row for itself.

    Args:
        content: text of the file.
        delimiter: character between cells.
        path: of the file, for messages.

    Raises:
        DatasetError: if cells cannot be told from rows.
    """
    if '"' not in content:
        return False
    start, span, torn = 1, None, False
    try:
        with long_cells():
            reader = make_reader(split_content(content), delimiter)
            for _ in reader:
                if span is None and reader.line_num - start + 1 >= SWALLOWED:
                    span = start, reader.line_num
                start = reader.line_num + 1
    except csv.Error:
        torn = True
    if not torn and span is None:
        return False
    lines = (line for line in split_content(content) if line.strip())
    regular = len({len(split_line(line, delimiter)[0]) for line in lines}) == 1
    if torn and regular:
        return True
    if torn or (span is not None and regular):
        opened = f"line {start}" if torn or span is None else f"line {span[0]} up to {span[1]}"
        raise DatasetError(
            "`dataset` must close every quotation mark that opens a cell, and double those within. "
            f"Received: a cell that is open from {opened} of {path}"
        )
    return False


def split_line(line: str, delimiter: str) -> tuple[list[str], bool]:
    """Returns the cells of one line, and whether its quotation marks are closed."""
    line = line.rstrip("\n")
    try:
        return next(make_reader([line], delimiter)), True
    except csv.Error:
        cells = next(make_reader([line], delimiter, quoted=False))
        return [_unquoted(cell.strip()) for cell in cells], False


def _unquoted(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell


def make_reader(lines: Iterable[str], delimiter: str, *, quoted: bool = True):
    """Returns a strict reader of csv.

    Args:
        lines: lines with or without their ends.
        delimiter: character between cells.
        quoted: whether quotation marks enclose cells.
    """
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    return csv.reader(
        lines, delimiter=delimiter, skipinitialspace=True, strict=True, quoting=quoting
    )


def split_content(content: str) -> Iterator[str]:
    """Yields the lines with their ends; splitlines() would also split at other characters."""
    start = 0
    while start < len(content):
        end = content.find("\n", start) + 1 or len(content)
        yield content[start:end]
        start = end
