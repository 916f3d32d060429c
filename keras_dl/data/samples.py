"""Samples of examples: one seeded permutation wherever a part stands for the whole."""

import numpy as np

__all__ = ["sample_rows"]


def sample_rows(count: int, size: int, seed: int = 0) -> np.ndarray:
    """Returns distinct row numbers in random order.

    Data sets are often sorted by class, so that their first examples do not represent them.

    Args:
        count: number of examples.
        size: number of rows; with fewer examples all of them.
        seed: of the permutation.

    Returns:
        (min(count, size)) int64.
    """
    return np.random.default_rng(seed).permutation(count)[:size]
