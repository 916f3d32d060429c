"""Distances between two samples of features: Fréchet's and that of a kernel."""

import numpy as np
from scipy import linalg

__all__ = ["frechet_distance", "kernel_distance"]


def frechet_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Fréchet distance of normal distributions fitted to two samples, as in FID.

    ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2(Σ₁Σ₂)^½). A sample of n has a distance above 0 from another one of
    the same source: compare samples of one size only.

    Args:
        real: (n, dim) features, n at least 2.
        fake: (m, dim) features.

    Returns:
        The distance, 0 or more, in squared units of the features.

    Raises:
        ValueError: if a sample has fewer than two rows, or another number of features.

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
    """Squared maximum mean discrepancy of two samples under a cubic kernel, as in KID.

    The kernel is (x·y/dim + 1)³ and the estimate unbiased: 0 on average where both samples have one
    source, and sometimes below.

    Args:
        real: (n, dim) features, n at least 2.
        fake: (m, dim) features.
        size: of the random parts in which it is computed; at most what the smaller sample has.
        subsets: number of such parts, whose mean is taken; 1 where they hold everything.
        seed: of the parts.

    Returns:
        The estimate.

    Raises:
        ValueError: if a sample has fewer than two rows, or another number of features.

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
