"""HTML of results in notebooks and Markdown of runs: tables, links, figures of bounded size."""

import base64
import html
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "figures_to_html",
    "in_notebook",
    "table_to_html",
    "table_to_markdown",
    "text_to_html",
    "to_html",
]

LARGEST = 200_000  # characters of all figures of a result together
RESOLUTIONS = (80, 60, 45)  # pixels per inch, tried in this order
COLOURS = 128  # of an image's palette, which takes a third of full colour
CELL = "text-align:left;vertical-align:top"


def in_notebook() -> bool:
    """Returns whether a Jupyter kernel runs this code, which shows HTML; an import is no kernel."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def to_html(title: str, parts: Iterable[str], url: str = "") -> str:
    """Returns a result as HTML.

    Args:
        title: plain text.
        parts: HTML below the title.
        url: link to the pages of MLflow; "" for none.
    """
    label = html.escape(url)
    link = f'<p><a href="{label}">{label}</a> (after: keras-dl ui)</p>' if url else ""
    return f"<div><h4>{html.escape(title)}</h4>{''.join(parts)}{link}</div>"


def text_to_html(text: str) -> str:
    """Returns a paragraph of plain text; an empty one is left out."""
    return f"<p>{html.escape(text)}</p>" if text else ""


def table_to_html(table: Table | Sequence[Sequence[object]]) -> str:
    """Returns a table as HTML.

    Args:
        table: of the terminal, with title and caption; or rows of cells, the first the header.
    """
    head, *rows = _cells(table) if isinstance(table, Table) else table
    above = below = ""
    if isinstance(table, Table):
        above, below = _plain(table.title), _plain(table.caption)
    heads = "".join(f'<th style="{CELL}">{html.escape(str(cell))}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{CELL}">{html.escape(str(cell))}</td>' for cell in row)
        + "</tr>"
        for row in rows
    )
    return (
        f"{text_to_html(above)}<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        f"{text_to_html(below)}"
    )


def table_to_markdown(table: Table) -> str:
    """Returns a table of the terminal in Markdown, with title and caption."""
    head, *rows = _cells(table)
    lines = [head, ["---"] * len(head), *rows]
    grid = "\n".join(f"| {' | '.join(_escape(cell) for cell in line)} |" for line in lines)
    parts = (_escape(_plain(table.title)), grid, _escape(_plain(table.caption)))
    return "\n\n".join(part for part in parts if part)


def figures_to_html(figures: "Mapping[str, Figure]") -> str:
    """Returns figures as embedded images of moderate size; those that are too large are named.

    Args:
        figures: matplotlib figures by name.
    """
    left, parts = LARGEST, []
    for name, figure in figures.items():
        label = html.escape(name)
        image = _to_png(figure, left)
        if image is None:
            parts.append(text_to_html(f"figures[{name!r}] is too large to be shown here"))
            continue
        left -= len(image)
        parts.append(f'<img alt="{label}" title="{label}" src="data:image/png;base64,{image}"/>')
    return "".join(parts)


def _to_png(figure: "Figure", most: int) -> str | None:
    """Returns the image in base64, at the finest resolution that fits into `most` characters."""
    from PIL import Image

    for resolution in RESOLUTIONS:
        drawn, packed = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png", dpi=resolution)
        Image.open(drawn).convert("RGB").quantize(COLOURS).save(packed, "PNG", optimize=True)
        text = base64.b64encode(packed.getvalue()).decode()
        if len(text) <= most:
            return text
    return None


def _cells(table: Table) -> list[list[str]]:
    """Returns header and rows as plain text."""
    columns = [[_plain(c.header), *map(_plain, c.cells)] for c in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    return cell.plain if isinstance(cell, Text) else Text.from_markup(str(cell)).plain


def _escape(text: str) -> str:
    """Returns text in which Markdown and HTML stand for themselves."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>|" else c for c in text)
    return escaped.replace("\n", "  \n")
