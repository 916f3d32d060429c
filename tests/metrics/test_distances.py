import numpy as np
import pytest
from scipy import linalg

from keras_dl.metrics import frechet_distance, kernel_distance

RANDOM = np.random.default_rng(0)


def test_frechet_distance_of_shifted_and_scaled_normals():
    """Samples whose means and covariances are exact."""
    base = RANDOM.normal(size=(400, 3))
    base -= base.mean(axis=0)
    base = base @ np.linalg.inv(linalg.sqrtm(np.cov(base, rowvar=False)))
    scaled = base * [1.0, 2.0, 3.0] + [1.0, 0.0, -2.0]
    # (σ₁ - σ₂)² in each axis, and the squared distance of the means.
    assert frechet_distance(base, scaled) == pytest.approx(5 + 0 + 1 + 4, rel=1e-9)
    assert frechet_distance(base, base) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_fewer_examples_than_features():
    real, fake = RANDOM.normal(size=(6, 20)), RANDOM.normal(size=(9, 20)) + 1
    covariances = [np.cov(s, rowvar=False) for s in (real, fake)]
    values = np.linalg.eigvals(covariances[0] @ covariances[1]).real.clip(0)
    gap = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    expected = gap + np.trace(covariances[0] + covariances[1]) - 2 * np.sqrt(values).sum()
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-5)


def test_kernel_distance_equals_the_double_sum():
    real, fake = RANDOM.normal(size=(7, 2)), RANDOM.normal(size=(7, 2)) + 1

    def kernel(a, b):
        return (a @ b / 2 + 1) ** 3

    within = [
        np.mean([kernel(s[i], s[j]) for i in range(7) for j in range(7) if i != j])
        for s in (real, fake)
    ]
    across = np.mean([kernel(a, b) for a in real for b in fake])
    assert kernel_distance(real, fake) == pytest.approx(sum(within) - 2 * across)


def test_kernel_distance_is_unbiased_where_sources_are_one():
    found = [
        kernel_distance(*(np.random.default_rng((seed, i)).normal(size=(30, 3)) for i in (0, 1)))
        for seed in range(200)
    ]
    spread = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found)) < 3 * spread
    assert min(found) < 0


def test_kernel_distance_of_parts_comes_near_the_whole():
    real, fake = RANDOM.normal(size=(300, 3)), RANDOM.normal(size=(280, 3)) + 1
    whole = kernel_distance(real[:280], fake)
    assert kernel_distance(real, fake, size=100, subsets=40) == pytest.approx(whole, rel=0.15)


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_bad_samples_are_refused(distance):
    with pytest.raises(ValueError, match=r"must be \(n, dim\) with one dim"):
        distance(np.zeros((3, 2)), np.zeros((3, 3)))
    with pytest.raises(ValueError, match="must hold two rows or more.*3 and 1 rows"):
        distance(np.zeros((3, 2)), np.zeros((1, 2)))
