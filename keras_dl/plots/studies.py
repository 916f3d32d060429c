"""Results of searches and of comparisons between runs."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import (
    BLUE,
    GREY,
    VERMILION,
    check_direction,
    check_lengths,
    disable_axis_offset,
    new_figure,
    set_integer_x_axis,
    shorten,
)

__all__ = ["comparison", "importance", "search_history"]

_MOST_ROWS = 40


def search_history(scores: Sequence[float | None], direction: str, label: str) -> Figure:
    """Draws the score of each trial in order, and the best score so far.

    Args:
        scores: one score per trial, from #0; None, NaN and infinities mark failed trials.
        direction: "max" if larger scores are better, "min" otherwise.
        label: name of the score, with its unit, such as "validation accuracy (share)".

    Returns:
        The figure; failed trials are crosses at the lower edge.

    Raises:
        ValueError: if there are no trials or `direction` is unknown.
    """
    check_lengths(scores=scores)
    check_direction(direction)
    values = np.array(scores, dtype=float)  # None becomes NaN
    trials, fine = np.arange(len(values)), np.isfinite(values)
    figure = new_figure(7.0, 3.8)
    axes = figure.subplots()
    if fine.any():
        _draw_scores(axes, trials[fine], values[fine], direction, last=len(values) - 1)
    else:
        axes.set_yticks([])
        axes.set_title(f"all {len(values)} trials failed", fontsize=11)
    if not fine.all():
        axes.scatter(
            trials[~fine],
            np.full(np.count_nonzero(~fine), 0.03),
            transform=axes.get_xaxis_transform(),  # y in axis fractions: they have no score
            color=VERMILION,
            marker="x",
            label=f"failed ({np.count_nonzero(~fine)})",
        )
        axes.margins(y=0.12)  # keeps the scores off the crosses
    set_integer_x_axis(axes, last=len(values) - 1, first=0)
    axes.set_xlabel("trial")
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def _draw_scores(
    axes: Axes, trials: np.ndarray, values: np.ndarray, direction: str, last: int
) -> None:
    disable_axis_offset(axes.yaxis)
    running = np.maximum if direction == "max" else np.minimum
    best = running.accumulate(values)
    axes.scatter(trials, values, color=GREY, s=22, label="trial")
    # The step extends to the last trial, even if it failed.
    axes.step(
        np.append(trials, last + 0.5),
        np.append(best, best[-1]),
        where="post",
        color=BLUE,
        label="best so far",
    )
    winner = trials[np.flatnonzero(values == best[-1])[0]]
    axes.set_title(f"best {best[-1]:.4g} in trial #{winner}", fontsize=11)


def importance(
    names: Sequence[str],
    means: Sequence[float],
    spreads: Sequence[float],
    label: str = "importance (loss of R² when the values are shuffled)",
) -> Figure:
    """Draws the importance of each hyperparameter, the largest on top.

    Args:
        names: hyperparameter names.
        means: mean importance over repetitions, one per name.
        spreads: standard deviation over repetitions, in the same unit.
        label: name of the measure, with its unit.

    Returns:
        The figure; beyond 40 names only the largest are drawn.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(names=names, means=means, spreads=spreads)
    centre, width = np.array(means, dtype=float), np.array(spreads, dtype=float)
    order = np.argsort(-centre, kind="stable")
    rows = order[:_MOST_ROWS]
    figure, axes = _rows([names[int(row)] for row in rows], len(order))
    axes.barh(
        np.arange(len(rows)),
        centre[rows],
        xerr=width[rows],
        height=0.6,
        color=BLUE,
        error_kw={"ecolor": "black", "capsize": 3, "elinewidth": 1},
    )
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_xlabel(f"{label}\nbars: mean, whiskers: standard deviation")
    return figure


def comparison(
    names: Sequence[str],
    means: Sequence[float],
    low: Sequence[float | None],
    high: Sequence[float | None],
    points: Sequence[Sequence[float]],
    label: str,
    direction: str = "max",
) -> Figure:
    """Draws mean scores with 95 % intervals and individual seeds, the best on top.

    Args:
        names: recipe or setting names.
        means: mean score over seeds, one per name.
        low: lower bound of the 95 % interval; None or NaN for a single seed.
        high: upper bound of the interval; None or NaN for a single seed.
        points: scores of the individual seeds, one sequence per name.
        label: name of the score, with its unit.
        direction: "max" if larger scores are better, "min" otherwise.

    Returns:
        The figure; beyond 40 names only the best are drawn.

    Raises:
        ValueError: if the lengths differ or are 0, or `direction` is unknown.
    """
    check_lengths(names=names, means=means, low=low, high=high, points=points)
    check_direction(direction)
    centre = np.array(means, dtype=float)
    ends = np.array([low, high], dtype=float)  # None becomes NaN, which draws nothing
    order = np.argsort(-centre if direction == "max" else centre, kind="stable")
    rows = order[:_MOST_ROWS]
    figure, axes = _rows([names[int(row)] for row in rows], len(order))
    places = np.arange(len(rows))
    axes.hlines(places, *ends[:, rows], color=BLUE, linewidth=3, alpha=0.45, label="95 % interval")
    seeds = np.concatenate([np.asarray(points[int(row)], dtype=float) for row in rows])
    seed_places = np.repeat(places, [len(points[int(row)]) for row in rows])
    axes.scatter(
        seeds,
        seed_places,
        s=28,
        zorder=3,
        label="one seed",
        facecolors="none",
        edgecolors=VERMILION,
    )
    axes.scatter(centre[rows], places, color=BLUE, marker="|", s=220, zorder=4, label="mean")
    axes.set_xlabel(f"{label}, {'higher' if direction == 'max' else 'lower'} is better")
    disable_axis_offset(axes.xaxis)
    figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def _rows(names: Sequence[str], total: int) -> tuple[Figure, Axes]:
    """Creates axes with one horizontal line per name, the first on top."""
    figure = new_figure(7.0, 0.27 * len(names) + 1.5)
    axes = figure.subplots()
    axes.set_yticks(range(len(names)), [shorten(name, 32) for name in names], fontsize=9)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    if total > len(names):
        axes.set_title(f"first {len(names)} of {total}", fontsize=10)
    return figure, axes
