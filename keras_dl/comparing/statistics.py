"""Intervals and tests of scores over seeds and test examples."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl.utils.intervals import CONFIDENCE, exact_interval, proportion_interval

__all__ = ["LEAST_SEEDS", "fold_error", "format_p", "holm", "interval", "paired_p_value"]

LEAST_SEEDS = 3  # for a verdict: with fewer the estimate of their variance is too uncertain


def fold_error(scores: np.ndarray) -> float:
    """Returns the standard error of a mean over the folds of a cross-validation.

    Trainings share examples, so that the variance over folds alone is too small; the correction
    takes 1/k + 1/(k - 1) of it instead of 1/k.

    Args:
        scores: scores or their differences, one per fold, (folds).

    Reference:
        Nadeau and Bengio, 2003, Inference for the Generalization Error, Machine Learning 52,
        section 3, with k - 1 times as many examples for training as for testing.
    """
    folds = len(scores)
    return float(np.sqrt(np.var(scores, ddof=1) * (1 / folds + 1 / (folds - 1))))


def interval(
    scores: np.ndarray,
    examples: np.ndarray | None = None,
    *,
    proportion: bool = False,
    folds: bool = False,
) -> tuple[float, float]:
    """Returns the 95 % confidence interval of a mean over seeds.

    The variance of the mean is that over seeds and, where the results of the test examples are
    available, that of drawing the test set, by an analysis of variance with seeds and examples as
    random factors; the degrees of freedom are Satterthwaite's, 1946. The interval is never narrower
    than that of the seeds alone, whose few degrees of freedom guard against a variance that is
    small by chance. That of a proportion is symmetric in its logit and stays within [0, 1].

    Args:
        scores: one per seed, (seeds).
        examples: result of each test example, (seeds, examples), whose mean over a row is the
            score; None leaves out the error of the test set.
        proportion: whether scores lie in [0, 1].
        folds: whether scores are those of folds, see `fold_error`.

    Returns:
        Lower and upper end, NaN with one seed.
    """
    mean, half = float(np.mean(scores)), float("nan")
    if folds and len(scores) > 1:
        half = _quantile(len(scores) - 1) * fold_error(scores)
    elif len(scores) > 1:
        errors = [_standard_error(scores, None), _standard_error(scores, examples)]
        half = max(_quantile(freedom) * error for error, freedom in errors)
    if not proportion:
        return mean - half, mean + half
    if mean in (0.0, 1.0) and examples is not None and len(scores) > 1:
        return exact_interval(round(mean * examples.shape[1]), examples.shape[1])
    return proportion_interval(mean, half)


def paired_p_value(
    gaps: np.ndarray, examples: np.ndarray | None = None, *, folds: bool = False
) -> float | None:
    """Returns the p-value of a mean gap of 0 between two models, or None without variance.

    A two-sided t-test over seeds whose variance includes that of drawing the test set. It is never
    below the p-value of the paired t-test over seeds alone, whose few degrees of freedom guard
    against a variance that is small by chance.

    Args:
        gaps: differences of the scores, (seeds).
        examples: differences of the results of each test example, (seeds, examples), or None.
        folds: whether gaps are those of folds, see `fold_error`.

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
    if folds:
        return float(2 * stats.t.sf(mean / fold_error(gaps), len(gaps) - 1))
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
    """Returns the standard error of the mean over seeds and its degrees of freedom.

    The variance over seeds holds the chance of single results once more, which the analysis of
    variance takes off: without that intervals cover the truth too often.
    """
    many = len(scores) - 1
    parts = [(float(np.var(scores, ddof=1)) / len(scores), many)]
    total = parts[0][0]
    if examples is not None and examples.shape[1] > 1:
        rest = examples.shape[1] - 1
        drawing = float(np.var(examples.mean(axis=0), ddof=1)) / examples.shape[1]
        residuals = examples - examples.mean(axis=0) - examples.mean(axis=1, keepdims=True)
        single = float(np.sum((residuals + examples.mean()) ** 2)) / (many * rest * examples.size)
        parts += [(drawing, rest), (single, many * rest)]
        total = drawing + max(total - single, 0.0)
    if total == 0:
        return 0.0, many
    return float(np.sqrt(total)), total**2 / sum(part**2 / freedom for part, freedom in parts)


def _quantile(freedom: float) -> float:
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
