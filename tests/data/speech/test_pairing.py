import os
from pathlib import Path

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.speech import as_recordings, spoken_digits, spoken_images, tones

REAL = Path(os.environ.get("KERAS_DL_DATA", "")) / "fsdd" / "fsdd.npz"


@pytest.fixture(scope="module")
def data():
    return spoken_images("digits", speech="tones", pairs=300, test_pairs=100)


def owners(x, words):
    """Number of the recording of each row."""
    known = {word.tobytes(): number for number, word in enumerate(words.x)}
    return np.array([known[row.tobytes()] for row in x])


def test_pairs_are_of_one_class(data):
    words = as_recordings(tones(data.class_names))
    assert data.train.num_examples == 300
    for split in data.splits.values():
        np.testing.assert_array_equal(words.y[owners(split.x["speech"], words)], split.y)


@pytest.mark.parametrize("fold", [0, 5])
def test_speakers_are_heard_in_one_split(fold):
    data = spoken_images("digits", speech="tones", fold=fold, pairs=300)
    words = as_recordings(tones(data.class_names))
    heard = {
        name: set(words.speaker[owners(split.x["speech"], words)])
        for name, split in data.splits.items()
    }
    assert heard["test"] == {fold}
    assert heard["validation"] == {(fold + 1) % 6}
    assert len(heard["train"] | heard["test"] | heard["validation"]) == 6
    assert not heard["train"] & (heard["test"] | heard["validation"])
    assert data.extras["speakers"]["test"] == [f"voice {fold + 1}"]


def test_bad_input_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="`fold` must lie in 0 … 5"):
        spoken_images("digits", speech="tones", fold=6)
    with pytest.raises(ValueError, match="`speech` must be one of fsdd, tones"):
        spoken_images("digits", speech="words")
    with pytest.raises(DatasetError, match="`dataset` must hold images"):
        spoken_images("iris", speech="tones")
    with pytest.raises(DatasetUnavailable, match="take 'tones', which are generated"):
        spoken_images("digits")


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="fsdd.npz is not there")
def test_real_recordings():
    words = as_recordings(spoken_digits())
    assert words.x.shape == (3000, 40, 61, 1)
    np.testing.assert_array_equal(np.bincount(words.y), [300] * 10)
    np.testing.assert_array_equal(np.bincount(words.speaker), [500] * 6)
    with pytest.raises(DatasetError, match="must have the classes 0 … 9"):
        spoken_images("fashion_mnist")
