"""Rows of a CSV text: delimiter, quotation marks and line numbers."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, notice
from keras_dl.data.reading_options import option
from keras_dl.data.tables.lines import (
    has_open_quotes,
    long_cells,
    make_reader,
    split_content,
    split_line,
)
from keras_dl.data.text_files import read_text

__all__ = ["SAMPLE", "Row", "Table", "first_of", "open_table"]

Row = tuple[int, list[str]]  # number of its first line, from 1, and its cells
DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma", " ": "blank"}
SAMPLE = 1000  # rows from which header, decimal mark and index columns are inferred
SNIFFED = 200  # lines from which the delimiter is inferred
REGULAR = 0.9  # share of lines that a delimiter divides into equally many cells


@dataclass(frozen=True)
class Table:
    """Rows of a CSV text.

    Attributes:
        path: of the file, for messages.
        content: the text, with Unix line ends.
        delimiter: character between cells.
        by_line: whether each line is a row, as quotation marks are not closed.
    """

    path: Path
    content: str
    delimiter: str
    by_line: bool = False

    def rows(self) -> Iterator[Row]:
        """Yields the rows that are not blank.

        Raises:
            DatasetError: if a cell is too long.
        """
        if self.by_line:
            for number, line in enumerate(split_content(self.content), 1):
                if line.strip():
                    yield number, split_line(line, self.delimiter)[0]
            return
        start = 1
        try:
            with long_cells():
                reader = make_reader(split_content(self.content), self.delimiter)
                for row in reader:
                    if any(cell and not cell.isspace() for cell in row):
                        yield start, row
                    start = reader.line_num + 1
        except csv.Error as error:
            raise DatasetError(
                f"`dataset` must be a CSV file. Received: {error} in line {start} of {self.path}"
            ) from None

    @cached_property
    def sample(self) -> list[Row]:
        """The first rows."""
        return list(islice(self.rows(), SAMPLE))

    @property
    def first(self) -> list[str]:
        """Cells of the first row, without surrounding blanks."""
        return [cell.strip() for cell in self.sample[0][1]] if self.sample else []

    def record(self) -> None:
        """Records delimiter and open quotation marks as facts of the reading."""
        fact("delimiter", DELIMITERS.get(self.delimiter, self.delimiter))
        if self.by_line:
            lines = [
                number
                for number, line in enumerate(split_content(self.content), 1)
                if line.strip() and not split_line(line, self.delimiter)[1]
            ]
            notice(
                f"Quotation marks are not closed in {first_of(lines)} ({len(lines)} in all); each "
                "line is read as a row."
            )

    def check_width(self, row: Row) -> None:
        """Refuses a row that has more or fewer cells than the first.

        Raises:
            DatasetError: if it has; the message names the line.
        """
        line, cells = row
        if len(cells) != len(self.first):
            raise DatasetError(
                f"`dataset` must have {len(self.first)} cells in every row, as in its first. "
                f"Received: {len(cells)} cells in line {line} of {self.path}"
            )


def open_table(path: Path, content: str | None = None) -> Table:
    """Reads a CSV file and finds its delimiter.

    Args:
        path: of the file.
        content: text of the file; None reads it.

    Raises:
        DatasetUnavailable: if the file does not exist.
        DatasetError: if it is no text, or a quotation mark opens a cell that holds whole rows.
    """
    content = read_text(path) if content is None else content
    delimiter = _stated_delimiter() or _find_delimiter(content)
    return Table(path, content, delimiter, has_open_quotes(content, delimiter, path))


def first_of(lines: list[int], most: int = 3) -> str:
    """Returns the first line numbers in words, "lines 2, 11, 20, …"."""
    listed = ", ".join(map(str, lines[:most]))
    return f"line{'s' * (len(lines) > 1)} {listed}{', …' if len(lines) > most else ''}"


def _stated_delimiter() -> str | None:
    stated = option("delimiter")
    if stated is None:
        return None
    delimiter = {"\\t": "\t", "tab": "\t"}.get(str(stated), str(stated))
    if len(delimiter) != 1 or delimiter in '"\n\r' or delimiter.isalnum():
        raise DatasetError(
            "`delimiter` must be one character, no letter, digit or quotation mark; \\t is a tab. "
            f"Received: delimiter={stated!r}"
        )
    return delimiter


def _find_delimiter(content: str) -> str:
    """Returns the delimiter that divides lines most regularly; numbers may have decimal commas."""
    lines = list(islice((line for line in split_content(content) if line.strip()), SNIFFED))
    for delimiter in "\t;|,":
        widths = Counter(_width(line, delimiter) for line in lines)
        width, count = widths.most_common(1)[0]
        if width > 1 and count >= REGULAR * len(lines):
            return delimiter
    return max(",;\t", key=lines[0].count)


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))
    except csv.Error:  # a cell of more than 131,072 characters
        return line.count(delimiter) + 1
