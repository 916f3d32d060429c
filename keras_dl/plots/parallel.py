"""Trials of a search as lines over one axis per hyperparameter."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from keras_dl.plots._style import VERMILION, check_direction, check_lengths, new_figure, shorten

__all__ = ["IDLE", "Axis", "parallel_coordinates", "place"]

IDLE = -0.14  # height of the tick "idle" below the axis of 0 … 1
TICKS = 4


class Axis(NamedTuple):
    """A hyperparameter.

    Attributes:
        name: of the hyperparameter.
        values: one per trial; None where it is idle, as its condition does not hold.
        log: whether the axis is logarithmic; its values are above 0.
    """

    name: str
    values: Sequence[Any]
    log: bool = False


def parallel_coordinates(
    axes: Sequence[Axis], scores: Sequence[float | None], direction: str, label: str
) -> Figure:
    """Draws a line for each trial through its values, coloured by its score.

    Numbers have linear or logarithmic axes, other values a tick each. A value of None is drawn on a
    tick "idle", so that no trial is lost; lines of failed trials are grey and dashed.

    Args:
        axes: hyperparameters with their values.
        scores: one per trial; None, NaN and infinities mark failed trials.
        direction: "max" if larger scores are better, "min" otherwise.
        label: name of the score, which is the last axis.

    Returns:
        The figure; the best trial is drawn on top.

    Raises:
        ValueError: if the lengths differ or are 0, or `direction` is unknown.
    """
    check_lengths(scores=scores, **{axis.name: axis.values for axis in axes})
    check_direction(direction)
    values = np.array(scores, dtype=float)
    fine = np.isfinite(values)
    known = [float(v) if ok else None for v, ok in zip(values, fine, strict=True)]
    columns = [*axes, Axis(label, known)]
    figure = new_figure(max(6.0, 1.35 * len(columns) + 1.0), 4.6)
    plane = figure.subplots()
    heights = np.stack(
        [_draw_axis(plane, x, axis, idle=x < len(axes)) for x, axis in enumerate(columns)], axis=1
    )
    lines = [np.column_stack([np.arange(len(columns)), row]) for row in heights]
    failed = [line[:-1] for line, ok in zip(lines, fine, strict=True) if not ok]
    if failed:
        plane.add_collection(LineCollection(failed, colors="0.7", linestyles="--", linewidths=1))
    order = np.argsort(values[fine] if direction == "max" else -values[fine], kind="stable")
    drawn = [line for line, ok in zip(lines, fine, strict=True) if ok]
    if drawn:
        shown = values[fine]
        collection = LineCollection(
            [drawn[i] for i in order],
            array=shown[order],
            cmap="viridis" if direction == "max" else "viridis_r",
            norm=Normalize(shown.min(), shown.max() if np.ptp(shown) else shown.min() + 1),
            linewidths=1.4,
            alpha=0.8,
        )
        plane.add_collection(collection)
        plane.plot(*drawn[order[-1]].T, color=VERMILION, linewidth=2.4, label="best trial")
        figure.colorbar(collection, ax=plane, label=label, pad=0.03)
        figure.legend(loc="outside lower center", ncols=3, fontsize="small")
    plane.set_xlim(-0.3, len(columns) - 0.7)
    plane.set_ylim(IDLE - 0.06, 1.08)
    plane.set_yticks([])
    plane.set_xticks(range(len(columns)), [shorten(a.name, 16) for a in columns], fontsize=9)
    plane.spines[["left", "right", "top", "bottom"]].set_visible(False)
    plane.tick_params(length=0, rotation=20 if len(columns) > 6 else 0)
    return figure


def place(axis: Axis) -> tuple[np.ndarray, list[tuple[float, str]]]:
    """Places values on an axis of height 0 to 1; those that are idle lie below it.

    Args:
        axis: with one value or more.

    Returns:
        The height of each value (n,), and the ticks as (height, text).
    """
    present = [value for value in axis.values if value is not None]
    numeric = present and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in present
    )
    ticks = _numeric_ticks(present, axis.log) if numeric else _named_ticks(present)
    if numeric:
        scale = _scale(present, axis.log)
        heights = np.array([IDLE if v is None else scale(v) for v in axis.values])
    else:
        by_text = {text: height for height, text in ticks}
        heights = np.array([IDLE if v is None else by_text[_text(v)] for v in axis.values])
    idle = [(IDLE, "idle")] if len(present) < len(axis.values) else []
    return heights, [*ticks, *idle]


def _draw_axis(plane: Axes, x: int, axis: Axis, *, idle: bool) -> np.ndarray:
    """Draws an axis with its ticks, "idle" where wanted; returns the height of each trial on it."""
    heights, ticks = place(axis)
    plane.vlines(x, 0, 1, color="0.3", linewidth=1)
    ticks = [tick for tick in ticks if idle or tick[0] != IDLE]
    if any(height == IDLE for height, _ in ticks):
        plane.vlines(x, IDLE, 0, color="0.3", linewidth=1, linestyles=":")
    for height, text in ticks:
        plane.plot([x], [height], marker="_", color="0.3")
        box = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.5}
        plane.text(x + 0.04, height, text, fontsize=7, va="center", zorder=5, bbox=box)
    return heights


def _scale(values: Sequence[float], log: bool) -> Any:
    change = math.log if log and min(values) > 0 else float
    low, high = change(min(values)), change(max(values))
    return lambda v: 0.5 if high == low else (change(v) - low) / (high - low)


def _numeric_ticks(values: Sequence[float], log: bool) -> list[tuple[float, str]]:
    scale, low, high = _scale(values, log), min(values), max(values)
    if low == high:
        return [(0.5, f"{low:.3g}")]
    shares = np.linspace(0, 1, TICKS)
    if log and low > 0:
        steps = [low * (high / low) ** share for share in shares]
    else:
        steps = [low + (high - low) * share for share in shares]
    return [(scale(step), f"{step:.3g}") for step in steps]


def _named_ticks(values: Sequence[Any]) -> list[tuple[float, str]]:
    names = sorted({_text(value) for value in values})
    if len(names) < 2:
        return [(0.5, name) for name in names]
    return [(i / (len(names) - 1), name) for i, name in enumerate(names)]


def _text(value: Any) -> str:
    return shorten(",".join(map(str, value)) if isinstance(value, tuple | list) else value, 14)
