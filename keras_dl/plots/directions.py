"""Weight vectors of one unit: as pictures or bars, and how they grow and turn."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, count_along_x, figure_of, shorten

__all__ = ["directions", "growth", "weight_table"]


def directions(vectors: Mapping[str, np.ndarray], input_shape: Sequence[int]) -> Figure:
    """Vectors of length 1 in the space of the inputs, side by side on one scale.

    Args:
        vectors: by title, each (features,), scaled to length 1 before they are drawn.
        input_shape: (height, width, channels) for pictures, channels added up, or (features,) for
            bars.

    Returns:
        The figure.

    Raises:
        ValueError: if a vector has not as many numbers as the shape asks for.
    """
    for title, vector in vectors.items():
        if np.size(vector) != np.prod(input_shape):
            raise ValueError(
                f"`vectors` must fit `input_shape`. Received: {np.size(vector)} numbers for "
                f"{title!r}, input_shape={tuple(input_shape)}"
            )
    unit = {k: np.reshape(v / np.linalg.norm(v), input_shape) for k, v in vectors.items()}
    if len(input_shape) == 3:
        unit = {title: picture.sum(axis=-1) for title, picture in unit.items()}
    largest = max(float(np.abs(v).max()) for v in unit.values())
    figure = figure_of(3.4 * len(unit) + 0.8, 3.6)
    panels = figure.subplots(1, len(unit), squeeze=False)[0]
    for axes, (title, vector) in zip(panels, unit.items(), strict=True):
        axes.set_title(title, fontsize=11)
        if vector.ndim == 1:
            axes.bar(np.arange(len(vector)), vector, color=BLUE)
            axes.set_ylim(-1.1 * largest, 1.1 * largest)
            axes.set_xlabel("feature")
            axes.set_ylabel("weight, of a vector of length 1")
        else:
            axes.imshow(vector, cmap="RdBu_r", vmin=-largest, vmax=largest)
            axes.set_xticks([])
            axes.set_yticks([])
    if len(input_shape) == 3:
        label = "weight, of a vector of length 1"
        colours = ScalarMappable(Normalize(-largest, largest), "RdBu_r")
        figure.colorbar(colours, ax=panels.tolist(), label=label, shrink=0.8)
    return figure


def growth(norms: Mapping[str, np.ndarray], cosines: Mapping[str, np.ndarray]) -> Figure:
    """Length of weight vectors, and how far they point along a direction, epoch by epoch.

    Args:
        norms: ‖w‖ by rule, (epochs + 1,), the start first.
        cosines: |cos| between w and the direction, likewise.

    Returns:
        The figure, the lengths on a logarithmic axis.
    """
    figure = figure_of(9.0, 3.6)
    left, right = figure.subplots(1, 2)
    for axes, curves in ((left, norms), (right, cosines)):
        for number, (rule, values) in enumerate(curves.items()):
            # Broken lines on top, as curves may coincide.
            style = {"color": COLOURS[number % len(COLOURS)], "linestyle": ("-", "--")[number % 2]}
            axes.plot(values, linewidth=3 - number % 2, label=rule, **style)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
        count_along_x(axes, last=max(map(len, curves.values())) - 1, first=0)
    left.set_yscale("log")
    left.set_ylabel("length of the weights ‖w‖")
    right.set_ylabel("|cos| to the first principal component")
    right.set_ylim(0, 1.05)
    return figure


def weight_table(kernel: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Weights of a linear classifier on a table, features down, classes across.

    Args:
        kernel: (features, classes); of standardised features in logits per standard deviation.
        class_names: one name per class.

    Returns:
        The figure.
    """
    features, classes = kernel.shape
    largest = float(np.abs(kernel).max()) or 1.0
    figure = figure_of(1.6 + 0.9 * max(classes, 3), 2.0 + 0.3 * max(features, 4))
    axes = figure.subplots()
    picture = axes.imshow(kernel, cmap="RdBu_r", vmin=-largest, vmax=largest, aspect="auto")
    axes.set_xticks(range(classes), [shorten(n, 12) for n in class_names], rotation=45, ha="right")
    axes.set_yticks(range(features), [str(number) for number in range(features)])
    axes.set_xlabel("class")
    axes.set_ylabel("feature")
    figure.colorbar(picture, ax=axes, label="weight")
    return figure
