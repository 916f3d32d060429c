"""Intervals and tests of scores over seeds and test examples."""

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["CONFIDENCE", "format_p", "holm", "interval", "is_proportion", "paired_p_value"]

CONFIDENCE = 0.95
_PROPORTIONS = ("accuracy", "iou", "precision", "recall", "f1", "auc", "rate")


def is_proportion(metric: str) -> bool:
    """Returns whether a metric lies in [0, 1] by its name, such as "test/accuracy"."""
    return metric.rpartition("/")[2].endswith(_PROPORTIONS)


def interval(
    scores: np.ndarray, examples: np.ndarray | None = None, *, proportion: bool = False
) -> tuple[float, float]:
    """Returns the 95 % confidence interval of a mean over seeds.

    The variance of the mean is that over seeds and, where the results of the test examples are
    available, that of drawing the test set; the degrees of freedom are Satterthwaite's, 1946. The
    interval of a proportion is symmetric in its logit and stays within [0, 1].

    Args:
        scores: one per seed, (seeds).
        examples: result of each test example, (seeds, examples), whose mean over a row is the
            score; None leaves out the error of the test set.
        proportion: whether scores lie in [0, 1].

    Returns:
        Lower and upper end, NaN with one seed.
    """
    mean, half = float(np.mean(scores)), float("nan")
    if len(scores) > 1:
        error, freedom = _standard_error(scores, examples)
        half = _quantile(freedom) * error
    scale = mean * (1 - mean)
    if proportion and scale == 0 and examples is not None and len(scores) > 1:
        # All right or all wrong: the exact interval of Clopper and Pearson, 1934, of the examples.
        bound = float(((1 - CONFIDENCE) / 2) ** (1 / examples.shape[1]))
        return (bound, 1.0) if mean else (0.0, 1 - bound)
    if not proportion or np.isnan(half) or scale <= 0:
        return mean - half, mean + half
    logit, half = np.log(mean / (1 - mean)), half / scale
    low, high = 1 / (1 + np.exp(-np.array([logit - half, logit + half])))
    return float(low), float(high)


def paired_p_value(gaps: np.ndarray, examples: np.ndarray | None = None) -> float | None:
    """Returns the p-value of a mean gap of 0 between two models, or None without variance.

    A two-sided t-test over seeds whose variance includes that of drawing the test set. It is never
    below the p-value of the paired t-test over seeds alone, whose few degrees of freedom guard
    against a variance that is small by chance.

    Args:
        gaps: differences of the scores, (seeds).
        examples: differences of the results of each test example, (seeds, examples), or None.

    Returns:
        The p-value; 1 where all gaps are 0, None with one seed or where all gaps are equal: the
        seeds then hold no information on the variance.
    """
    from scipy import stats

    if len(gaps) and np.allclose(gaps, 0, atol=1e-12):
        return 1.0
    if len(gaps) < 2 or np.ptp(gaps) < 1e-12:
        return None
    mean = abs(float(np.mean(gaps)))
    errors = [_standard_error(gaps, None), _standard_error(gaps, examples)]
    return max(float(2 * stats.t.sf(mean / error, freedom)) for error, freedom in errors)


def format_p(value: float) -> str:
    """Returns a p-value with three digits."""
    return f"{value:.3f}" if value >= 0.001 else "<0.001"


def holm(raw: Mapping[Any, float]) -> dict[Any, float]:
    """Adjusts p-values for their number: the chance of any false positive stays at 5 %.

    Reference:
        Holm, 1979, A simple sequentially rejective multiple test procedure.
    """
    adjusted, worst = {}, 0.0
    for rank, label in enumerate(sorted(raw, key=lambda k: raw[k])):
        worst = max(worst, min(1.0, raw[label] * (len(raw) - rank)))
        adjusted[label] = worst
    return adjusted


def _standard_error(scores: np.ndarray, examples: np.ndarray | None) -> tuple[float, float]:
    """Returns the standard error of the mean over seeds and its degrees of freedom."""
    count = len(scores)
    seeds, drawing = float(np.var(scores, ddof=1)) / count, 0.0
    if examples is not None and examples.shape[1] > 1:
        drawing = float(np.var(examples.mean(axis=0), ddof=1)) / examples.shape[1]
    total = seeds + drawing
    if total == 0:
        return 0.0, count - 1
    parts = seeds**2 / (count - 1)
    if drawing and examples is not None:
        parts += drawing**2 / (examples.shape[1] - 1)
    return float(np.sqrt(total)), total**2 / parts


def _quantile(freedom: float) -> float:
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
