"""Episodes of a game: pictures of one, and the returns of many."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, GREY, check_lengths, new_figure

__all__ = ["film_strip", "returns"]

COLUMNS, ROWS = 6, 2


def film_strip(pictures: Sequence[np.ndarray], title: str = "") -> Figure:
    """Draws twelve pictures of an episode at equal distances, the first and the last among them.

    Args:
        pictures: (height, width, 3) uint8 each, in order.
        title: title of the figure.

    Returns:
        The figure; fewer pictures are all drawn.

    Raises:
        ValueError: if there are no pictures.
    """
    check_lengths(pictures=pictures)
    count = min(len(pictures), COLUMNS * ROWS)
    displayed = np.linspace(0, len(pictures) - 1, count).round().astype(int)
    rows = -(-count // COLUMNS)
    height, width = pictures[0].shape[:2]
    columns = min(count, COLUMNS)
    figure = new_figure(max(1.4 * columns, 3.0), (1.4 * height / width + 0.25) * rows + 0.4)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, step in zip(grid, displayed, strict=False):
        axes.imshow(pictures[step], interpolation="nearest")
        axes.set_title(f"step {step}", fontsize=8)
    if title:
        figure.suptitle(title, fontsize=10, parse_math=False)
    return figure


def returns(trained: Sequence[float], random: Sequence[float]) -> Figure:
    """Draws the sorted returns of a policy's episodes, and those of random play.

    Args:
        trained: return of each episode of the policy.
        random: return of each episode of random play.

    Returns:
        The figure, with the means as horizontal lines.

    Raises:
        ValueError: if one has no episodes.
    """
    for part in (trained, random):
        check_lengths(returns=part)
    figure = new_figure(5.6, 3.6)
    axes = figure.subplots()
    for values, name, colour in ((trained, "policy", BLUE), (random, "random play", GREY)):
        places = np.linspace(0, 100, len(values)) if len(values) > 1 else np.array([50.0])
        mean = float(np.mean(values))
        label = f"{name}: mean {mean:.4g} of {len(values):,} episodes"
        axes.plot(places, np.sort(values), "o-", markersize=3, color=colour, label=label)
        axes.axhline(mean, color=colour, linewidth=0.8, linestyle="--")
    axes.set_xlabel("percentile of the episodes")
    axes.set_ylabel("return (sum of rewards)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
