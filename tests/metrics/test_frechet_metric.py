import keras
import numpy as np
import pytest
from scipy import linalg

from keras_dl.metrics import frechet_distance
from keras_dl.metrics.frechet_metric import FrechetDistance


def samples(n=50, dim=4):
    random = np.random.default_rng(0)
    mixed = random.normal(size=(dim, dim))
    return random.normal(size=(n, dim)) @ mixed, random.normal(size=(n, dim)) + 0.7


def closed_form(first, second):
    """By scipy's square root of a matrix that is not symmetric."""
    covariances = [np.cov(s, rowvar=False) for s in (first, second)]
    root = linalg.sqrtm(covariances[0] @ covariances[1])
    gap = np.sum((first.mean(axis=0) - second.mean(axis=0)) ** 2)
    return gap + np.trace(covariances[0] + covariances[1] - 2 * np.real(root))


def test_sums_over_batches_give_the_closed_form():
    real, fake = samples()
    metric = FrechetDistance(4)
    for part in np.array_split(np.arange(50), [7, 20, 21]):
        metric.update_state(real[part], fake[part])
    assert float(metric.result()) == pytest.approx(closed_form(real, fake), rel=1e-4)
    assert frechet_distance(real, fake) == pytest.approx(closed_form(real, fake), rel=1e-9)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_same_sample_has_no_distance():
    real, _ = samples()
    metric = FrechetDistance(4)
    metric.update_state(real, real)
    assert float(metric.result()) == pytest.approx(0, abs=1e-3)


def test_saved_metric_has_its_size():
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(FrechetDistance(3, name="fid"))
    )
    assert (again.size, again.name) == (3, "fid")
