"""ROC and precision–recall curves of classifiers, false alarms of spotters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, GREY, new_figure, shorten

__all__ = ["false_alarm_curve", "precision_recall", "roc"]

Curve = tuple[np.ndarray, np.ndarray, float]
STYLES = ("-", "--", ":")


def roc(curves: Mapping[str, Curve]) -> Figure:
    """Draws true positive rates by false positive rates.

    Args:
        curves: by class, (false positive rates, true positive rates, area under the curve).

    Returns:
        The figure; the diagonal is a classifier without skill.
    """
    figure, axes = _axes("false positive rate", "true positive rate")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    for index, (name, (false, true, area)) in enumerate(curves.items()):
        axes.plot(false, true, label=f"{shorten(name)}  AUC {area:.3f}", **_style(index))
    axes.legend(loc="lower right", fontsize=8)
    return figure


def precision_recall(
    curves: Mapping[str, Curve], points: Mapping[str, tuple[float, float]] | None = None
) -> Figure:
    """Draws precision by recall.

    Args:
        curves: by class, (recalls, precisions, average precision).
        points: recall and precision of single decisions, such as a person's, by label.

    Returns:
        The figure; a step holds the precision that its recall was reached with.
    """
    figure, axes = _axes("recall", "precision")
    for index, (name, (recall, precision, area)) in enumerate(curves.items()):
        label = f"{shorten(name)}  AP {area:.3f}"
        x, y = np.r_[0, recall], np.r_[precision[:1], precision]
        axes.step(x, y, where="pre", label=label, **_style(index))
    for index, (label, place) in enumerate((points or {}).items()):
        axes.plot(*place, "o" if index else "s", color="black", label=shorten(label))
    axes.legend(loc="lower left", fontsize=8)
    return figure


def false_alarm_curve(
    false_alarms: np.ndarray, false_rejects: np.ndarray, point: tuple[float, float]
) -> Figure:
    """Draws the false rejects of a spotter by its false alarms per hour, as a threshold moves.

    Args:
        false_alarms: per hour, (points,); the axis is linear below 1 and logarithmic above.
        false_rejects: shares in [0, 1], (points,).
        point: false alarms and false rejects of the threshold in use.

    Returns:
        The figure; lower and further left is better.
    """
    figure = new_figure(5.0, 3.8)
    axes = figure.subplots()
    axes.step(false_alarms, false_rejects, where="post", color=COLOURS[0])
    axes.plot(*point, "o", color="black")
    text = f"{100 * point[1]:.2g} % rejected at {point[0]:.2g} an hour"
    axes.annotate(text, point, (8, 8), textcoords="offset points", fontsize=9)
    axes.set_xscale("symlog", linthresh=1)
    axes.set(xlabel="false alarms per hour", ylabel="false rejects", xlim=(0, None))
    axes.set_ylim(0, max(0.05, 1.3 * point[1]))
    return figure


def _axes(x: str, y: str) -> tuple[Figure, Axes]:
    figure = new_figure(5.0, 4.6)
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    return figure, axes


def _style(index: int) -> dict[str, Any]:
    row, column = divmod(index, len(COLOURS))
    return {"color": COLOURS[column], "linestyle": STYLES[row % len(STYLES)]}
