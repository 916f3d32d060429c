import os

import numpy as np
import pytest

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.segmentation import load_segmentation, read_second_observer, with_crops
from keras_dl.metrics.binary_segmentation import f1_per_image

real = pytest.mark.skipif(
    "KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the folder of real data sets"
)


@pytest.mark.slow
@real
def test_second_observer_of_drive_has_the_published_f1():
    """.788 ± .021 in the tables of bob.ip.binseg."""
    data = load_segmentation("drive")
    assert [len(s.x) for s in data.splits.values()] == [16, 4, 20]
    second = read_second_observer("drive", data.test.y.shape[1:])
    f1 = f1_per_image(data.test.y, second, 255)
    assert f1.mean() == pytest.approx(0.788, abs=5e-4)
    assert f1.std(ddof=1) == pytest.approx(0.021, abs=1e-3)


@pytest.mark.slow
@real
def test_field_of_view_of_chase_db1_is_a_disc():
    data = load_segmentation("chase_db1", image_size=240)
    inside = data.test.y != 255
    assert np.all((inside.mean(axis=(1, 2)) > 0.6) & (inside.mean(axis=(1, 2)) < 0.75))
    assert not inside[:, :3, :3].any()
    assert inside[:, 120, 125].all()


def test_absent_data_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match=r"put retinal_vessels/drive.tar into the folder"):
        load_segmentation("drive")


def test_crops_are_parts_of_the_images_with_their_masks():
    whole = load_segmentation("threads")
    data = with_crops(whole, 32, 5)
    assert data.train.x.shape == (60, 32, 32, 3)
    assert data.train.y.shape == (60, 32, 32)
    assert (data.train.y != 255).any(axis=(1, 2)).all()
    assert data.digest != whole.digest
    assert data.test is whole.test
    windows = np.lib.stride_tricks.sliding_window_view(whole.train.y[0], (32, 32))
    pixels = np.lib.stride_tricks.sliding_window_view(whole.train.x[0], (32, 32), axis=(0, 1))
    for image, mask in zip(data.train.x[:5], data.train.y[:5], strict=True):
        places = np.argwhere((windows == mask).all(axis=(2, 3)))
        assert any((pixels[r, c].transpose(1, 2, 0) == image).all() for r, c in places)
    again = with_crops(load_segmentation("threads"), 32, 5)
    np.testing.assert_array_equal(again.train.x, data.train.x)


def test_crops_larger_than_the_image_are_as_large_as_possible():
    assert with_crops(load_segmentation("threads", image_size=40), 64, 1).train.x.shape[1:3] == (
        40,
        40,
    )


def test_impossible_crops_are_refused():
    data = load_segmentation("threads")
    with pytest.raises(DatasetError, match="`size` and `per_image` must be 1 or more"):
        with_crops(data, 0, 1)
    data.train.y[3] = 255
    with pytest.raises(DatasetError, match="Received: image 3 of train"):
        with_crops(data, 8, 1)


def test_threads_cover_a_tenth_to_a_half_of_the_disc():
    data = load_segmentation("threads")
    for split in data.splits.values():
        shares = [(mask == 1).sum() / (mask != 255).sum() for mask in split.y]
        assert 0.05 < min(shares) < max(shares) < 0.5
        assert split.x[split.y == 1].mean() < split.x[split.y == 0].mean() - 20
