"""Confidence intervals of proportions, which stay within [0, 1]."""

import numpy as np

__all__ = ["CONFIDENCE", "exact_interval", "is_proportion", "proportion_interval"]

CONFIDENCE = 0.95
_PROPORTIONS = ("accuracy", "iou", "precision", "recall", "f1", "auc", "rate")


def is_proportion(metric: str) -> bool:
    """Returns whether a metric lies in [0, 1] by its name, such as "test/accuracy"."""
    name = metric.rpartition("/")[2]
    return name.endswith(_PROPORTIONS) and not name.endswith("learning_rate")


def proportion_interval(mean: float, half: float) -> tuple[float, float]:
    """Returns an interval of a proportion that is symmetric in its logit.

    Args:
        mean: the proportion.
        half: half width of the interval that is symmetric around `mean`, which may leave [0, 1].

    Returns:
        Lower and upper end in [0, 1]; NaN where `half` is.
    """
    scale = mean * (1 - mean)
    if scale <= 0 or np.isnan(half):
        low, high = np.clip([mean - half, mean + half], 0.0, 1.0)
        return float(low), float(high)
    logit = np.log(mean / (1 - mean))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-1.0, 1.0]) * half / scale)))
    return float(low), float(high)


def exact_interval(successes: int, count: int) -> tuple[float, float]:
    """Returns the exact 95 % confidence interval of a proportion.

    Args:
        successes: number of successes, between 0 and `count`.
        count: number of independent trials, at least 1.

    Returns:
        Lower and upper end in [0, 1].

    Raises:
        ValueError: if `successes` lies outside 0 … `count`, or there are no trials.

    Reference:
        Clopper and Pearson, 1934, The Use of Confidence or Fiducial Limits Illustrated in the Case
        of the Binomial.
    """
    if not 0 <= successes <= count or count < 1:
        raise ValueError(
            "`successes` must lie between 0 and `count`, and `count` be at least 1. "
            f"Received: successes={successes}, count={count}"
        )
    from scipy import stats

    tail = (1 - CONFIDENCE) / 2
    low = stats.beta.ppf(tail, successes, count - successes + 1) if successes else 0.0
    rest = count - successes
    high = stats.beta.isf(tail, successes + 1, rest) if rest else 1.0
    return float(low), float(high)
