"""Predictive spread of models with dropout active at test time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, VERMILION, check_lengths, new_figure

__all__ = ["predictive_spread"]

_BINS = 30


def predictive_spread(
    spread: Sequence[float] | np.ndarray,
    correct: Sequence[bool] | np.ndarray,
    label: str = "standard deviation of the predicted class's probability over masks",
) -> Figure:
    """Draws histograms of the predictive spread for correct and for wrong predictions.

    Each histogram is normalised separately, since mistakes are few; triangles mark the means.

    Args:
        spread: predictive spread of each example, (examples,).
        correct: True where the prediction is correct, (examples,).
        label: name of `spread`, with its unit.

    Returns:
        The figure.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    values, right = np.asarray(spread, dtype=float), np.asarray(correct, dtype=bool)
    check_lengths(spread=values, correct=right)
    figure = new_figure(6.6, 3.8)
    axes = figure.subplots()
    edges = np.linspace(0.0, max(float(values.max()), 1e-12), _BINS + 1).tolist()
    for mask, name, colour in ((right, "right", BLUE), (~right, "wrong", VERMILION)):
        if not mask.any():
            continue
        share = np.full(int(mask.sum()), 1 / mask.sum())
        mean = values[mask].mean()
        text = f"{name}: {mask.sum():,} examples, mean {mean:.3f}"
        axes.hist(values[mask], edges, weights=share, color=colour, alpha=0.55, label=text)
        axes.plot(mean, 0.0, marker="^", markersize=10, color=colour, clip_on=False, zorder=4)
    axes.set_xlabel(label)
    axes.set_ylabel("share of the examples")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure
