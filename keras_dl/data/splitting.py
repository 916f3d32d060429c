"""Cuts a share of the examples off, the same ones in every run."""

import math

import numpy as np

__all__ = ["TEST_SHARE", "VALIDATION_SHARE", "cut"]

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1
# One constant for all runs: a run's own seed must not change what it is judged on.
SEED = 20_260_101


def cut(y: np.ndarray, share: float, *, stratified: bool) -> tuple[np.ndarray, np.ndarray]:
    """Positions that stay and positions that are cut off, both ascending.

    Args:
        y: targets (n, …), n at least 2.
        share: part to cut off, 0..1; each side keeps at least one example.
        stratified: cut the share from each class of `y` (n,): at least one example of each class
            that has two. A class with a single example stays whole.

    Returns:
        Two int64 arrays that together hold 0..n-1 once.
    """
    # RandomState rather than default_rng: its stream is frozen across NumPy releases.
    random = np.random.RandomState(SEED)
    groups = [np.arange(len(y))]
    if stratified:
        groups = [np.flatnonzero(y == label) for label in np.unique(y)]
        if all(len(group) < 2 for group in groups):
            groups = [np.arange(len(y))]
    chosen = np.sort(np.concatenate([_some(group, share, random) for group in groups]))
    return np.setdiff1d(np.arange(len(y)), chosen), chosen


def _some(group: np.ndarray, share: float, random: np.random.RandomState) -> np.ndarray:
    count = min(max(1, math.floor(share * len(group) + 0.5)), len(group) - 1)
    return random.permutation(group)[:count]
