"""Distances between two samples of features: Fréchet distance and kernel distance."""

import numpy as np
from scipy import linalg

__all__ = ["frechet_distance", "kernel_distance"]


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Computes the Fréchet distance of normal distributions fitted to two samples, as in FID.

    ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2(Σ₁Σ₂)^½). The estimate is biased: two samples of one
    distribution have a distance above 0. Compare samples of one size only.

    Args:
        real: features (n, dim), n at least 2.
        fake: features (m, dim), m at least 2.

    Returns:
        The distance, 0 or more, in squared units of the features.

    Raises:
        ValueError: if a sample has fewer than two rows, or the numbers of features differ.

    Reference:
        Heusel et al., 2017, GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
        Equilibrium, arXiv:1706.08500, eq. 6.
    """
    _check(real, fake)
    means = [sample.mean(axis=0, dtype="float64") for sample in (real, fake)]
    first, second = (np.atleast_2d(np.cov(s.astype("float64"), rowvar=False)) for s in (real, fake))
    # The eigenvalues of Σ₁Σ₂ are those of the symmetric R·Σ₂·R with R = Σ₁^½.
    values, vectors = linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    common = np.sqrt(linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    gap = np.sum((means[0] - means[1]) ** 2)
    return float(max(gap + np.trace(first) + np.trace(second) - 2 * common, 0.0))


def kernel_distance(
    real: np.ndarray, fake: np.ndarray, *, size: int = 1000, subsets: int = 20, seed: int = 0
) -> float:
    """Computes the squared maximum mean discrepancy under a cubic kernel, as in KID.

    The kernel is (x·y/dim + 1)³ and the estimate is unbiased: its mean is 0 for
    samples of one distribution, and it may be negative.

    Args:
        real: features (n, dim), n at least 2.
        fake: features (m, dim), m at least 2.
        size: rows of each random subset; at most the size of the smaller sample is used.
        subsets: number of random subsets to average over; 1 if a subset is the whole sample.
        seed: seed of the subsets.

    Returns:
        The estimate.

    Raises:
        ValueError: if a sample has fewer than two rows, or the numbers of features differ.

    Reference:
        Bińkowski et al., 2018, Demystifying MMD GANs, arXiv:1801.01401, section 4.
    """
    _check(real, fake)
    size = min(size, len(real), len(fake))
    if size == len(real) == len(fake):
        return _discrepancy(real.astype("float64"), fake.astype("float64"))
    random = np.random.default_rng(seed)
    parts = [
        [s[random.choice(len(s), size, replace=False)].astype("float64") for s in (real, fake)]
        for _ in range(subsets)
    ]
    return float(np.mean([_discrepancy(*part) for part in parts]))


def _discrepancy(x: np.ndarray, y: np.ndarray) -> float:
    n, dim = x.shape
    within = [(s @ s.T / dim + 1) ** 3 for s in (x, y)]
    across = (x @ y.T / dim + 1) ** 3
    own = sum(k.sum() - np.trace(k) for k in within)
    return float(own / (n * (n - 1)) - 2 * across.mean())


def _check(real: np.ndarray, fake: np.ndarray) -> None:
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            "`real` and `fake` must be (n, dim) with one dim. "
            f"Received: shapes {real.shape} and {fake.shape}"
        )
    if min(len(real), len(fake)) < 2:
        raise ValueError(
            "`real` and `fake` must hold two rows or more; they are to have a covariance. "
            f"Received: {len(real)} and {len(fake)} rows"
        )
