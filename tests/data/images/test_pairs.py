import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.images.pairs import detect_outlines, facades, image_pairs


def test_outlines_surround_a_square():
    images = np.zeros((1, 9, 9, 1), np.uint8)
    images[0, 3:6, 3:6] = 200
    result = detect_outlines(images)[0, :, :, 0]
    expected = np.zeros((9, 9), np.uint8)
    expected[2:7, 2:7] = 255  # within one pixel of a step
    expected[4, 4] = 0
    np.testing.assert_array_equal(result, expected)


def test_faint_steps_in_any_channel_are_no_outline():
    images = np.full((1, 5, 5, 3), 100, np.uint8)
    images[0, :, 2:, 1] = 170
    assert not detect_outlines(images).any()
    images[0, :, 2:, 1] = 190
    assert detect_outlines(images).any()
    assert detect_outlines(images).shape == (1, 5, 5, 1)


def test_any_images_become_pairs():
    result = image_pairs("digits", batch_size=8, image_size=16)
    assert result.train.x.shape == result.train.y.shape == (len(result.train.x), 16, 16, 1)
    np.testing.assert_array_equal(result.train.x, detect_outlines(result.train.y))
    assert (result.name, result.num_classes, result.batch_size) == ("digits_outlines", 0, 8)
    assert result.extras["labelled"].num_classes == 10
    assert len(result.test.x) == len(result.extras["labelled"].test.y)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """405 tiny facades: the left half as bright as its number, the right half red."""
    (tmp_path / "facades").mkdir()
    with tarfile.open(tmp_path / "facades" / "facades.tar", "w") as archive:
        for part, count in (("train", 45), ("test", 3)):
            for number in range(1, count + 1):
                pixels = np.zeros((8, 16, 3), np.uint8)
                pixels[:, :8] = number * 5
                pixels[:, 8:, 0] = 250
                file = io.BytesIO()
                Image.fromarray(pixels).save(file, "PNG")
                info = tarfile.TarInfo(f"{part}/{number}.png")
                info.size = file.tell()
                file.seek(0)
                archive.addfile(info, file)
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))


@pytest.mark.usefixtures("mirror")
def test_facades_are_cut_into_labels_and_photographs():
    result = facades(batch_size=2, image_size=8)
    assert [len(s.x) for s in (result.train, result.validation, result.test)] == [5, 40, 3]
    assert (result.train.x[..., 0] == 250).all()
    np.testing.assert_array_equal(result.train.y[:, 0, 0, 0], np.arange(1, 6) * 5)
    assert image_pairs("facades", batch_size=2, image_size=8).digest == result.digest


def test_missing_facades_say_where_they_belong(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match="put facades.tar.*KERAS_DL_DATA"):
        facades()


def test_tables_have_no_outlines():
    with pytest.raises(DatasetError, match="`dataset` must hold images.*iris"):
        image_pairs("iris", batch_size=8, image_size=16)
