"""Score by the number of labelled examples, and what a method gains over another."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from scipy import stats

from keras_dl.plots._style import COLOURS, check_lengths, new_figure, shorten

__all__ = ["label_efficiency"]


def label_efficiency(
    labels: Sequence[int], panels: Mapping[str, Mapping[str, np.ndarray]], metric: str
) -> Figure:
    """Draws scores by the number of labels above, and differences to the first method below.

    Args:
        labels: numbers of labelled examples, ascending.
        panels: title → method → scores (labels, seeds), NaN where a training failed; all methods
            have the same seeds, in one order.
        metric: name of the score; accuracies are drawn in %.

    Returns:
        The figure: means over seeds with 95 % intervals by Student's t; differences are those of
        equal seeds.

    Raises:
        ValueError: if there is no panel, or a table has not one row for each number of labels.
    """
    check_lengths(panels=list(panels))
    for title, methods in panels.items():
        for name, scores in methods.items():
            check_lengths(**{"labels": labels, f"{title} {name}": scores})
    figure = new_figure(3.9 * len(panels) + 0.6, 5.4)
    grid = figure.subplots(2, len(panels), sharex=True, sharey="row", squeeze=False)
    share = 100.0 if metric.endswith("accuracy") else 1.0
    unit = ", %" if share > 1 else ""
    for (above, below), (title, methods) in zip(grid.T, panels.items(), strict=True):
        tables = {n: share * np.asarray(scores, float) for n, scores in methods.items()}
        base = next(iter(tables.values()))
        for (name, table), colour in zip(tables.items(), COLOURS, strict=False):
            _curve(above, labels, table, shorten(name, 24), colour)
            if table is not base:
                _curve(below, labels, table - base, shorten(name, 24), colour)
        above.set_title(title, fontsize=10)
        above.legend(fontsize=8)
        below.axhline(0, color="black", linewidth=0.8)
        below.set_xlabel("labelled examples")
        below.set_xscale("log")
        below.xaxis.set_major_locator(FixedLocator(list(labels)))
        below.xaxis.set_minor_locator(NullLocator())
        below.set_xticklabels([f"{count:,}" for count in labels], fontsize=8)
    grid[0, 0].set_ylabel(f"{metric}{unit}")
    first = next(iter(next(iter(panels.values()))))
    grid[1, 0].set_ylabel(f"difference to {shorten(first, 24)}{unit and ', points'}")
    return figure


def _curve(axes: Axes, labels: Sequence[int], table: np.ndarray, name: str, colour: str) -> None:
    """Draws means by row with intervals; one seed has none."""
    counts = np.sum(np.isfinite(table), axis=1)
    means = [float(np.nanmean(row)) if n else np.nan for row, n in zip(table, counts, strict=True)]
    widths = [
        float(stats.t.ppf(0.975, n - 1) * np.nanstd(row, ddof=1) / np.sqrt(n)) if n > 1 else 0.0
        for row, n in zip(table, counts, strict=True)
    ]
    axes.errorbar(labels, means, yerr=widths, marker="o", capsize=3, color=colour, label=name)
    axes.grid(alpha=0.3)
