"""`list` and `show`: what recipe files say of themselves, as tables."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from keras_dl import catalog
from keras_dl.cli.parser import space_of
from keras_dl.space import format_value

__all__ = ["recipe", "recipes"]


def recipes(word: str) -> None:
    """Prints the recipes whose name, title or family holds the word."""
    table = Table(box=None, pad_edge=False)
    for name in ("recipe", "title", "family", "paper"):
        table.add_column(name, overflow="fold")
    for entry in catalog.entries():
        family = entry.settings.get("family", "user")
        if word.lower() in f"{entry.name} {entry.title} {family}".lower():
            table.add_row(entry.name, entry.title, family, _short(entry.head.get("Paper", "")))
    Console().print(table if table.row_count else f"No recipe holds {word!r}.")


def recipe(name: str) -> None:
    """Prints everything a recipe's file says."""
    console = Console(highlight=False)
    path = catalog.find(name)
    try:
        entry = catalog.read(path)
    except ValueError:
        if path.parent == catalog.folder():
            raise
        entry = None
    title = f"[bold]{entry.name}[/bold]  {escape(entry.title)}" if entry else f"[bold]{path.stem}[/bold]"
    console.print(title)
    for field, text in (entry.head if entry else {}).items():
        console.print(f"[bold]{field:>8}[/bold]  {escape(text)}", soft_wrap=True)
    table = Table(box=None, pad_edge=False, title_justify="left", title="\nHyperparameters")
    for column in ("flag", "default", "domain", "only when"):
        table.add_column(column, overflow="fold")
    for hyper in space_of(name).values():
        table.add_row(
            "--" + hyper.name.replace("_", "-"), format_value(hyper.default),
            "–" if hyper.domain is None else str(hyper.domain), str(hyper.when or ""),
        )  # fmt: skip
    console.print(table)
    for builder, facts in (entry.published if entry else {}).items():
        console.print(f"\n[bold]Published counts of {builder}[/bold]")
        for what, value in facts.items():
            console.print(f"  {what}: {f'{value:,}' if isinstance(value, int) else value}", soft_wrap=True)


def _short(paper: str) -> str:
    return paper if len(paper) < 60 else paper[:57] + "…"
