"""Self-supervised learning: features beside random ones and pixels."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_dl.data import load, with_scaling
from keras_dl.models import conv4
from keras_dl.tasks.base import get_task
from keras_dl.tasks.self_supervision import probe_accuracies, randomized, task


class Learner:
    """What the report looks at."""

    def __init__(self, encoder):
        self.encoder = encoder


@pytest.fixture(scope="module")
def data():
    return load("digits", at_least=16)


@pytest.fixture(scope="module")
def learner(data):
    keras.utils.set_random_seed(1)
    return Learner(with_scaling(data, conv4(data.input_shape, filters=8)))


def test_report_compares_features(learner, data):
    report = task.report(learner, data)
    for prefix in ("", "random_", "pixels_"):
        assert 0.1 < report[f"{prefix}knn_accuracy"] <= 1
    gain = report["linear_probe_accuracy"] - report["random_linear_probe_accuracy"]
    assert report["gain_linear_probe"] == pytest.approx(gain)
    assert isinstance(report["probes"], Figure)
    points = [c.get_offsets() for c in report["projections"].axes[0].collections]
    assert len(points) == 10  # classes
    assert min(map(len, points)) > 10
    assert get_task("self_supervision") is task


def test_random_weights_are_drawn_by_he_and_the_same_every_time(learner):
    first, second = (randomized(learner.encoder).get_weights() for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    kernel = first[6]  # of the second convolution: kernel and bias, four of the normalization
    assert kernel.shape == (3, 3, 8, 8)
    assert kernel.std() == pytest.approx(np.sqrt(2 / 72), rel=0.15)
    assert (learner.encoder.get_weights()[6] != kernel).any()


def test_probes_find_separable_classes():
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    points = 5 * np.eye(3)[labels] + rng.normal(0, 0.3, (60, 3))
    shares = probe_accuracies(points[:30], labels[:30], points[30:], labels[30:])
    assert shares == {"knn": 1.0, "linear_probe": 1.0}
