"""Confidence intervals of proportions, which stay within [0, 1]."""

import numpy as np

__all__ = [
    "CONFIDENCE",
    "exact_interval",
    "interval_over_seeds",
    "is_proportion",
    "proportion_interval",
]

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


def interval_over_seeds(
    mean: float,
    spread: float,
    seeds: int,
    *,
    proportion: bool = False,
    positive: bool = False,
    test_examples: int = 0,
) -> tuple[float, float]:
    """Returns the 95 % confidence interval of a mean whose results by example are not at hand.

    Its variance is that over seeds and, for shares of test examples, the binomial one, the most
    that drawing the test set can add; the degrees of freedom are Satterthwaite's, 1946. The
    interval is never narrower than that of the seeds alone.

    Args:
        mean: mean over seeds.
        spread: standard deviation over seeds.
        seeds: number of seeds.
        proportion: whether scores lie in [0, 1]; the interval then does too.
        positive: whether other scores are above 0; the interval is then symmetric in the logarithm.
        test_examples: number of test examples of which the score is a share; 0 leaves out the error
            of the test set.

    Returns:
        Lower and upper end, NaN with one seed.
    """
    if seeds < 2:
        return float("nan"), float("nan")
    from scipy import stats

    if test_examples and mean in (0.0, 1.0):
        return exact_interval(round(mean * test_examples), test_examples)
    parts = [(spread**2 / seeds, seeds - 1)]
    if test_examples > 1:
        parts.append((mean * (1 - mean) / test_examples, test_examples - 1))
    total = sum(part for part, _ in parts)
    if total == 0:
        return mean, mean
    freedom = total**2 / sum(part**2 / own for part, own in parts)
    errors = [parts[0], (total, freedom)]
    half = max(float(stats.t.ppf((1 + CONFIDENCE) / 2, f) * np.sqrt(v)) for v, f in errors)
    if proportion:
        return proportion_interval(mean, half)
    if positive:
        factor = float(np.exp(half / mean))
        return mean / factor, mean * factor
    return mean - half, mean + half
