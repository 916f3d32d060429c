"""Colours, sizes and label lengths that all figures share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

__all__ = [
    "BLUE",
    "COLOURS",
    "GREY",
    "VERMILION",
    "check_direction",
    "check_lengths",
    "count_along_x",
    "figure_of",
    "plain_numbers",
    "shorten",
    "spaced",
]

# Okabe and Ito, 2008: distinct under the common forms of colour blindness.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    *("#0072B2", "#D55E00", "#009E73"),
    *("#CC79A7", "#E69F00", "#56B4E9"),
)
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
GREY = "#777777"
MOST_TICKS = 40


def figure_of(width: float, height: float) -> Figure:
    """Make an empty figure; sizes in inches, 100 pixels each.

    Built without pyplot, which would keep every figure alive and pick a window system.
    """
    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def shorten(text: Any, most: int = 20) -> str:
    """`text` with at most `most` characters, an ellipsis for the rest."""
    text = str(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def spaced(count: int, most: int = MOST_TICKS) -> np.ndarray:
    """Every n-th index of `count`, so that at most `most` remain."""
    return np.arange(0, count, max(1, -(-count // most)))


def count_along_x(axes: Axes, last: int, first: int = 1) -> None:
    """Let the x axis count `first` … `last` in whole steps."""
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))


def plain_numbers(axis: Axis) -> None:
    """Write 0.991 and 0.992, not 1 and 2 with a "+0.99" at the end of the axis."""
    axis.set_major_formatter(ScalarFormatter(useOffset=False))


def check_lengths(**arrays: Sequence[Any] | np.ndarray) -> None:
    """Refuse arrays of unequal length, and empty ones.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    lengths = {name: len(array) for name, array in arrays.items()}
    names = ", ".join(f"`{name}`" for name in lengths)
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{names} must be equally long. Received lengths: {lengths}")
    if 0 in lengths.values():
        raise ValueError(f"{names} must not be empty. Received lengths: {lengths}")


def check_direction(direction: str) -> None:
    """Accept "max" or "min".

    Raises:
        ValueError: if `direction` is something else.
    """
    if direction not in ("max", "min"):
        raise ValueError(
            "`direction` must be 'max' or 'min'; it says which scores are better. "
            f"Received: direction={direction!r}"
        )
