import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable, digest, load
from keras_dl.data.images.mnist_m import blend, load_photographs, mnist_m


@pytest.fixture(scope="module")
def digits():
    return load("digits", at_least=28)


@pytest.fixture(scope="module")
def target(digits):
    return mnist_m(digits)


def _photo(seed=0, size=(9, 12)):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def test_each_pixel_is_its_distance_to_a_patch():
    images = np.random.default_rng(1).integers(0, 256, (20, 4, 5, 1), dtype=np.uint8)
    photos = [_photo(0), _photo(1, (6, 5))]
    patches = [
        photo[i : i + 4, j : j + 5].astype(int)
        for photo in photos
        for i in range(photo.shape[0] - 3)
        for j in range(photo.shape[1] - 4)
    ]
    result = blend(images, photos, seed=0)
    assert result.dtype == np.uint8
    origins = []
    for image, blended in zip(images, result, strict=True):
        fits = [k for k, p in enumerate(patches) if (np.abs(p - image) == blended).all()]
        assert len(fits) == 1
        origins += fits
    assert len(set(origins)) > 8
    assert min(origins) < len(patches) - 3 <= max(origins)  # of both photographs


def test_black_images_are_the_photograph_and_white_ones_its_negative():
    photo = _photo(size=(4, 4))
    black, white = np.zeros((1, 4, 4, 1), np.uint8), np.full((1, 4, 4, 1), 255, np.uint8)
    np.testing.assert_array_equal(blend(black, [photo], seed=0)[0], photo)
    np.testing.assert_array_equal(blend(white, [photo], seed=0)[0], 255 - photo)


def test_generated_arrays_are_always_the_same():
    photos = [_photo(0), _photo(1)]
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4, 1)
    result = digest(blend(images, photos, seed=0))
    assert result == "22d4ba4d0014cc1a15e4add03c87d56d8d04baf9d918df34a98cf8c484f1c46f"


def test_digits_in_front_of_the_embedded_photographs_are_always_the_same(target):
    assert target.name == "digits_m"
    assert target.digest == "e952a3f9d3d1f6c4f484ee2fc06bb2d7ace7508c58806432670b2620f3cc2e8a"


def test_made_sets_have_a_name(target):
    assert load("digits_m", at_least=28).digest == target.digest


def test_splits_keep_their_labels_and_have_different_patches(digits, target):
    for name in ("train", "validation", "test"):
        source, blended = getattr(digits, name), getattr(target, name)
        assert blended.x.shape == (*source.x.shape[:3], 3)
        np.testing.assert_array_equal(blended.y, source.y)
    again = mnist_m(digits, seed=1)
    assert again.digest != target.digest
    assert (again.train.x[:5] != target.train.x[:5]).any()


def test_bsds500_is_read_from_the_mirror(tmp_path, monkeypatch):
    (tmp_path / "bsds500").mkdir()
    with tarfile.open(tmp_path / "bsds500" / "photos.tar", "w") as archive:
        for name, size in (("b.png", (7, 9)), ("a.png", (9, 7))):
            file = io.BytesIO()
            Image.fromarray(_photo(2, size)).save(file, "PNG")
            info = tarfile.TarInfo(f"train/{name}")
            info.size = file.tell()
            file.seek(0)
            archive.addfile(info, file)
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    assert len(load_photographs("auto")) == len(load_photographs("bsds500")) == 2
    result = load_photographs("auto")
    np.testing.assert_array_equal(result[0], _photo(2, (9, 7)))  # in the order of their names
    np.testing.assert_array_equal(result[1], _photo(2, (7, 9)))


def test_embedded_photographs_replace_missing_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    result, embedded = load_photographs("auto"), load_photographs("embedded")
    assert [p.shape for p in result] == [(427, 640, 3)] * 2
    np.testing.assert_array_equal(result, embedded)


def test_bad_input_is_refused(digits, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match="BSDS500.*photos='bsds500'"):
        mnist_m(digits, photos="bsds500")
    with pytest.raises(ValueError, match="`photos` must be"):
        mnist_m(digits, photos="holiday")
    with pytest.raises(DatasetError, match="`source` must hold images.*'iris', Features"):
        mnist_m(load("iris"))
    with pytest.raises(ValueError, match="at least 28×28 pixels"):
        blend(digits.test.x[:2], [_photo()], seed=0)
