"""Weight vectors of one unit: direction, length and growth."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, new_figure, set_integer_x_axis, shorten

__all__ = ["weight_directions", "weight_growth", "weight_table"]


def weight_directions(vectors: Mapping[str, np.ndarray], input_shape: Sequence[int]) -> Figure:
    """Draws unit vectors of the input space next to each other on one scale.

    Args:
        vectors: title → vector (features,); normalised to length 1 before drawing.
        input_shape: (height, width, channels) for images, summed over channels, or (features,) for
            bars.

    Returns:
        The figure.

    Raises:
        ValueError: if the size of a vector does not match `input_shape`.
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
    figure = new_figure(3.4 * len(unit) + 0.8, 3.6)
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


def weight_growth(norms: Mapping[str, np.ndarray], cosines: Mapping[str, np.ndarray]) -> Figure:
    """Draws the length of weight vectors and their cosine to a direction, by epoch.

    Args:
        norms: learning rule → ‖w‖, (epochs + 1,), starting with the initial weights.
        cosines: learning rule → |cos| between w and the direction, (epochs + 1,).

    Returns:
        The figure; lengths are on a logarithmic axis.
    """
    figure = new_figure(9.0, 3.6)
    left, right = figure.subplots(1, 2)
    for axes, curves in ((left, norms), (right, cosines)):
        for number, (rule, values) in enumerate(curves.items()):
            # Dashed lines are drawn last: curves may coincide.
            style = {"color": COLOURS[number % len(COLOURS)], "linestyle": ("-", "--")[number % 2]}
            axes.plot(values, linewidth=3 - number % 2, label=rule, **style)
        axes.set_xlabel("epoch")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
        set_integer_x_axis(axes, last=max(map(len, curves.values())) - 1, first=0)
    left.set_yscale("log")
    left.set_ylabel("length of the weights ‖w‖")
    right.set_ylabel("|cos| to the first principal component")
    right.set_ylim(0, 1.05)
    return figure


def weight_table(kernel: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Draws the weights of a linear classifier as a table, features by classes.

    Args:
        kernel: (features, classes), in logits per standard deviation of the feature.
        class_names: one name per class.

    Returns:
        The figure.
    """
    features, classes = kernel.shape
    largest = float(np.abs(kernel).max()) or 1.0
    figure = new_figure(1.6 + 0.9 * max(classes, 3), 2.0 + 0.3 * max(features, 4))
    axes = figure.subplots()
    picture = axes.imshow(kernel, cmap="RdBu_r", vmin=-largest, vmax=largest, aspect="auto")
    axes.set_xticks(range(classes), [shorten(n, 12) for n in class_names], rotation=45, ha="right")
    axes.set_yticks(range(features), [str(number) for number in range(features)])
    axes.set_xlabel("class")
    axes.set_ylabel("feature")
    figure.colorbar(picture, ax=axes, label="weight")
    return figure
