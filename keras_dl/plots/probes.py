"""Accuracy of probes on several kinds of features."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import COLOURS, check_lengths, new_figure
from keras_dl.utils.intervals import exact_interval

__all__ = ["probe_bars"]

WORDS = {"knn": "nearest neighbours", "linear_probe": "linear classifier"}


def probe_bars(accuracies: Mapping[str, Mapping[str, float]], examples: int) -> Figure:
    """Draws a bar for each kind of features and probe, with its 95 % interval.

    Args:
        accuracies: kind of features → "knn" or "linear_probe" → share of correct examples.
        examples: test examples, from which the intervals follow (Clopper and Pearson).

    Returns:
        The figure.

    Raises:
        ValueError: if there are none.
    """
    check_lengths(accuracies=list(accuracies))
    figure = new_figure(6.4, 3.8)
    axes = figure.subplots()
    width = 0.8 / len(accuracies)
    for number, (name, values) in enumerate(accuracies.items()):
        x = np.arange(len(values)) + (number - (len(accuracies) - 1) / 2) * width
        shares = np.array(list(values.values()))
        ends = np.array([exact_interval(round(share * examples), examples) for share in shares])
        colour = COLOURS[number % len(COLOURS)]
        lengths = 100 * np.abs(ends.T - shares)
        bars = axes.bar(x, 100 * shares, width, yerr=lengths, color=colour, capsize=3, label=name)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    probes = list(next(iter(accuracies.values())))
    axes.set_xticks(range(len(probes)), [WORDS.get(probe, probe) for probe in probes])
    best = max(max(values.values()) for values in accuracies.values())
    axes.set(ylabel="accuracy on test, %", ylim=(0, 108 * min(1.0, 1.1 * best)))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=8)
    return figure
