"""Approximations of a function on an interval by networks of several widths."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, GREY, VERMILION, check_lengths, new_figure

__all__ = ["approximation"]


def approximation(
    x: np.ndarray,
    y: np.ndarray,
    predicted: np.ndarray,
    widths: Sequence[int],
    straight: np.ndarray | None = None,
) -> Figure:
    """Draws a function with its approximations by networks, and their largest errors by width.

    Args:
        x: points in ascending order, (points,).
        y: values of the function at `x`, (points,).
        predicted: network outputs at `x`, (points, networks).
        widths: number of hidden units of each network, (networks,).
        straight: outputs of a network without activation, (points,), or None.

    Returns:
        The figure: curves left, errors max |ŷ − y| right, both axes logarithmic.

    Raises:
        ValueError: if `predicted` does not have one column per width.
    """
    check_lengths(x=x, y=y, predicted=predicted)
    check_lengths(widths=widths, nets=predicted.T)
    figure = new_figure(10.0, 4.0)
    left, right = figure.subplots(1, 2)
    left.plot(x, y, color="black", linewidth=3, alpha=0.3, label="function")
    indices = np.unique(np.linspace(0, len(widths) - 1, min(4, len(widths))).round().astype(int))
    for colour, index in zip(COLOURS, indices, strict=False):
        label = f"{widths[index]} hidden unit{'s' if widths[index] > 1 else ''}"
        left.plot(x, predicted[:, index], color=colour, label=label)
    left.set_xlabel("x")
    left.set_ylabel("y")
    errors = np.abs(predicted - y[:, None]).max(axis=0)
    right.plot(widths, errors, color=BLUE, marker="o", label="with activation")
    if straight is not None:
        left.plot(x, straight, color=GREY, linestyle="--", label="no activation")
        error = np.abs(straight - y).max()
        label = "no activation: a straight line"
        right.axhline(error, color=VERMILION, linestyle="--", label=label)
    right.set_xscale("log", base=2)
    right.set_yscale("log")
    right.set_xticks(list(widths), [str(width) for width in widths])
    right.minorticks_off()
    right.set_xlabel("width (hidden units)")
    right.set_ylabel("largest error max |ŷ − y|")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    return figure
