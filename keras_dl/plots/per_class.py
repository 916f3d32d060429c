"""Precision and recall of each class, with intervals."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, check_lengths, new_figure, shorten

__all__ = ["class_scores"]

_MOST_ROWS = 40


def class_scores(
    class_names: Sequence[str],
    precision: np.ndarray,
    recall: np.ndarray,
    precision_intervals: np.ndarray,
    recall_intervals: np.ndarray,
) -> Figure:
    """Draws precision and recall of each class with 95 % intervals, the lowest recall on top.

    Args:
        class_names: one name per class.
        precision: shares in [0, 1], (classes,); NaN is not drawn.
        recall: the same.
        precision_intervals: lower and upper ends in [0, 1], (classes, 2).
        recall_intervals: the same.

    Returns:
        The figure; beyond 40 classes only those of the lowest recall are drawn.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(
        class_names=class_names,
        precision=precision,
        recall=recall,
        precision_intervals=precision_intervals,
        recall_intervals=recall_intervals,
    )
    rows = np.argsort(recall, kind="stable")[:_MOST_ROWS]
    figure = new_figure(6.4, 0.3 * len(rows) + 1.3)
    axes = figure.subplots()
    for shares, ends, name, colour, shift in (
        (recall, recall_intervals, "recall", BLUE, -0.14),
        (precision, precision_intervals, "precision", VERMILION, 0.14),
    ):
        places = np.arange(len(rows)) + shift
        axes.hlines(places, *ends[rows].T, color=colour, linewidth=3, alpha=0.4)
        axes.scatter(shares[rows], places, color=colour, s=16, label=name, zorder=3)
    names = [shorten(class_names[int(row)], 28) for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("share, with its 95 % interval over test examples")
    axes.grid(axis="x", alpha=0.3)
    if len(rows) < len(class_names):
        axes.set_title(f"lowest {len(rows)} of {len(class_names)} classes", fontsize=10)
    figure.legend(loc="outside lower center", ncols=2, fontsize="small")
    return figure
