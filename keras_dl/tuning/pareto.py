"""The Pareto front of a search with a second objective, a cost."""

from collections.abc import Mapping, Sequence

import numpy as np
from rich import box
from rich.table import Table

from keras_dl.execution.journal import Trial
from keras_dl.execution.progress import format_duration, format_settings
from keras_dl.recipe import Objective
from keras_dl.space import Hyper

__all__ = ["cost_of", "front", "front_table", "non_dominated"]


def cost_of(trial: Trial, cost: str | None) -> float | None:
    """Returns the cost of a trial; None for one without a score, or without a cost to regard.

    Args:
        trial: a trial that has ended.
        cost: "parameters" of the model, "seconds" of training (all seeds together), or None.
    """
    return None if trial.score is None or cost is None else float(getattr(trial, cost))


def non_dominated(scores: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """Returns for which trials no other is at least as good in both, and better in one.

    Args:
        scores: (trials), larger is better.
        costs: (trials), smaller is better.

    Returns:
        (trials) bool; equal trials are on the front together.
    """
    at_least = (scores >= scores[:, None]) & (costs <= costs[:, None])
    better = (scores > scores[:, None]) | (costs < costs[:, None])
    return np.asarray(~(at_least & better).any(axis=1))


def front(trials: Sequence[Trial], objective: Objective, cost: str) -> list[Trial]:
    """Returns the trials on the Pareto front of objective and cost, the cheapest first.

    Args:
        trials: all trials; those without a score are left out.
        objective: direction of the scores.
        cost: "parameters" or "seconds".
    """
    done = [t for t in trials if t.score is not None]
    sign = 1.0 if objective.direction == "max" else -1.0
    scores = sign * np.array([t.score for t in done], dtype=float)
    costs = np.array([cost_of(t, cost) for t in done], dtype=float)
    kept = [t for t, on in zip(done, non_dominated(scores, costs), strict=True) if on]
    return sorted(kept, key=lambda t: (cost_of(t, cost), t.number))


def front_table(
    trials: Sequence[Trial], objective: Objective, cost: str, searched: Mapping[str, Hyper]
) -> Table:
    """Returns the Pareto front as a table, the cheapest trial first.

    Args:
        trials: all trials.
        objective: name and direction of the score.
        cost: "parameters" or "seconds".
        searched: hyperparameters to list.
    """
    title = f"Pareto front of {objective.name} ({objective.direction}) and {cost} (min)"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("trial", objective.name, "parameters", "time"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("hyperparameters", overflow="fold")
    for trial in front(trials, objective, cost):
        table.add_row(
            f"#{trial.number}",
            f"{trial.score:.4f}",
            f"{trial.parameters:,}",
            format_duration(trial.seconds),
            format_settings(trial.values, searched),
        )
    table.caption = "On validation data, by which the search chose; new data will show less"
    table.caption_justify = "left"
    return table
