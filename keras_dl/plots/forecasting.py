"""Forecasts of a time series, the values that followed, and errors by step ahead."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, GREY, check_lengths, new_figure, set_integer_x_axis

__all__ = ["error_by_step", "forecasts"]

SHOWN = 4  # windows
LABELS = {"last_value": "last value", "last_season": "last season", "linear": "linear regression"}


def error_by_step(errors: Mapping[str, np.ndarray], unit: str = "units of the series") -> Figure:
    """Draws the mean absolute error of each forecast over the steps ahead.

    Args:
        errors: (horizon,) for each forecast by name.
        unit: unit of the errors.

    Returns:
        The figure.
    """
    figure = new_figure(6.4, 3.8)
    axes = figure.subplots()
    for colour, (name, values) in zip(COLOURS, errors.items(), strict=False):
        style = "-" if name == "network" else "--"
        steps = np.arange(1, len(values) + 1)
        axes.plot(steps, values, style, marker=".", color=colour, label=LABELS.get(name, name))
    axes.set_xlabel("steps ahead")
    axes.set_ylabel(f"mean absolute error ({unit})")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    set_integer_x_axis(axes, max(map(len, errors.values())))
    return figure


def forecasts(
    context: np.ndarray, actual: np.ndarray, predicted: Mapping[str, np.ndarray]
) -> Figure:
    """Draws a few windows: what the forecasts see, what followed, and each forecast.

    Args:
        context: values that the forecasts see, (windows, context).
        actual: (windows, horizon).
        predicted: (windows, horizon) for each forecast by name.

    Returns:
        The figure: the first, the last and evenly chosen windows between.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(context=context, actual=actual, **predicted)
    rows = np.unique(np.linspace(0, len(context) - 1, SHOWN).round().astype(int))
    figure = new_figure(9.6, 2.9 * -(-len(rows) // 2))
    panels = np.ravel(figure.subplots(-(-len(rows) // 2), min(len(rows), 2), sharey=True))
    before, ahead = np.arange(1 - context.shape[1], 1), np.arange(1, actual.shape[1] + 1)
    for axes, row in zip(panels, rows, strict=False):
        axes.plot(before, context[row], color=GREY, label="seen")
        axes.plot(ahead, actual[row], color="black", linewidth=2, label="actual")
        for colour, (name, values) in zip(COLOURS, predicted.items(), strict=False):
            style = "-" if name == "network" else "--"
            axes.plot(ahead, values[row], style, color=colour, label=LABELS.get(name, name))
        axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle=":")
        axes.set_title(f"test window {row + 1:,} of {len(context):,}", fontsize=10)
        axes.grid(alpha=0.3)
    for axes in panels[len(rows) :]:
        axes.set_axis_off()
    panels[0].legend(fontsize="x-small")
    figure.supxlabel("steps from the last value that is seen", fontsize="small")
    return figure
