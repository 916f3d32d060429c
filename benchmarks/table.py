"""Rows of the table, and the two numbers most of them hold: a ratio of medians and its spread."""

import importlib
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

__all__ = ["HEAD", "Row", "compared", "line", "missing", "show"]


class Row(NamedTuple):
    """One comparison.

    Attributes:
        work: what is done, with our figure and what was reached by it.
        against: the other side, with its figures.
        ratio: of the medians, so that more is better unless the goal says "at most".
        spread: smallest and largest ratio of a round.
        rounds: how often both sides took turns.
        goal: what the ratio should be.
        ceiling: our arithmetic a second, and its share of what the machine reaches.
    """

    work: str
    against: str
    ratio: str
    spread: str = "-"
    rounds: str = "1"
    goal: str = "-"
    ceiling: str = "-"


COLUMNS = ("work", "against", "ratio", "goal", "spread", "rounds", "ceiling")
HEAD = "| work | against | ratio | goal | spread | rounds | of the ceiling |\n|" + "---|" * len(
    COLUMNS
)


def line(row: Sequence[str]) -> str:
    """A row in Markdown; what a shorter one lacks is a dash."""
    whole = Row(*row)
    return "| " + " | ".join(getattr(whole, name) for name in COLUMNS) + " |"


def compared(
    ours: Sequence[float],
    theirs: Sequence[float],
    digits: int = 2,
    middle: Callable[[Sequence[float]], float] = statistics.median,
) -> dict[str, str]:
    """Ratio, spread and rounds of two rows of speeds taken in turn."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return {
        "ratio": f"{middle(ours) / middle(theirs):.{digits}f}",
        "spread": f"{min(ratios):.{digits}f} … {max(ratios):.{digits}f}",
        "rounds": str(len(ratios)),
    }


def missing(work: str, package: str, goal: str = "-") -> Row:
    """The row of a side that cannot take part."""
    against = f"{package}, which is not installed: pip install {package}"
    return Row(work, against, "-", rounds="0", goal=goal)


def show(rows: Iterable[Sequence[str]]) -> None:
    """Prints rows as they come."""
    for row in rows:
        print(line(row), flush=True)


if __name__ == "__main__":
    show(importlib.import_module(f"benchmarks.{sys.argv[1]}").rows())
