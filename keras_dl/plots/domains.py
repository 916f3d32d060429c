"""Two domains: example images and a map of the features."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, check_lengths, new_figure

__all__ = ["domain_examples", "domain_map"]


def domain_examples(domains: Mapping[str, np.ndarray]) -> Figure:
    """Draws example images, one row per domain.

    Args:
        domains: name → (n, height, width, 3 or 1) uint8, equal n for all domains.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of images differ or are 0.
    """
    check_lengths(**dict(domains))
    count = len(next(iter(domains.values())))
    figure = new_figure(max(0.9 * count, 3.0), 1.1 * len(domains) + 0.2)
    rows = figure.subplots(len(domains), count, squeeze=False)
    for row, (name, images) in zip(rows, domains.items(), strict=True):
        for axes, image in zip(row, images, strict=True):
            axes.set_axis_off()
            axes.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255)
        row[0].set_title(name, fontsize=9, loc="left")
    return figure


def domain_map(
    maps: Mapping[str, np.ndarray],
    domains: Sequence[int] | np.ndarray,
    labels: Sequence[int] | np.ndarray,
    names: Sequence[str],
) -> Figure:
    """Draws features in the plane, coloured by domain, each point labelled with its class number.

    Args:
        maps: title → (n, 2), the first two principal components of the features; one panel each.
        domains: domain number of each point, (n,).
        labels: class number of each point, (n,).
        names: names of the domains, six at most.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths differ or are 0.
    """
    check_lengths(**dict(maps), domains=domains, labels=labels)
    figure = new_figure(5.4 * len(maps) + 0.4, 5.6)
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    for axes, (title, points) in zip(panels, maps.items(), strict=True):
        for number, name in enumerate(names):
            members = np.asarray(domains) == number
            axes.scatter(*np.asarray(points)[members].T, s=4, color=COLOURS[number], label=name)
        for (x, y), domain, label in zip(points, domains, labels, strict=True):
            axes.annotate(str(label), (x, y), color=COLOURS[domain], fontsize=7, alpha=0.8)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("first principal component")
    panels[0].set_ylabel("second principal component")
    handles = panels[0].get_legend_handles_labels()
    figure.legend(
        *handles, loc="outside lower center", ncols=len(names), fontsize="small", markerscale=3
    )
    return figure
