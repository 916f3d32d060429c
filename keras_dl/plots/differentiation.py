"""Computation graphs with values and gradients, and gradients computed in two ways."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, GREY, VERMILION, check_lengths, new_figure, shorten

__all__ = ["computation_graph", "gradient_agreement"]


def computation_graph(
    names: Sequence[str],
    values: Sequence[float],
    gradients: Sequence[float],
    parents: Sequence[Sequence[int]],
    title: str = "",
) -> Figure:
    """Draws a computation graph from left to right, each node with its value and derivative.

    Args:
        names: names of operations and inputs, in topological order.
        values: scalar value of each node; written above the line.
        gradients: derivative of the last node with respect to each node; written below the line.
        parents: indices of the inputs of each node.
        title: title of the figure.

    Returns:
        The figure.

    Raises:
        ValueError: if the lengths differ or are 0, or a node comes before its input.
    """
    check_lengths(names=names, values=values, gradients=gradients, parents=parents)
    depth: list[int] = []
    for index, inputs in enumerate(parents):
        if any(not 0 <= parent < index for parent in inputs):
            raise ValueError(
                "`parents` must hold indices of earlier nodes. "
                f"Received: {list(inputs)} for node {index}"
            )
        depth.append(1 + max((depth[parent] for parent in inputs), default=-1))
    columns = [[i for i, d in enumerate(depth) if d == level] for level in range(max(depth) + 1)]
    tallest = max(map(len, columns))
    place = {
        node: (2.4 * level, (len(column) - 1) / 2 - row)
        for level, column in enumerate(columns)
        for row, node in enumerate(column)
    }
    figure = new_figure(2.0 * len(columns) + 1.2, 1.5 * tallest + 1.1)
    axes = figure.subplots()
    for node, inputs in enumerate(parents):
        for parent in inputs:
            axes.annotate("", place[node], place[parent],
                          arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 44,
                                      "shrinkB": 44})  # fmt: skip
    for node, (x, y) in place.items():
        box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "black"}
        blank = " " * 16  # placeholder for the coloured lines
        axes.text(x, y, f"{names[node]}\n{blank}\n{blank}", ha="center", va="center",
                  fontsize=11, linespacing=1.3, bbox=box)  # fmt: skip
        lines = ((0, values[node], BLUE), (-18, gradients[node], VERMILION))
        for points, number, colour in lines:
            axes.annotate(f"{number:.4g}", (x, y), (0, points), textcoords="offset points",
                          ha="center", va="center", color=colour, fontsize=11)  # fmt: skip
    axes.set_xlim(-0.9, 2.4 * (len(columns) - 1) + 0.9)
    axes.set_ylim(-tallest / 2 - 0.1, tallest / 2 + 0.1)
    axes.set_axis_off()
    axes.set_title(title, fontsize=11)
    figure.text(0.5, 0.01, "value", color=BLUE, ha="right", fontsize=9)
    figure.text(0.5, 0.01, "   derivative of the result", color=VERMILION, ha="left", fontsize=9)
    return figure


def gradient_agreement(pairs: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draws derivatives computed in two ways, and the largest gap per weight array.

    Args:
        pairs: weight name → two gradient arrays of equal shape.

    Returns:
        The figure: the two values against each other on the left, gaps on the right; at most 2,000
        points per array.

    Raises:
        ValueError: if `pairs` is empty or two arrays differ in shape.
    """
    if not pairs:
        raise ValueError("`pairs` must hold the gradients of one array at least. Received: none")
    for name, (one, other) in pairs.items():
        if np.shape(one) != np.shape(other):
            raise ValueError(
                f"`pairs` must hold arrays of one shape. Received: {np.shape(one)} and "
                f"{np.shape(other)} for {name!r}"
            )
    figure = new_figure(10.0, 0.22 * max(len(pairs), 6) + 2.6)
    left, right = figure.subplots(1, 2)
    _draw_pairs(left, pairs)
    gaps = [float(np.abs(np.subtract(one, other)).max()) for one, other in pairs.values()]
    sizes = [float(np.abs(other).max()) for _, other in pairs.values()]
    rows = np.arange(len(pairs))
    tiny = min([g for g in gaps if g > 0], default=1e-12) / 10  # a gap of 0 has no logarithm
    right.scatter(np.maximum(gaps, tiny), rows, color=VERMILION, label="largest gap")
    right.scatter(np.maximum(sizes, tiny), rows, marker="s", color=BLUE, label="largest derivative")
    right.set_xscale("log")
    right.set_yticks(rows, [shorten(name, 28) for name in pairs], fontsize=8)
    right.set_ylim(len(pairs) - 0.5, -0.5)
    right.set_xlabel("absolute value (nats per unit of weight)")
    right.grid(axis="x", alpha=0.3)
    figure.legend(
        *right.get_legend_handles_labels(), loc="outside lower right", ncols=2, fontsize="small"
    )
    return figure


def _draw_pairs(axes: Axes, pairs: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    random = np.random.default_rng(0)
    for number, (one, other) in enumerate(pairs.values()):
        points = np.stack([np.ravel(one), np.ravel(other)])
        indices = random.permutation(points.shape[1])[:2000]
        axes.scatter(*points[:, indices], s=5, color=COLOURS[number % len(COLOURS)])
    axes.axline((0.0, 0.0), slope=1, color="black", linewidth=0.8, zorder=0)
    axes.set_xlabel("derivative by the backend")
    axes.set_ylabel("derivative by numpy")
    axes.grid(alpha=0.3)
