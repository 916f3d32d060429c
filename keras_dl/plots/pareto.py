"""Objective against cost, with the Pareto front."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from keras_dl.plots._style import (
    BLUE,
    GREY,
    check_direction,
    check_lengths,
    disable_axis_offset,
    new_figure,
)

__all__ = ["pareto_front"]

LABELLED = 12  # trials of the front whose numbers are written beside them


def pareto_front(
    costs: Sequence[float],
    scores: Sequence[float],
    numbers: Sequence[int],
    front: Sequence[int],
    direction: str,
    labels: tuple[str, str],
) -> Figure:
    """Draws each trial's score by its cost, and the front as a step.

    Args:
        costs: positive, one per trial.
        scores: one per trial.
        numbers: numbers of the trials.
        front: those of the trials that no other dominates.
        direction: "max" if larger scores are better, "min" otherwise.
        labels: names of cost and score.

    Returns:
        The figure, with a logarithmic axis of costs.

    Raises:
        ValueError: if the lengths differ or are 0, or `direction` is unknown.
    """
    check_lengths(costs=costs, scores=scores, numbers=numbers)
    check_direction(direction)
    x, y = np.asarray(costs, dtype=float), np.asarray(scores, dtype=float)
    on = np.isin(numbers, front)
    figure = new_figure(7.0, 4.4)
    axes = figure.subplots()
    axes.scatter(x[~on], y[~on], color=GREY, s=22, label="other trials")
    order = np.flatnonzero(on)[np.argsort(x[on], kind="stable")]
    axes.step(x[order], y[order], where="post", color=BLUE, linewidth=1.2)
    axes.scatter(x[order], y[order], color=BLUE, s=34, zorder=3, label="Pareto front")
    for i in order if len(order) <= LABELLED else order[[0, -1]]:
        offset = (5, -10 if direction == "max" else 5)
        axes.annotate(f"#{numbers[i]}", (x[i], y[i]), xytext=offset, textcoords="offset points",
                      fontsize=8)  # fmt: skip
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", labelsize=8)
    better = "higher" if direction == "max" else "lower"
    axes.set(xlabel=f"{labels[0]}, fewer are better", ylabel=f"{labels[1]}, {better} is better")
    disable_axis_offset(axes.yaxis)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small")
    return figure


def _short(value: float) -> str:
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:g} {unit}"
    return f"{value:g}"
