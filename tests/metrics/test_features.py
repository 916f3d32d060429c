import os

import numpy as np
import pytest

from keras_dl.data import Classes, Data, Images, Split, load
from keras_dl.metrics import (
    feature_extractor,
    features,
    features_and_classes,
    train_feature_extractor,
    with_feature_extractor,
)


@pytest.fixture(scope="module")
def shades():
    """Two classes that one look tells apart: dark and bright noise."""
    random = np.random.default_rng(0)
    labels = np.arange(240) % 2
    images = random.integers(0, 100, (240, 8, 8, 1)) + 150 * labels[:, None, None, None]
    parts = [Split(images[i::3].astype("uint8"), labels[i::3].astype("int32")) for i in range(3)]
    return Data.from_splits(
        "shades",
        dict(zip(("train", "validation", "test"), parts, strict=True)),
        inputs=Images(shape=(8, 8, 1)),
        targets=Classes(names=("dark", "bright")),
    )


@pytest.fixture
def quick(monkeypatch, tmp_path):
    monkeypatch.setattr(features, "STEPS", 30)
    monkeypatch.setenv("KERAS_DL_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


def trained(data):
    extractor = feature_extractor(data)
    train_feature_extractor(extractor, data)
    return extractor


def test_classifier_learns_and_its_features_are_scaled(shades, quick):
    net = trained(shades)
    seen, classes = features_and_classes(net, shades.test.x)
    assert np.mean(classes == shades.test.y) > 0.9
    assert seen.shape == (80, 84)
    learnt, _ = features_and_classes(net, shades.train.x)
    np.testing.assert_allclose(learnt.mean(axis=0), 0, atol=1e-2)
    assert learnt.var(axis=0).sum() == pytest.approx(100, rel=1e-3)


def test_it_is_trained_once_and_the_same_each_time(shades, quick, monkeypatch):
    first = trained(shades)
    (file,) = quick.iterdir()
    again = trained(shades)
    file.unlink()
    anew = trained(shades)
    for net in (again, anew):
        for ours, theirs in zip(net.get_weights(), first.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    monkeypatch.setattr(features, "_train", None)  # the file is there
    assert not with_feature_extractor(shades).extras["feature_extractor"].trainable_weights


def test_what_has_no_classes_is_refused():
    for name in ("iris", "diabetes"):
        with pytest.raises(ValueError, match=f"`dataset` must hold images of two.*'{name}'"):
            feature_extractor(load(name))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_named(shades, quick):
    quick.mkdir(mode=0o500)
    with pytest.raises(ValueError, match="`KERAS_DL_CACHE` must name a folder"):
        trained(shades)
