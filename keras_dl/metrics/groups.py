"""Accuracy by group, and rates adjusted for a confounder."""

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["adjusted_rates", "group_accuracies"]


def group_accuracies(right: np.ndarray, groups: np.ndarray) -> dict[int, float]:
    """Computes the share of right predictions in each group; the smallest is worst-group accuracy.

    Args:
        right: whether each prediction is right, (n,).
        groups: number of each example's group, (n,).

    Returns:
        Group → accuracy, groups ascending.

    Raises:
        ValueError: if lengths differ or are 0.

    Reference:
        Sagawa, Koh, Hashimoto and Liang, 2020, Distributionally Robust Neural Networks,
        arXiv:1911.08731, section 2.
    """
    right, groups = np.asarray(right), np.asarray(groups)
    if right.shape != groups.shape or right.ndim != 1 or not len(right):
        raise ValueError(
            "`right` and `groups` must have one entry per example, at least one. "
            f"Received: shapes {right.shape} and {groups.shape}"
        )
    return {int(group): float(right[groups == group].mean()) for group in np.unique(groups)}


def adjusted_rates(
    counts: Mapping[str, Sequence[tuple[int, int]]],
) -> dict[str, tuple[float, float]]:
    """Computes success rates of treatments, raw and adjusted for the strata (back-door formula).

    The adjusted rate weighs the rate of each stratum by the stratum's share of all cases,
    Σ P(success | treatment, stratum)·P(stratum).

    Args:
        counts: treatment → (successes, cases) for each stratum, in the same order for all.

    Returns:
        Treatment → (raw rate, adjusted rate).

    Raises:
        ValueError: if numbers of strata differ, or a treatment has no case in a stratum.

    Reference:
        Pearl, 2009, Causality, section 3.3, equation 3.19.

    Example:
        >>> adjusted_rates({"A": [(81, 87), (192, 263)], "B": [(234, 270), (55, 80)]})["A"]
        (0.78, 0.8325...)
    """
    table = {name: np.asarray(rows, "float64") for name, rows in counts.items()}
    shapes = {rows.shape for rows in table.values()}
    if len(shapes) != 1 or any(len(s) != 2 or s[1] != 2 for s in shapes) or any(
        (rows[:, 1] <= 0).any() for rows in table.values()
    ):  # fmt: skip
        raise ValueError(
            "`counts` must have (successes, cases) of every stratum for each treatment, with at "
            f"least one case. Received: {dict(counts)}"
        )
    cases = np.sum([rows[:, 1] for rows in table.values()], axis=0)
    share = cases / cases.sum()
    return {
        name: (float(rows[:, 0].sum() / rows[:, 1].sum()), float(share @ (rows[:, 0] / rows[:, 1])))
        for name, rows in table.items()
    }
