"""Features in the plane, coloured by class."""

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import check_lengths, new_figure, shorten

__all__ = ["projections"]

MOST_CLASSES = 20  # that a legend can tell apart


def projections(maps: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str]) -> Figure:
    """Draws projections of features, one panel each, coloured by class.

    Args:
        maps: title → (n, 2).
        labels: class number of each point (n,).
        names: class names; of more than 20 the first 20 are drawn.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths differ or are 0.
    """
    check_lengths(**dict(maps), labels=labels)
    count = min(len(names), MOST_CLASSES)
    colours = matplotlib.colormaps["tab10" if count <= 10 else "tab20"]
    figure = new_figure(4.6 * len(maps) + 1.2, 4.6)
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (title, points) in zip(panels, maps.items(), strict=True):
        for number, name in enumerate(names[:count]):
            members = np.asarray(labels) == number
            x, y = np.asarray(points)[members].T
            axes.scatter(x, y, s=8, color=colours(number), label=shorten(name, 16), linewidths=0)
        axes.set_title(title, fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
    handles = panels[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside right center", fontsize="small", markerscale=2)
    return figure
