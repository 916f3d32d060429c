"""Word vectors: map, nearest neighbours and analogy accuracy."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, COLOURS, check_lengths, new_figure, shorten

__all__ = ["analogy_bars", "neighbour_table", "word_map"]

SIZE = 7.0  # font size of the words, in points


def word_map(points: np.ndarray, words: Sequence[str]) -> Figure:
    """Draws words at their coordinates in the plane.

    Args:
        points: coordinates (n, 2), such as the first two principal components.
        words: one word per point.

    Returns:
        The figure.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    points = np.asarray(points)
    check_lengths(points=points, words=words)
    figure = new_figure(8.0, 7.0)
    axes = figure.subplots()
    axes.scatter(*points.T, s=4, color=BLUE, alpha=0.4)
    axes.margins(0.1)
    axes.set_xlabel("first principal component")
    axes.set_ylabel("second principal component")
    figure.draw_without_rendering()  # sets the size of the axes
    labels = [shorten(word) for word in words]
    places = _label_offsets(axes.transData.transform(points) * 72 / figure.dpi, labels)
    for point, word, (place, side) in zip(points, labels, places, strict=True):
        axes.annotate(
            word, tuple(point), fontsize=SIZE, xytext=place, textcoords="offset points", ha=side
        )
    return figure


def _label_offsets(
    points: np.ndarray, words: Sequence[str]
) -> list[tuple[tuple[float, float], str]]:
    """Returns the offset of each word from its point, avoiding overlaps, in points."""
    taken: list[tuple[float, float, float, float]] = []
    offsets = []
    for (x, y), word in zip(points, words, strict=True):
        width, boxes = 0.6 * SIZE * len(word), []
        for side, rise in (("left", 2.0), ("left", -SIZE), ("right", 2.0), ("right", -SIZE)):
            left = x + 2 if side == "left" else x - 2 - width
            boxes.append((side, rise, (left, y + rise, left + width, y + rise + SIZE)))
        free = [box for box in boxes if not any(_overlap(box[2], other) for other in taken)]
        side, rise, box = (free or boxes)[0]
        taken.append(box)
        offsets.append(((2.0 if side == "left" else -2.0, rise), side))
    return offsets


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def neighbour_table(neighbours: Mapping[str, Sequence[tuple[str, float]]]) -> Figure:
    """Draws the nearest neighbours of words with their cosines, one column per word.

    Args:
        neighbours: word → (word, cosine) pairs, nearest first; equally many for all words.

    Returns:
        The figure.

    Raises:
        ValueError: if the numbers of neighbours differ or are 0.
    """
    check_lengths(**dict(neighbours))
    rows = len(next(iter(neighbours.values())))
    figure = new_figure(max(1.5 * len(neighbours), 3.0), 0.26 * (rows + 1) + 0.3)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, len(neighbours))
    axes.set_ylim(rows + 0.5, -0.5)
    for column, (word, near) in enumerate(neighbours.items()):
        axes.text(column, 0, shorten(word, 16), fontsize=9, weight="bold", va="center")
        for row, (other, cosine) in enumerate(near, 1):
            axes.text(column, row, shorten(other, 14), fontsize=8, va="center")
            text = f"{cosine:.2f}"
            axes.text(column + 0.92, row, text, fontsize=7, va="center", ha="right", color=BLUE)
    return figure


def analogy_bars(shares: Mapping[str, Sequence[float]], sections: Sequence[str]) -> Figure:
    """Draws the accuracy of analogy methods in each section of a question set.

    Args:
        shares: method → accuracy in [0, 1] per section.
        sections: names of the sections.

    Returns:
        The figure.

    Raises:
        ValueError: if lengths differ or are 0.
    """
    check_lengths(sections=sections, **dict(shares))
    figure = new_figure(7.0, 0.42 * len(sections) + 0.9)
    axes = figure.subplots()
    places, height = np.arange(len(sections)), 0.8 / len(shares)
    for i, (method, values) in enumerate(shares.items()):
        offset = (i - (len(shares) - 1) / 2) * height
        axes.barh(places + offset, values, height, color=COLOURS[i], label=method)
    axes.set_yticks(places, [shorten(section, 32) for section in sections], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of right answers to the questions of known words")
    figure.legend(loc="outside lower right", ncols=len(shares), fontsize="small")
    return figure
