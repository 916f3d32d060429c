"""Decision boundaries of classifiers of two features."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, new_figure, shorten

__all__ = ["decision_boundary"]


def decision_boundary(
    first: np.ndarray,
    second: np.ndarray,
    probabilities: np.ndarray,
    x: np.ndarray,
    y: Sequence[int] | np.ndarray,
    class_names: Sequence[str],
    labels: tuple[str, str] = ("first feature", "second feature"),
) -> Figure:
    """Draws class probabilities as colours over the plane and the examples as points.

    Args:
        first: values of the first feature, (columns,).
        second: values of the second feature, (rows,).
        probabilities: (rows, columns, classes), each adding up to 1.
        x: examples (n, 2).
        y: class numbers of `x`, (n,).
        class_names: one name per class, six at most.
        labels: labels of the two axes, with units.

    Returns:
        The figure; the boundary is the black line where the most probable class changes;
        colours are fainter where the largest probability is lower.

    Raises:
        ValueError: if the shapes do not fit, or there are more than six classes.
    """
    chance, examples = np.asarray(probabilities, dtype=float), np.asarray(x, dtype=float)
    classes = len(class_names)
    if not 2 <= classes <= len(COLOURS):
        raise ValueError(
            f"`class_names` must name 2 to {len(COLOURS)} classes; each has a colour. "
            f"Received: {classes} names"
        )
    if chance.shape != (len(second), len(first), classes):
        raise ValueError(
            "`probabilities` must have shape (second, first, classes) = "
            f"{(len(second), len(first), classes)}. Received: {chance.shape}"
        )
    colours = np.array([to_rgb(colour) for colour in COLOURS[:classes]])
    figure = new_figure(6.2, 5.0)
    axes = figure.subplots()
    extent = (float(first[0]), float(first[-1]), float(second[0]), float(second[-1]))
    shades = np.clip(1 - 0.6 * (1 - chance @ colours), 0, 1)
    axes.imshow(shades, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
    winner = chance.argmax(axis=-1)
    for label in range(classes):
        mine = (winner == label).astype(float)
        if 0 < mine.mean() < 1:
            axes.contour(first, second, mine, [0.5], colors="black", linewidths=0.8)
        points = examples[np.asarray(y) == label]
        axes.scatter(*points.T, s=16, color=colours[label], edgecolors="white", linewidths=0.5,
                     label=shorten(class_names[label], 24))  # fmt: skip
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    figure.legend(loc="outside lower center", ncols=min(classes, 4), fontsize="small")
    return figure
