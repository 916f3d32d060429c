"""`list` and `show`: what recipe files say of themselves, as tables."""

import re
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from keras_dl import catalog
from keras_dl.catalog import Entry
from keras_dl.cli import loading
from keras_dl.recipe import Objective
from keras_dl.space import Hyper, format_value

__all__ = ["recipe", "recipes", "table", "terminal"]

WIDE = 1000  # columns where no terminal says how many; a pipe's reader wants unbroken lines


def recipes(word: str) -> None:
    """Prints the recipes whose name, title or family holds the word."""
    rows = table("recipe", "title", "family", "paper")
    for entry in catalog.entries():
        family = catalog.family(entry.name)
        if word.lower() in f"{entry.name} {entry.title} {family}".lower():
            rows.add_row(*map(escape, (entry.name, entry.title, family, _paper(entry))))
    if rows.row_count:
        terminal().print(rows)
    else:
        print(f"No recipe holds {word!r}; there are {', '.join(catalog.names())}")


def recipe(name: str) -> None:
    """Prints everything a recipe's file says.

    Raises:
        ValueError, TypeError: if there is no such recipe, or it is wrong.
    """
    console, entry = terminal(), loading.entry(name)
    console.print(f"[bold]{escape(entry.name)}[/bold]  {escape(entry.title)}", soft_wrap=True)
    for field, text in {**entry.head, "Trains": _training(entry)}.items():
        console.print(f"[bold]{field:>8}[/bold]  {escape(text)}", soft_wrap=True)
    console.print("\n[bold]Hyperparameters[/bold]")
    rows = table("flag", "default", "domain, searched by tune", "only when")
    for hyper in entry.space.values():
        rows.add_row(*map(escape, _row(hyper)))
    console.print(rows if entry.space else "  none")
    for builder, facts in entry.published.items():
        console.print(f"\n[bold]Published counts of {escape(builder)}[/bold]")
        for what, value in facts.items():
            console.print(f"  {what.replace('_', ' ')}: {escape(_fact(value))}", soft_wrap=True)


def terminal() -> Console:
    """Where tables go: the terminal in its width, or a pipe in lines that do not break."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def table(*columns: str) -> Table:
    """An empty table with these columns."""
    made = Table(box=None, pad_edge=False, show_header=bool(columns))
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def _row(hyper: Hyper) -> tuple[str, str, str, str]:
    free = f"– ({hyper.kind_words})"
    domain = free if hyper.domain is None else str(hyper.domain)
    flag = "--" + hyper.name.replace("_", "-")
    return flag, format_value(hyper.default), domain, str(hyper.when or "")


def _training(entry: Entry) -> str:
    known = {"epochs": 10, "objective": Objective("val_accuracy", "max"), **entry.settings}
    objective = known["objective"]
    best = "highest" if objective.direction == "max" else "lowest"
    patience = known.get("patience")
    early = f"; stops after {patience} epochs without improvement" if patience else ""
    epochs = f"{known['epochs']} epoch{'s' if known['epochs'] > 1 else ''}"
    others = [o.name for o in known.get("alternatives", ()) if o.name != objective.name]
    more = f"; objectives besides: {', '.join(others)}" if others else ""
    return f"{epochs}, for the {best} {objective.name}{early}{more}"


def _paper(entry: Entry) -> str:
    """Authors and year: `LeCun et al., 1998`."""
    match = re.match(r"(.+?),? (\d{4})\b", entry.head.get("Paper", ""))
    if not match:
        return ""
    authors = re.split(r", | and ", match[1])
    shown = " and ".join(authors) if len(authors) < 3 else f"{authors[0]} et al."
    return f"{shown}, {match[2]}"


def _fact(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_fact(v)}" for k, v in value.items())
    if isinstance(value, tuple):
        return "×".join(str(v) for v in value)
    return f"{value:,}" if isinstance(value, int) else str(value)
