"""Predictions of a regression against the actual values."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from keras_dl.plots._style import BLUE, GREY, check_lengths, new_figure

__all__ = ["predicted_against_actual", "residuals"]


def predicted_against_actual(
    actual: Sequence[float] | np.ndarray,
    predicted: Sequence[float] | np.ndarray,
    unit: str = "units of the target",
) -> Figure:
    """Draws each example's prediction over its actual value, with the line of equality.

    Args:
        actual: values to predict, (examples,).
        predicted: predictions, (examples,).
        unit: unit of the values.

    Returns:
        The figure; the coefficient of determination R² is in its title.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(actual=actual, predicted=predicted)
    actual, predicted = np.asarray(actual, float), np.asarray(predicted, float)
    spread = np.square(actual - actual.mean()).sum()
    share = 1 - np.square(actual - predicted).sum() / spread if spread else float("nan")
    figure = new_figure(4.8, 4.8)
    axes = figure.subplots()
    ends = [min(actual.min(), predicted.min()), max(actual.max(), predicted.max())]
    axes.plot(ends, ends, color=GREY, linestyle="--", label="predicted = actual")
    axes.scatter(actual, predicted, s=16, color=BLUE, alpha=0.6, label="one example")
    axes.set_title(f"R² = {share:.3f}, {len(actual):,} examples", fontsize=11)
    axes.set_xlabel(f"actual ({unit})")
    axes.set_ylabel(f"predicted ({unit})")
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return figure


def residuals(
    actual: Sequence[float] | np.ndarray,
    predicted: Sequence[float] | np.ndarray,
    unit: str = "units of the target",
) -> Figure:
    """Draws residuals, actual minus predicted, over the predictions and as a histogram.

    Args:
        actual: values to predict, (examples,).
        predicted: predictions, (examples,).
        unit: unit of the values.

    Returns:
        The figure; mean and standard deviation of the residuals are in its title.

    Raises:
        ValueError: if the lengths differ or are 0.
    """
    check_lengths(actual=actual, predicted=predicted)
    predicted = np.asarray(predicted, float)
    rest = np.asarray(actual, float) - predicted
    figure = new_figure(7.2, 4.0)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    left.scatter(predicted, rest, s=16, color=BLUE, alpha=0.6)
    left.axhline(0, color=GREY, linestyle="--")
    left.set_title(f"residuals {rest.mean():.3g} ± {rest.std():.3g}", fontsize=11)
    left.set_xlabel(f"predicted ({unit})")
    left.set_ylabel(f"actual − predicted ({unit})")
    left.grid(alpha=0.3)
    right.hist(rest, bins=min(30, max(5, len(rest) // 5)), orientation="horizontal", color=BLUE)
    right.axhline(0, color=GREY, linestyle="--")
    right.set_xlabel("examples")
    return figure
