"""Losses over a plane, the ways that trainings take on it, and what a rate does to the loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, GREY, VERMILION, check_lengths, figure_of

__all__ = ["descent_curves", "loss_surface", "rate_test"]

_LEVELS = 24


def loss_surface(
    first: np.ndarray,
    second: np.ndarray,
    loss: np.ndarray,
    paths: Mapping[str, np.ndarray] | None = None,
    labels: tuple[str, str] = ("first direction", "second direction"),
    unit: str = "loss",
) -> Figure:
    """Contours of a loss over two coordinates, with the paths of trainings.

    Args:
        first: coordinates along x, (columns,).
        second: coordinates along y, (rows,).
        loss: (rows, columns); the contours lie closer together near the lowest values.
        paths: points (steps, 2) by name; each starts at its circle and ends at its cross. What
            leaves the plane is cut off.
        labels: of the two axes.
        unit: what the loss is, with its unit.

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
    # Equal shares of the grid between two levels: a single steep corner would take all of them.
    levels = np.unique(np.quantile(fine, np.linspace(0, 1, _LEVELS) ** 1.5))
    if len(levels) < 2:
        levels = np.array([fine.min(), fine.min() + 1e-9])
    figure = figure_of(7.0, 5.2)
    axes = figure.subplots()
    shades = BoundaryNorm(levels, 256, extend="both")  # as many shades to each step
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
    """How fast several methods descend, by passes over the examples and by steps.

    Args:
        curves: by method its losses, from before the first step to after the last, and how many
            steps make one pass.
        label: what the loss is, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: if there are no curves, or one is empty.
    """
    check_lengths(curves=list(curves))
    figure = figure_of(9.6, 4.0)
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


def rate_test(
    rates: Sequence[float] | np.ndarray,
    losses: Sequence[float] | np.ndarray,
    smoothed: Sequence[float] | np.ndarray,
    suggestion: float,
) -> Figure:
    """Loss over a growing learning rate, with the rate at which it falls fastest.

    Args:
        rates: learning rate of each step.
        losses: of each step.
        smoothed: running mean of the losses.
        suggestion: the rate to mark.

    Returns:
        The figure; far above the first smoothed loss it is cut off.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(rates=rates, losses=losses, smoothed=smoothed)
    figure = figure_of(6.6, 3.8)
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
