import importlib

import numpy as np
import pytest

from keras_dl.data import Split

SMALL = {"dataset": "digits", "images": 500, "filters": 16, "verbose": False}


def run(name, **options):
    return importlib.import_module(f"recipes.{name}").recipe.run(**{**SMALL, **options})


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["rotation", "simclr"])
def test_features_are_judged_after_the_training(store, name):
    result = run(name, epochs=2)
    assert {"probes", "projections", "learning_curves"} <= set(result.figures)
    gain = result.metrics["knn_accuracy"] - result.metrics["random_knn_accuracy"]
    assert result.metrics["gain_knn"] == pytest.approx(gain)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["rotation", "simclr"])
def test_pretraining_sees_neither_test_images_nor_labels(store, name, monkeypatch):
    module = importlib.import_module(f"recipes.{name}")
    first = run(name, epochs=1).model.get_weights()
    load = module.load

    def changed(*arguments, **options):
        data = load(*arguments, **options)
        rng = np.random.default_rng(0)
        train = Split(data.train.x, rng.permutation(data.train.y))
        return data.with_splits({"train": train, "test": Split(255 - data.test.x, data.test.y)})

    monkeypatch.setattr(module, "load", changed)
    second = run(name, epochs=1).model.get_weights()
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(300)
def test_labels_are_a_pretext_for_comparison(store):
    result = run("rotation", pretext="labels", images=1200, batch_size=32, epochs=8)
    assert result.metrics["test/accuracy"] > 0.3  # chance is 0.1
    assert "linear_probe_accuracy" in result.metrics
