import os
from pathlib import Path

import numpy as np
import pytest

from keras_dl.data import load

MIRROR = os.environ.get("KERAS_DL_DATA")
pytestmark = pytest.mark.skipif(not MIRROR, reason="KERAS_DL_DATA names no mirror")


@pytest.fixture(autouse=True)
def no_prepared_sets(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_TFDS_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")


def test_usps_keeps_its_split():
    data = load("usps")
    assert data.input_shape == (16, 16, 1)
    assert len(data.train.x) + len(data.validation.x) == 7291
    assert len(data.test.x) == 2007


def test_hymenoptera_takes_val_for_test():
    data = load("hymenoptera", image_size=48)
    assert data.input_shape == (48, 48, 3)
    assert data.class_names == ("ants", "bees")
    assert np.bincount(data.test.y).tolist() == [70, 83]
    assert len(data.train.x) + len(data.validation.x) == 244


@pytest.mark.parametrize(
    ("name", "features", "classes"),
    [("sonar", 60, 2), ("pima_diabetes", 8, 2), ("boston_housing", 13, 0)],
)
def test_tables(name, features, classes):
    data = load(name)
    assert (data.input_shape, data.num_classes) == ((features,), classes)


def test_raw_files_of_mnist_as_a_path():
    data = load(Path(str(MIRROR), "mnist"))
    assert data.input_shape == (28, 28, 1)
    assert np.bincount(data.validation.y).sum() == 6000
    assert data.train.x.mean() == pytest.approx(33.3, abs=0.1)


@pytest.mark.slow
def test_cifar10_says_that_it_is_a_conversion():
    data = load("cifar10")
    assert data.name == "cifar10_jpeg"
    assert "JPEG conversion" in data.source
    assert data.input_shape == (32, 32, 3)
    assert (np.bincount(data.test.y) == 1000).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_official_builders_from_local_files(name, tmp_path):
    first = load(name)
    assert first.source == f"TensorFlow Datasets {name} 3.0.1 in {tmp_path}/{name}/3.0.1"
    assert load(name).digest == first.digest
    # The same images as in the files, in the builder's own order.
    raw = load(Path(str(MIRROR), name))
    assert first.test.x.sum(dtype=np.int64) == raw.test.x.sum(dtype=np.int64)
    assert np.bincount(first.test.y).tolist() == np.bincount(raw.test.y).tolist()
    (tmp_path / name / "3.0.1" / "arrays.npz").write_bytes(b"cut short")
    assert load(name).digest == first.digest
