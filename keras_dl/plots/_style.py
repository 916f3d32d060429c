"""Colours, sizes and label lengths that all figures share."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, ScalarFormatter

__all__ = [
    "BLUE",
    "COLOURS",
    "GREY",
    "VERMILION",
    "add_title",
    "check_direction",
    "check_lengths",
    "disable_axis_offset",
    "new_figure",
    "set_integer_x_axis",
    "shorten",
    "spaced_indices",
    "to_pixels",
]

# Okabe and Ito, 2008: distinct under the common forms of colour blindness.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    *("#0072B2", "#D55E00", "#009E73"),
    *("#CC79A7", "#E69F00", "#56B4E9"),
)
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
GREY = "#777777"
MOST_TICKS = 40
TITLE_HEIGHT = 0.25  # inches


class NotebookFigure(Figure):
    """A figure that a notebook shows without pyplot, which is not imported."""

    def _repr_png_(self) -> bytes:
        image = io.BytesIO()
        self.savefig(image, format="png")
        return image.getvalue()


def new_figure(width: float, height: float) -> Figure:
    """Creates an empty figure; sizes in inches, 100 pixels per inch.

    Pyplot is avoided: it keeps every figure alive and selects a window system.
    """
    return NotebookFigure(figsize=(width, height), dpi=100, layout="constrained")


def to_pixels(figure: Figure) -> np.ndarray:
    """Draws a figure, (height, width, 4) uint8, for predictions that are pictures."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def add_title(figure: Figure, title: str) -> None:
    """Writes a line above a figure, such as its recipe and data set; other titles stay.

    Args:
        figure: changed in place; it grows by the height of the line.
        title: plain text, without mathematics.
    """
    below = figure.get_suptitle()
    figure.suptitle(f"{title}\n{below}" if below else title, fontsize=11, parse_math=False)
    figure.set_figheight(figure.get_figheight() + TITLE_HEIGHT)


def shorten(text: object, most: int = 20) -> str:
    """Returns `text` cut to at most `most` characters, with an ellipsis where it was cut."""
    text = str(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def spaced_indices(count: int, most: int = MOST_TICKS) -> np.ndarray:
    """Returns every n-th index below `count`, at most `most` indices."""
    return np.arange(0, count, max(1, -(-count // most)))


def set_integer_x_axis(axes: Axes, last: int, first: int = 1) -> None:
    """Sets the limits of the x axis to `first` … `last` with integer ticks.

    Args:
        axes: the axes to change.
        last: largest value on the axis.
        first: smallest value on the axis.
    """
    axes.set_xlim(first - 0.5, last + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))


def disable_axis_offset(axis: Axis) -> None:
    """Writes tick labels as 0.991 and 0.992, not as 1 and 2 with an offset of 0.99."""
    axis.set_major_formatter(ScalarFormatter(useOffset=False))


def check_lengths(**arrays: Sequence[object] | np.ndarray) -> None:
    """Checks that arrays have one length above 0.

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
    """Checks that `direction` is "max" or "min".

    Raises:
        ValueError: if `direction` is something else.
    """
    if direction not in ("max", "min"):
        raise ValueError(
            "`direction` must be 'max' or 'min'; it says which scores are better. "
            f"Received: direction={direction!r}"
        )
