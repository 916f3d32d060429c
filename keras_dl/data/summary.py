"""Summary of a data set for people: text for terminals and files, HTML for notebooks."""

import html
import importlib
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from keras_dl.data.summary_rows import make_rows, make_table
from keras_dl.utils.notebook import in_notebook
from keras_dl.utils.printing import printable
from keras_dl.utils.text import align, wrap

__all__ = ["Summary", "show", "summary"]

WIDEST = 120  # columns of a line
INDENT = "  "


@dataclass(frozen=True)
class Summary:
    """Summary of a data set; `print` wraps it at the terminal's width, notebooks show a table.

    Attributes:
        rows: (label, text): origin, inputs, targets and the decisions of the reading.
        table: examples by split and class: a row per split, the first row and column are labels.
        notices: sentences on values that were dropped, clipped, resized or assumed.
    """

    rows: tuple[tuple[str, str], ...]
    table: tuple[tuple[str, ...], ...]
    notices: tuple[str, ...]

    def text(self, width: int) -> str:
        """Returns the summary in lines of at most `width` columns where words allow it."""
        indent = max(len(label) for label, _ in self.rows) + 2
        lines = [line for label, text in self.rows for line in wrap(label, text, indent, width)]
        counts = align(self.table)
        if max(map(cell_len, counts)) > width:
            counts = align(self._columns())
        lines += counts
        for notice in self.notices:
            lines += wrap("!", notice, len(INDENT), width)
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text(min(WIDEST, shutil.get_terminal_size((100, 24)).columns))

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th style="text-align:left;vertical-align:top">{html.escape(label)}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for label, text in self.rows
        )
        head, *body = ([html.escape(cell) for cell in row] for row in self._columns())
        heads = "".join(f"<th>{cell}</th>" for cell in head)
        cells = "".join(
            f'<tr><th style="text-align:left">{first}</th>'
            + "".join(f"<td>{cell}</td>" for cell in others)
            + "</tr>"
            for first, *others in body
        )
        notices = "".join(f"<li>{html.escape(notice)}</li>" for notice in self.notices)
        return (
            f'<div><table>{rows}</table><table style="margin-top:1em">'
            f"<thead><tr>{heads}</tr></thead>{cells}</table>"
            f"{f'<ul>{notices}</ul>' if notices else ''}</div>"
        )

    def _columns(self) -> list[tuple[str, ...]]:
        """Returns the table with a row per class."""
        return list(zip(*self.table, strict=True))


def summary(facts: Mapping[str, Any]) -> Summary:
    """Summarizes a data set.

    Args:
        facts: of the data set, as `Data.facts` returns them and runs store them in `data.json`.

    Returns:
        Origin, value ranges, examples by split and class, decisions and notices of the reading.
    """
    return Summary(
        tuple((printable(label), printable(text)) for label, text in make_rows(facts)),
        tuple(tuple(map(printable, row)) for row in make_table(facts)),
        tuple(map(printable, facts["reading"]["notices"])),
    )


def show(facts: Mapping[str, Any], title: str = "") -> None:
    """Shows the summary of a data set before a training: in a notebook's cell, or on stderr.

    Args:
        facts: of the data set, as `Data.facts` returns them.
        title: line above it, such as the recipes that use it.
    """
    if title:
        print(title, file=sys.stderr, flush=True)
    if in_notebook():
        importlib.import_module("IPython.display").display(summary(facts))
    else:
        print(summary(facts), end="\n\n", file=sys.stderr, flush=True)
