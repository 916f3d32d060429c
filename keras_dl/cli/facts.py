"""`facts`: what the lecture and the papers say beside what our code computes."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from keras_dl.cli.tables import terminal
from keras_dl.facts import Result, checking, chosen

__all__ = ["page"]

MARKS = {"exact": "exact", "explained": "[yellow]explained[/yellow]", "open": "[bold red]OPEN[/]"}
MARK, WHAT, FIGURE = 9, 45, 13  # columns of text, 96 with the gaps between them


def page(name: str | None) -> int:
    """Prints the facts of a builder, a technique or a recipe, or all, as they are computed.

    Returns:
        0 if each difference has its reason, else 1.

    Raises:
        ValueError: if there is nothing of that name.
    """
    facts, console = chosen(name), terminal()
    counts = dict.fromkeys(MARKS, 0)
    group = ""
    for result in checking(facts):
        if result.group != group:
            if group:
                console.print()
            group = result.group
            _print_row(console, "", group, ("lecture", "published", "ours"), "bold")
        _print(console, result)
        counts[result.status] += 1
    said = ", ".join(f"{count} {status}" for status, count in counts.items())
    console.print(f"{len(facts)} fact{'s' if len(facts) > 1 else ''}: {said}")
    return int(counts["open"] > 0)


def _print(console: Console, result: Result) -> None:
    figures = (_figure(v) for v in (result.lecture, result.published, result.ours))
    what = f"{result.name}: {result.what}"
    _print_row(console, MARKS[result.status], what, tuple(figures))
    for remark in result.remarks:
        style = "dim" if " differs: " not in remark else ""
        console.print(Padding(escape(remark), (0, 0, 0, MARK + 3), expand=False), style=style)


def _print_row(
    console: Console, mark: str, what: str, figures: tuple[str, ...], style: str = ""
) -> None:
    row = Table.grid(padding=(0, 1))
    row.add_column(width=MARK)
    row.add_column(width=WHAT)
    for _ in figures:
        row.add_column(width=FIGURE, justify="right", overflow="fold")
    row.add_row(mark, *map(escape, (what, *figures)), style=style)
    console.print(row)


def _figure(value: Any) -> str:
    """Thousands with commas, seven digits of a float, sizes with ×; – where nothing is stated."""
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.7g}".replace("e-0", "e-")
    return f"{value:,}" if isinstance(value, int) else str(value)
