"""Where in a plane of two inputs a net fires."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, figure_of

__all__ = ["decision_regions"]


def decision_regions(
    regions: Mapping[str, np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    points: np.ndarray,
    labels: Mapping[str, Sequence[int]],
) -> Figure:
    """A panel for each net: shaded where it gives 1, with the points it should tell apart.

    Args:
        regions: outputs 0 and 1 by title, each (len(y), len(x)).
        x: values of the first input along a row.
        y: values of the second input along a column.
        points: (n, 2), marked in every panel.
        labels: class 0 or 1 of each point, by title.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no panel, or regions and labels have not the same titles.
    """
    if not regions or set(regions) != set(labels):
        raise ValueError(
            "`regions` and `labels` must have the same titles, at least one. "
            f"Received: regions={list(regions)}, labels={list(labels)}"
        )
    columns = min(3, len(regions))
    rows = -(-len(regions) // columns)
    figure = figure_of(2.9 * columns, 2.9 * rows + 0.5)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    extent = (float(x[0]), float(x[-1]), float(y[0]), float(y[-1]))
    for axes, (title, outputs) in zip(grid, regions.items(), strict=False):
        colours = ListedColormap(["white", "#BFD9EA"])
        axes.imshow(outputs, origin="lower", extent=extent, cmap=colours, vmin=0, vmax=1)
        for value, marker, colour in ((0, "o", VERMILION), (1, "s", BLUE)):
            chosen = points[np.asarray(labels[title]) == value]
            name = f"should give {value}"
            axes.scatter(*chosen.T, s=60, marker=marker, color=colour, label=name, zorder=3)
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("x₁")
        axes.set_ylabel("x₂")
        axes.set_xticks([0, 1])
        axes.set_yticks([0, 1])
    for axes in grid[len(regions) :]:
        axes.set_axis_off()
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, fontsize="small")
    figure.suptitle("shaded: the net gives 1", fontsize=11)
    return figure
