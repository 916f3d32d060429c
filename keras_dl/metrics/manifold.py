"""Precision and recall of generated images."""

import numpy as np
from scipy.spatial.distance import cdist

from keras_dl.data.samples import sample_rows

__all__ = ["precision_recall"]


def precision_recall(
    real: np.ndarray, fake: np.ndarray, *, neighbours: int = 3, max_rows: int = 2000
) -> tuple[float, float]:
    """Computes improved precision and recall of generated samples.

    A sample covers the balls around its rows with the radius of the k-th neighbour in the same
    sample. Precision is the share of `fake` covered by `real`, recall the share of `real` covered
    by `fake`.

    Args:
        real: features (n, dim).
        fake: features (m, dim).
        neighbours: number of neighbours k.
        max_rows: number of rows used of each sample, drawn at random with a fixed seed.

    Returns:
        Precision and recall, in [0, 1].

    Raises:
        ValueError: if a sample does not have more than `neighbours` rows.

    Reference:
        Kynkäänniemi et al., 2019, Improved Precision and Recall Metric for Assessing Generative
        Models, arXiv:1904.06991, eqs. 1 and 2.
    """
    real, fake = (
        sample[sample_rows(len(sample), max_rows)].astype("float64") for sample in (real, fake)
    )
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
    # Each row is its own nearest neighbour, at distance 0.
    return np.partition(cdist(sample, sample), neighbours, axis=1)[:, neighbours]
