"""Whether made images look real, and whether all kinds of real ones are made."""

import numpy as np
from scipy.spatial.distance import cdist

__all__ = ["precision_recall"]


def precision_recall(
    real: np.ndarray, fake: np.ndarray, *, neighbours: int = 3, most: int = 2000
) -> tuple[float, float]:
    """Share of made examples among the real ones, and of real ones among the made.

    A sample covers the balls around its members that reach to their k-th neighbour of the same
    sample. Precision: the share of `fake` that `real` covers; recall: of `real` that `fake` does.

    Args:
        real: (n, dim) features.
        fake: (m, dim) features.
        neighbours: k.
        most: rows looked at of each, the first ones.

    Returns:
        Precision and recall, in [0, 1].

    Raises:
        ValueError: if a sample has not more than `neighbours` rows.

    Reference:
        Kynkäänniemi et al., 2019, Improved Precision and Recall Metric for Assessing Generative
        Models, arXiv:1904.06991, eqs. 1 and 2.
    """
    real, fake = real[:most].astype("float64"), fake[:most].astype("float64")
    if min(len(real), len(fake)) <= neighbours:
        raise ValueError(
            f"`real` and `fake` must hold more than {neighbours} rows each; so many neighbours are "
            f"looked for. Received: {len(real)} and {len(fake)} rows"
        )
    across = cdist(real, fake)
    precision = (across <= _radii(real, neighbours)[:, None]).any(axis=0)
    recall = (across <= _radii(fake, neighbours)[None, :]).any(axis=1)
    return float(precision.mean()), float(recall.mean())


def _radii(sample: np.ndarray, neighbours: int) -> np.ndarray:
    # Each row is its own nearest neighbour, of distance 0.
    return np.partition(cdist(sample, sample), neighbours, axis=1)[:, neighbours]
