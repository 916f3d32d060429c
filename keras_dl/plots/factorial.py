"""Results of a factorial experiment: main effects, interactions and curves by level."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import (
    BLUE,
    COLOURS,
    VERMILION,
    check_lengths,
    disable_axis_offset,
    new_figure,
    set_integer_x_axis,
    shorten,
)
from keras_dl.utils.intervals import is_proportion

__all__ = ["curves_by_level", "interaction_lines", "main_effects"]


def main_effects(
    factors: Sequence[str],
    levels: Sequence[str],
    means: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    points: Sequence[Sequence[float]],
    label: str,
) -> Figure:
    """Draws the mean of every factor level with its interval, over the individual runs.

    Args:
        factors: factor of each row; rows of a factor are consecutive.
        levels: level of each row.
        means: mean score of each row, averaged over the levels of all other factors.
        low: lower bound of the 95 % interval of each mean.
        high: upper bound of the 95 % interval of each mean.
        points: scores of the individual runs of each row.
        label: name of the score.

    Raises:
        ValueError: if the lengths differ or are 0.

    Returns:
        The figure.
    """
    check_lengths(factors=factors, levels=levels, means=means, low=low, high=high, points=points)
    starts = [i for i, f in enumerate(factors) if i == 0 or f != factors[i - 1]]
    places = np.arange(len(means)) + 0.8 * np.searchsorted(starts, np.arange(len(means)), "right")
    figure = new_figure(7.5, 0.3 * (places[-1] + 1) + 1.2)
    axes = figure.subplots()
    seeds = np.concatenate([np.asarray(p, dtype=float) for p in points])
    rows = np.repeat(places, [len(p) for p in points])
    axes.scatter(seeds, rows, s=14, color=VERMILION, alpha=0.35, linewidths=0, label="one training")
    axes.hlines(places, low, high, color=BLUE, linewidth=4, alpha=0.5, label="95 % interval")
    axes.scatter(means, places, color=BLUE, marker="|", s=220, zorder=4, label="mean")
    axes.set_yticks(places, [shorten(level, 28) for level in levels], fontsize=9)
    for start in starts:
        axes.text(
            -0.01,
            places[start] - 0.85,
            factors[start],
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=9,
            fontweight="bold",
        )
    axes.set_ylim(places[-1] + 0.6, places[0] - 1.3)
    axes.set_xlabel(label)
    axes.grid(axis="x", alpha=0.3)
    disable_axis_offset(axes.xaxis)
    figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def interaction_lines(
    pairs: Sequence[tuple[str, str]],
    levels: Mapping[str, Sequence[str]],
    means: Sequence[np.ndarray],
    label: str,
) -> Figure:
    """Draws the means of factor pairs; parallel lines mean no interaction.

    Args:
        pairs: two factors per panel.
        levels: factor → names of its levels.
        means: means of each panel, (levels of the first factor, levels of the second); NaN for
            settings without a run.
        label: name of the score.

    Raises:
        ValueError: if the lengths differ or are 0.

    Returns:
        The figure.
    """
    check_lengths(pairs=pairs, means=means)
    columns = min(3, len(pairs))
    rows = -(-len(pairs) // columns)
    figure = new_figure(3.4 * columns + 0.6, 3.0 * rows)
    grid = np.ravel(figure.subplots(rows, columns, sharey=True, squeeze=False))
    for axes in grid[len(pairs) :]:
        axes.set_axis_off()
    for axes, (one, two), table in zip(grid, pairs, means, strict=False):
        _lines(axes, np.asarray(table, dtype=float), levels[one], levels[two])
        axes.set_xlabel(one)
        axes.legend(title=two, fontsize=7, title_fontsize=8)
    for axes in grid[::columns]:
        axes.set_ylabel(label)
        disable_axis_offset(axes.yaxis)
    return figure


def curves_by_level(
    factors: Mapping[str, Mapping[str, Sequence[Sequence[float]]]], label: str
) -> Figure:
    """Draws the mean curve of every level, one panel per factor; bands span one deviation.

    Args:
        factors: factor → level → curves of its runs, one value per epoch.
        label: name of the metric.

    Raises:
        ValueError: if there is no factor.

    Returns:
        The figure.
    """
    check_lengths(factors=list(factors))
    columns = min(3, len(factors))
    rows = -(-len(factors) // columns)
    figure = new_figure(3.4 * columns + 0.6, 3.0 * rows)
    grid = np.ravel(figure.subplots(rows, columns, sharey=True, squeeze=False))
    for axes in grid[len(factors) :]:
        axes.set_axis_off()
    for axes, (name, levels) in zip(grid, factors.items(), strict=False):
        longest = max(len(c) for curves in levels.values() for c in curves)
        for (level, curves), colour in zip(levels.items(), _colours(len(levels)), strict=True):
            padded = np.full((len(curves), longest), np.nan)
            for row, curve in zip(padded, curves, strict=True):
                row[: len(curve)] = curve
            bounds = (0.0, 1.0) if is_proportion(label) else (-np.inf, np.inf)
            _band(axes, padded, level, colour, bounds)
        axes.set_title(name, fontsize=10)
        set_integer_x_axis(axes, longest)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    for axes in grid[::columns]:
        axes.set_ylabel(label)
        disable_axis_offset(axes.yaxis)
    return figure


def _lines(axes: Axes, table: np.ndarray, one: Sequence[str], two: Sequence[str]) -> None:
    for values, level, colour in zip(table.T, two, _colours(len(two)), strict=True):
        axes.plot(range(len(one)), values, marker="o", color=colour, label=shorten(level, 16))
    axes.set_xticks(range(len(one)), [shorten(level, 12) for level in one], fontsize=8)
    if max(map(len, one)) > 5 and len(one) > 2:
        axes.tick_params(axis="x", rotation=25)
    axes.margins(x=0.15)
    axes.grid(alpha=0.3)


def _band(
    axes: Axes, curves: np.ndarray, level: str, colour: str, bounds: tuple[float, float]
) -> None:
    # Runs that stopped early are NaN-padded: later epochs average the remaining runs only.
    epochs = np.arange(1, curves.shape[1] + 1)
    mean, spread = np.nanmean(curves, axis=0), np.nanstd(curves, axis=0)
    marker = "o" if len(epochs) == 1 else None
    axes.plot(epochs, mean, color=colour, marker=marker, label=shorten(level, 16))
    low, high = np.clip([mean - spread, mean + spread], *bounds)
    axes.fill_between(epochs, low, high, color=colour, alpha=0.15, linewidth=0)


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]
