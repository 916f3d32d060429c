"""Ranked trials, and the table of the best of them."""

from collections.abc import Mapping

from rich import box
from rich.table import Table

from keras_dl.execution.journal import Trial
from keras_dl.execution.progress import format_duration, format_settings
from keras_dl.recipe import Objective
from keras_dl.space import Hyper

__all__ = ["leaderboard", "rank"]


def rank(trials: list[Trial], objective: Objective) -> list[Trial]:
    """Sorts best first; trials without a score last, in the order of their numbers."""
    sign = -1.0 if objective.direction == "max" else 1.0
    return sorted(trials, key=lambda t: (t.score is None, sign * (t.score or 0.0), t.number))


def leaderboard(
    trials: list[Trial], objective: Objective, searched: Mapping[str, Hyper], count: int = 10
) -> Table:
    """Returns the best trials as a table.

    Args:
        trials: all trials.
        objective: name and direction of the score.
        searched: hyperparameters to list.
        count: number of rows, at most.
    """
    title = f"Best trials by {objective.name} ({objective.direction})"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("rank", "trial", objective.name, "epochs", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("hyperparameters", overflow="fold")
    for place, t in enumerate(rank(trials, objective)[:count], 1):
        if t.score is None:
            break
        spread = f" ± {t.spread:.4f}" if t.spread else ""
        table.add_row(
            str(place),
            f"#{t.number}",
            f"{t.score:.4f}{spread}",
            str(len(t.curve)),
            format_duration(t.seconds),
            format_settings(t.values, searched),
        )
    return table
