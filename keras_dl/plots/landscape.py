"""Loss surfaces with optimization paths, descent curves and learning-rate range tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, GREY, VERMILION, check_lengths, new_figure

__all__ = ["descent_curves", "learning_rate_test", "loss_surface"]

_LEVELS = 24


def loss_surface(
    first: np.ndarray,
    second: np.ndarray,
    loss: np.ndarray,
    paths: Mapping[str, np.ndarray] | None = None,
    labels: tuple[str, str] = ("first direction", "second direction"),
    unit: str = "loss",
) -> Figure:
    """Draws contours of a loss over two coordinates, with the paths of optimizers.

    Args:
        first: coordinates of the columns, (columns,).
        second: coordinates of the rows, (rows,).
        loss: (rows, columns); contours are denser near the lowest values.
        paths: name → points (steps, 2); circles mark starts, crosses mark ends. Paths are clipped
            to the plane.
        labels: labels of the two axes.
        unit: name of the loss, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: if the shapes do not fit or no loss is finite.
    """
    x, y, z = (np.asarray(array, dtype=float) for array in (first, second, loss))
    if z.shape != (len(y), len(x)):
        raise ValueError(
            f"`loss` must have shape (second, first) = {(len(y), len(x))}. Received: {z.shape}"
        )
    fine = z[np.isfinite(z)]
    if not fine.size:
        raise ValueError("`loss` must hold finite values. Received: none")
    # Quantiles as levels: with equal spacing one steep corner takes all contours.
    levels = np.unique(np.quantile(fine, np.linspace(0, 1, _LEVELS) ** 1.5))
    if len(levels) < 2:
        levels = np.array([fine.min(), fine.min() + 1e-9])
    figure = new_figure(7.0, 5.2)
    axes = figure.subplots()
    shades = BoundaryNorm(levels, 256, extend="both")  # equally many shades per level
    picture = axes.contourf(x, y, z, levels, cmap="Greys", norm=shades, alpha=0.6, extend="both")
    axes.contour(x, y, z, levels, colors=GREY, linewidths=0.4)
    figure.colorbar(picture, ax=axes, label=unit, format="%.3g")
    for number, (name, path) in enumerate((paths or {}).items()):
        points = np.asarray(path, dtype=float)
        colour = COLOURS[number % len(COLOURS)]
        mark = {"marker": ".", "markersize": 4} if len(points) <= 60 else {}
        axes.plot(*points.T, color=colour, linewidth=1.3, label=name, **mark)
        axes.plot(*points[0], "o", color="white", markeredgecolor="black", zorder=4)
        axes.plot(*points[-1], "X", color=colour, markeredgecolor="black", markersize=8, zorder=5)
    axes.set_xlim(x.min(), x.max())
    axes.set_ylim(y.min(), y.max())
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    if paths:
        figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    return figure


def descent_curves(
    curves: Mapping[str, tuple[Sequence[float], int]], label: str = "loss"
) -> Figure:
    """Draws the losses of several optimizers, by epochs and by steps.

    Args:
        curves: method → (losses from before the first step to after the last, steps per epoch).
        label: name of the loss, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: if `curves` is empty or contains an empty curve.
    """
    check_lengths(curves=list(curves))
    figure = new_figure(9.6, 4.0)
    left, right = figure.subplots(1, 2, sharey=True)
    for number, (name, (losses, steps)) in enumerate(curves.items()):
        check_lengths(**{f"curves[{name!r}]": losses})
        style: dict[str, Any] = {"color": COLOURS[number % len(COLOURS)], "linewidth": 1.3}
        taken = np.arange(len(losses))
        left.plot(taken / steps, losses, label=name, **style)
        right.plot(np.maximum(taken, 0.5), losses, **style)
    left.set_xlabel("passes over the examples")
    right.set_xscale("log")
    right.set_xlabel("steps (the start is drawn at ½)")
    left.set_ylabel(label)
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=6, fontsize="small")
    return figure


def learning_rate_test(
    rates: Sequence[float] | np.ndarray,
    losses: Sequence[float] | np.ndarray,
    smoothed: Sequence[float] | np.ndarray,
    suggestion: float,
) -> Figure:
    """Draws the loss over an increasing learning rate and marks the suggested rate.

    Args:
        rates: learning rate of each step, (steps,).
        losses: loss of each step, (steps,).
        smoothed: running mean of the losses, (steps,).
        suggestion: learning rate to mark.

    Returns:
        The figure; the loss axis is limited to values near the smoothed losses.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(rates=rates, losses=losses, smoothed=smoothed)
    figure = new_figure(6.6, 3.8)
    axes = figure.subplots()
    axes.plot(rates, losses, ".", color=GREY, markersize=4, label="loss of one batch")
    axes.plot(rates, smoothed, color=BLUE, label="smoothed")
    axes.axvline(suggestion, color=VERMILION, linestyle="--", label=f"suggestion {suggestion:.2g}")
    fine = np.asarray(smoothed, dtype=float)
    fine = fine[np.isfinite(fine)]
    if fine.size:
        room = 0.1 * (2 * fine[0] - fine.min()) or 1.0
        lowest = min(fine.min(), np.nanmin(np.asarray(losses, dtype=float)))
        axes.set_ylim(lowest - room, 2 * fine[0] + room)
    axes.set_xscale("log")
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
