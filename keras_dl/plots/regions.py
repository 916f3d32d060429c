"""Decision regions of networks over a plane of two inputs."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, new_figure

__all__ = ["decision_regions"]


def decision_regions(
    regions: Mapping[str, np.ndarray],
    x: np.ndarray,
    y: np.ndarray,
    points: np.ndarray,
    labels: Mapping[str, Sequence[int]],
) -> Figure:
    """Draws one panel per network, shaded where its output is 1, with labelled points.

    Args:
        regions: title → outputs 0 and 1, each (len(y), len(x)).
        x: values of the first input along a row.
        y: values of the second input along a column.
        points: points marked in every panel, (n, 2).
        labels: title → class 0 or 1 of each point.

    Returns:
        The figure.

    Raises:
        ValueError: if there is no panel, or the titles of `regions` and `labels` differ.
    """
    if not regions or set(regions) != set(labels):
        raise ValueError(
            "`regions` and `labels` must have the same titles, at least one. "
            f"Received: regions={list(regions)}, labels={list(labels)}"
        )
    columns = min(3, len(regions))
    rows = -(-len(regions) // columns)
    figure = new_figure(2.9 * columns, 2.9 * rows + 0.5)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    extent = (float(x[0]), float(x[-1]), float(y[0]), float(y[-1]))
    for axes, (title, outputs) in zip(grid, regions.items(), strict=False):
        colours = ListedColormap(["white", "#BFD9EA"])
        axes.imshow(outputs, origin="lower", extent=extent, cmap=colours, vmin=0, vmax=1)
        for value, marker, colour in ((0, "o", VERMILION), (1, "s", BLUE)):
            members = points[np.asarray(labels[title]) == value]
            name = f"should give {value}"
            axes.scatter(*members.T, s=60, marker=marker, color=colour, label=name, zorder=3)
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
