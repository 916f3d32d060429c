"""The `facts` command: figures of the lecture and of papers against computed figures."""

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from keras_dl.cli import tables
from keras_dl.facts import Result, iter_results, select_facts

__all__ = ["print_facts"]

MARKS = {"exact": "exact", "explained": "[yellow]explained[/yellow]", "open": "[bold red]OPEN[/]"}
MARK, LABEL, FIGURE = 9, 45, 13  # columns of text, 96 with the gaps between them


def print_facts(name: str | None) -> int:
    """Prints each fact as soon as it is computed.

    Args:
        name: of a builder, a technique or a recipe; None: all facts.

    Returns:
        0 if every difference is explained, else 1.

    Raises:
        ValueError: if `name` is unknown.
    """
    facts, console = select_facts(name), tables.terminal()
    counts = dict.fromkeys(MARKS, 0)
    group = ""
    for result in iter_results(facts):
        if result.group != group:
            if group:
                console.print()
            group = result.group
            _print_row(console, "", group, ("lecture", "published", "ours"), "bold")
        _print(console, result)
        counts[result.status] += 1
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    console.print(f"{len(facts)} fact{'s' if len(facts) > 1 else ''}: {summary}")
    return int(counts["open"] > 0)


def _print(console: Console, result: Result) -> None:
    figures = (_format(v) for v in (result.lecture, result.published, result.ours))
    label = f"{result.name}: {result.quantity}"
    _print_row(console, MARKS[result.status], label, tuple(figures))
    for remark in result.remarks:
        style = "dim" if " differs: " not in remark else ""
        console.print(Padding(escape(remark), (0, 0, 0, MARK + 3), expand=False), style=style)


def _print_row(
    console: Console, mark: str, label: str, figures: tuple[str, ...], style: str = ""
) -> None:
    row = Table.grid(padding=(0, 1))
    row.add_column(width=MARK)
    row.add_column(width=LABEL)
    for _ in figures:
        row.add_column(width=FIGURE, justify="right", overflow="fold")
    row.add_row(mark, *map(escape, (label, *figures)), style=style)
    console.print(row)


def _format(value: object) -> str:
    """Formats integers with commas, floats to seven digits, sizes with ×, None as –."""
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.7g}".replace("e-0", "e-")
    return f"{value:,}" if isinstance(value, int) else str(value)
