"""Few-shot learning: an episode with its answers, and accuracy by way and shot."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, check_lengths, new_figure, shorten
from keras_dl.utils.intervals import proportion_interval

__all__ = ["episode", "episode_accuracies"]


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


def episode_accuracies(accuracies: Mapping[str, tuple[float, float]]) -> Figure:
    """Mean accuracy with its 95 % interval, a bar for each kind of episode.

    Args:
        accuracies: name of the kind, "5-way 1-shot" → (mean, half width of the interval), shares.

    Returns:
        The figure.

    Raises:
        ValueError: if there are none.
    """
    check_lengths(accuracies=list(accuracies))
    means, halves = np.array(list(accuracies.values())).T
    figure = new_figure(1.3 * len(means) + 1.5, 3.6)
    axes = figure.subplots()
    pairs = zip(means, halves, strict=True)
    ends = np.array([proportion_interval(mean, half) for mean, half in pairs])
    lengths = 100 * np.abs(ends.T - means)  # below and above the mean
    bars = axes.bar(list(accuracies), 100 * means, yerr=lengths, color=BLUE, capsize=4)
    axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.set_ylim(0, 108)
    axes.set_ylabel("accuracy on new classes, %")
    return figure
