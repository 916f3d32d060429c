"""One-shot classification: scores of episodes, and their report."""

import keras
import numpy as np
import pytest
from matplotlib.figure import Figure

from keras_dl.algorithms import SiameseNetwork
from keras_dl.data import with_scaling
from keras_dl.data.few_shot import few_shot
from keras_dl.models import conv4
from keras_dl.tasks import one_shot
from keras_dl.tasks.base import get_task


@pytest.fixture(scope="module")
def data():
    return few_shot("glyphs", way=5, query=1, test_query=1, episodes=4)


@pytest.fixture(scope="module", params=["crossentropy", "triplet"])
def model(request, data):
    keras.utils.set_random_seed(0)
    encoder = with_scaling(data, conv4(data.input_shape, filters=8))
    return SiameseNetwork(encoder, pair_loss=request.param)


def test_scores_of_episodes_do_not_depend_on_how_many_are_computed_at_once(model, monkeypatch):
    points = np.random.default_rng(0).normal(size=(7, 4, 2, 8)).astype("float32")
    whole = one_shot.pair_scores(model, points)
    monkeypatch.setattr(one_shot, "LARGEST", 300)  # two episodes
    np.testing.assert_allclose(one_shot.pair_scores(model, points), whole, rtol=1e-5, atol=1e-6)
    one = keras.ops.convert_to_numpy(model.scores(points[3, :, 1], points[3, :, 0]))
    np.testing.assert_allclose(whole[3], one, rtol=1e-5, atol=1e-6)


def test_report_has_accuracies_and_the_roc_curve(model, data):
    report = one_shot.task.report(model, data)
    assert get_task("one_shot") is one_shot.task
    assert 0.2 < report["one_shot/5way"] <= 1
    assert report["one_shot/5way"] > report["one_shot/20way"]
    assert "within_groups/5way" in report
    assert "within_groups/20way" not in report  # the groups have 10 classes
    assert 0.5 < report["verification/auc"] <= 1
    assert 0.4 < report["verification/accuracy"] <= 1
    assert isinstance(report["roc"], Figure)
