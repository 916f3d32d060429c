"""Text for terminals: aligned columns, wrapped lines."""

import textwrap
from collections.abc import Iterable, Sequence
from itertools import islice

from rich.cells import cell_len, set_cell_size

__all__ = ["align", "clock", "list_first", "plural", "shorten", "wrap"]


def list_first(names: Iterable[object], most: int = 3) -> str:
    """Returns the first names with commas between; an ellipsis stands for the others."""
    first = list(islice(map(str, names), most + 1))
    return ", ".join([*first[:most], *["…"] * (len(first) > most)])


def plural(number: int, one: str, several: str) -> str:
    """Returns the number with its words: "1 file holds", "1,200 files hold".

    Args:
        number: from 0.
        one: words for 1.
        several: words for other numbers.
    """
    return f"{number:,} {one if number == 1 else several}"


def shorten(text: str, width: int) -> str:
    """Cuts a text to `width` columns; a cut is marked by an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def clock(seconds: float) -> str:
    """Returns a time as `1:05`, or `2:01:05` from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns lines with aligned columns: the first to the left, the others to the right.

    Args:
        rows: cells, equally many in each row.
    """
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [first + " " * (widths[0] - cell_len(first))]
        pairs = zip(others, widths[1:], strict=True)
        cells += [" " * (width - cell_len(cell)) + cell for cell, width in pairs]
        lines.append("  ".join(cells).rstrip())
    return lines


def wrap(label: str, text: str, indent: int, width: int) -> list[str]:
    """Returns a text behind its label, broken into lines.

    Args:
        label: first column of the first line.
        text: the text.
        indent: columns before each line of the text.
        width: columns of a line.
    """
    lines = textwrap.wrap(text, max(20, width - indent)) or [""]
    return [f"{label:{indent}}{lines[0]}", *(" " * indent + line for line in lines[1:])]
