"""`list` and `show`: tables of what recipe files declare."""

import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from json import dumps
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from keras_dl import catalog
from keras_dl.catalog import Entry
from keras_dl.cli import loading
from keras_dl.space import Hyper, check_names, format_value
from keras_dl.utils.printing import printable

__all__ = ["cell", "list_recipes", "make_table", "show_recipe", "terminal"]

COLUMNS = ("recipe", "title", "family", "paper")
WIDE = 1000  # columns of a pipe, so that no line is broken


def list_recipes(word: str, *, family: str | None = None, json: bool = False) -> None:
    """Prints recipes, as a table or as JSON.

    Args:
        word: part of a name, title or family; a whole family lists its own; "" for all.
        family: the only family to list; None: all.
        json: whether to print JSON.

    Raises:
        ValueError: if there is no such family.
    """
    if family is not None:
        check_names([family], catalog.families(), "family")
    found = []
    for entry in catalog.entries():
        own = catalog.family(entry.name)
        text = own if word in catalog.families() else f"{entry.name} {entry.title} {own}"
        if word.lower() in text.lower() and family in (None, own):
            found.append((entry.name, entry.title, own, _paper(entry)))
    if json:
        print(dumps([dict(zip(COLUMNS, row, strict=True)) for row in found], indent=1))
        return
    rows = make_table(*COLUMNS)
    for row in found:
        rows.add_row(*map(cell, row))
    if found:
        terminal().print(rows)
    else:
        print(f"No recipe contains {word!r}. Recipes: {', '.join(catalog.names())}")


def show_recipe(name: str, *, json: bool = False) -> None:
    """Prints everything that a recipe's file declares, or the counts of a builder.

    Args:
        name: of the recipe, or its file, or of a builder in `keras_dl.models` that is no recipe.
        json: whether to print JSON.

    Raises:
        ValueError, TypeError: if there is no such recipe, or it is wrong.
    """
    if name not in catalog.names() and name in catalog.builders():
        _show_builder(name, json)
        return
    console, entry = terminal(), loading.entry(name)
    if json:
        print(dumps(_as_json(entry), indent=1, default=str))
        return
    console.print(f"[bold]{cell(entry.name)}[/bold]  {cell(entry.title)}", soft_wrap=True)
    for field, text in {**entry.head, "Trains": _training(entry)}.items():
        console.print(f"[bold]{field:>8}[/bold]  {cell(text)}", soft_wrap=True)
    console.print("\n[bold]Hyperparameters[/bold]")
    rows = make_table("flag", "default", "domain, searched by tune", "only when")
    for hyper in entry.space.values():
        rows.add_row(*map(cell, _row(hyper)))
    console.print(rows if entry.space else "  none")
    for builder, counts in entry.published.items():
        console.print()
        _print_counts(console, builder, counts)


def _show_builder(name: str, json: bool) -> None:
    counts = catalog.builders()[name]
    if json:
        print(dumps({"name": name, "counts": {name: counts}}, indent=1, default=str))
    else:
        _print_counts(terminal(), name, counts)


def _print_counts(console: Console, builder: str, counts: Mapping[str, Any]) -> None:
    console.print(f"[bold]Counts of {escape(builder)}[/bold]")
    for what, value in counts.items():
        console.print(f"  {what.replace('_', ' ')}: {escape(_format(value))}", soft_wrap=True)
    if "activations" in counts:
        sizes = [4 * counts[what] / 1e6 for what in ("trainable_parameters", "activations")]
        text = "memory in float32: {:,.4g} MB of parameters, {:,.4g} MB of activations an image"
        console.print(f"  {text.format(*sizes)}", soft_wrap=True)


def _as_json(entry: Entry) -> dict[str, Any]:
    space = {
        name: {
            "type": hyper.kind_words,
            "default": hyper.default,
            "domain": None if hyper.domain is None else str(hyper.domain),
            "bound": None if hyper.bound is None else str(hyper.bound),
            "when": None if hyper.when is None else str(hyper.when),
        }
        for name, hyper in entry.space.items()
    }
    return {
        "name": entry.name,
        "title": entry.title,
        **{field.lower(): text for field, text in entry.head.items()},
        "epochs": entry.settings.get("epochs", 10),
        "objective": asdict(entry.objective),
        "score": asdict(entry.score),
        "hyperparameters": space,
        "counts": entry.published,
    }


def terminal() -> Console:
    """Returns a console in the terminal's width, or with unbroken lines for a pipe."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)


def cell(value: object) -> str:
    """Returns a text for a table: no markup, no control characters."""
    return escape(printable(value))


def make_table(*columns: str) -> Table:
    """Returns an empty table with these columns."""
    table = Table(box=None, pad_edge=False, show_header=bool(columns))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _row(hyper: Hyper) -> tuple[str, str, str, str]:
    domain = str(hyper.domain or hyper.bound or "–")
    if hyper.domain is None:
        domain += f" ({hyper.kind_words})"
    flag = "--" + hyper.name.replace("_", "-")
    return flag, format_value(hyper.default), domain, str(hyper.when or "")


def _training(entry: Entry) -> str:
    epochs = entry.settings.get("epochs", 10)
    objective = entry.objective
    best = "highest" if objective.direction == "max" else "lowest"
    parts = [f"{epochs} epoch{'s' if epochs > 1 else ''}, for the {best} {objective.name}"]
    patience = entry.settings.get("patience")
    if patience:
        parts.append(f"stops after {patience} epochs without improvement")
    alternatives = [o.name for o in entry.settings.get("alternatives", ())]
    others = [name for name in alternatives if name != objective.name]
    if others:
        parts.append(f"alternative objectives: {', '.join(others)}")
    return "; ".join(parts)


def _paper(entry: Entry) -> str:
    """Returns authors and year: `LeCun et al., 1998`."""
    match = re.match(r"(.+?),? (\d{4})\b", entry.head.get("Paper", ""))
    if not match:
        return ""
    authors = re.split(r", | and ", match[1])
    names = " and ".join(authors) if len(authors) < 3 else f"{authors[0]} et al."
    return f"{names}, {match[2]}"


def _format(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {_format(v)}" for k, v in value.items())
    if isinstance(value, tuple):
        return "×".join(str(v) for v in value)
    return f"{value:,}" if isinstance(value, int) else str(value)
