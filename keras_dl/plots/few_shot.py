"""Few-shot learning: an episode with its answers, and accuracy by way and shot."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import (
    BLUE,
    COLOURS,
    GREY,
    VERMILION,
    check_lengths,
    new_figure,
    shorten,
)
from keras_dl.utils.intervals import proportion_interval

__all__ = ["episode", "episode_accuracies"]

Kind = tuple[int, int]  # way, shot


def episode(
    support: np.ndarray, queries: np.ndarray, predicted: np.ndarray, names: Sequence[str]
) -> Figure:
    """One episode, a row for each class: support, then queries with the class each was taken for.

    Args:
        support: images (way, shot, height, width, channels) uint8.
        queries: images (way, query, height, width, channels) uint8.
        predicted: position of the predicted class of each query, (way, query).
        names: class names, (way,).

    Returns:
        The figure; wrong predictions are red.

    Raises:
        ValueError: if the numbers of classes differ or are 0.
    """
    check_lengths(support=support, queries=queries, predicted=predicted, names=names)
    shot, query = support.shape[1], queries.shape[1]
    figure = new_figure(1.1 * (shot + query) + 0.4, 1.35 * len(names))
    rows = figure.subplots(len(names), shot + query, squeeze=False)
    for number, (row, name) in enumerate(zip(rows, names, strict=True)):
        row[0].set_title(shorten(f"{number + 1} {name}", 24), fontsize=8, loc="left")
        for axes, image in zip(row, [*support[number], *queries[number]], strict=True):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.imshow(image.squeeze(), cmap="gray", vmin=0, vmax=255)
        for axes, answer in zip(row[shot:], predicted[number], strict=True):
            colour = BLUE if answer == number else VERMILION
            axes.set_xlabel(f"→ {answer + 1}", fontsize=8, color=colour, labelpad=1)
            axes.spines[:].set_color(colour)
    return figure


def episode_accuracies(
    accuracies: Mapping[str, Mapping[Kind, tuple[float, float]]],
    published: Mapping[str, Mapping[Kind, float]] | None = None,
) -> Figure:
    """Mean accuracy with its 95 % interval, a bar for each kind of episode and series.

    Args:
        accuracies: name of the series → (way, shot) → (mean, half width of the interval), shares;
            the first series has all kinds.
        published: name of a source → (way, shot) → mean; a mark beside the bars.

    Returns:
        The figure.

    Raises:
        ValueError: if there are none.
    """
    check_lengths(accuracies=list(accuracies))
    kinds = list(next(iter(accuracies.values())))
    check_lengths(kinds=kinds)
    figure = new_figure(1.9 * len(kinds) + 1.5, 4.0)
    axes = figure.subplots()
    width = 0.8 / len(accuracies)
    for number, (name, values) in enumerate(accuracies.items()):
        own = [kind for kind in kinds if kind in values]
        x = [kinds.index(kind) + (number - (len(accuracies) - 1) / 2) * width for kind in own]
        means = np.array([values[kind][0] for kind in own])
        ends = np.array([proportion_interval(*values[kind]) for kind in own])
        lengths = 100 * np.abs(ends.T - means)  # below and above the mean
        colour = COLOURS[number % len(COLOURS)]
        bars = axes.bar(x, 100 * means, width, yerr=lengths, color=colour, capsize=3, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    for marker, (name, points) in zip("o^sD", (published or {}).items(), strict=False):
        own = [kind for kind in kinds if kind in points]
        axes.plot([kinds.index(kind) + 0.46 for kind in own],
                  [100 * points[kind] for kind in own],
                  marker, color=GREY, markersize=5, label=name)  # fmt: skip
    axes.set_xticks(range(len(kinds)), [f"{way}-way {shot}-shot" for way, shot in kinds])
    axes.set_ylim(0, 108)
    axes.set_ylabel("accuracy on new classes, %")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, fontsize=8)
    return figure
