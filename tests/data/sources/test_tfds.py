import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from keras_dl.data.dataset import Raw
from keras_dl.data.sources.tfds import ARRAYS, read

pytestmark = pytest.mark.slow  # imports TensorFlow Datasets and TensorFlow


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Stores (feature specification, examples by split) as a prepared set named "mine"."""
    import tensorflow_datasets as tfds

    monkeypatch.setenv("KERAS_DL_TFDS_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")

    def store(image_shape, splits, keys=("image", "label")):
        features = tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=image_shape),
                "label": tfds.features.ClassLabel(names=["cat", "dog"]),
            }
        )
        tfds.dataset_builders.store_as_tfds_dataset(
            name="mine",
            version="1.0.0",
            features=features,
            split_datasets=splits,
            data_dir=tmp_path,
            disable_shuffling=True,
        )
        folder = tmp_path / "mine" / "1.0.0"
        info = json.loads((folder / "dataset_info.json").read_text())
        if keys:
            info["supervisedKeys"] = {"tuple": {"items": [{"featureKey": k} for k in keys]}}
        (folder / "dataset_info.json").write_text(json.dumps(info))
        return folder

    return store


def examples(n, grow=0):
    images = [np.full((4 + grow * i, 5, 3), i, np.uint8) for i in range(n)]
    return [(i, {"image": image, "label": i % 2}) for i, image in enumerate(images)]


def test_a_prepared_set_and_its_arrays(stored):
    folder = stored((4, 5, 3), {"train": examples(20), "validation": examples(6)})
    data = load("mine")
    assert data.class_names == ("cat", "dog")
    assert len(data.test.x) == 6
    assert (folder / ARRAYS).exists()
    assert load("mine").digest == data.digest
    (folder / ARRAYS).chmod(0o600)
    (folder / ARRAYS).write_bytes(b"PK cut short")
    assert load("mine").digest == data.digest


def test_images_of_various_sizes(stored):
    folder = stored((None, None, 3), {"train": examples(20, grow=1)})
    assert load("mine", image_size=8).input_shape == (8, 8, 3)
    assert isinstance(read("mine", folder), Raw)
    assert not (folder / ARRAYS).exists()


def test_sets_of_another_form_are_refused(stored):
    stored((4, 5, 3), {"train": examples(4)}, keys=None)
    with pytest.raises(DatasetError, match=r"one input and one target .*\['image', 'label'\]"):
        load("mine")


def digest_of(name):
    return load(name).digest


def test_processes_may_load_at_once(stored):
    stored((4, 5, 3), {"train": examples(20)})
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(digest_of, ["mine"] * 2))) == 1
