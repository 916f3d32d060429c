import io
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable, digest, load, reading
from keras_dl.data.images.mnist_m import blend, mnist_m
from keras_dl.data.images.photographs import load_photographs, separate
from keras_dl.data.sources import mirror


@pytest.fixture(scope="module")
def digits():
    return load("digits", at_least=28)


@pytest.fixture(scope="module")
def target(digits):
    return mnist_m(digits, photos="embedded")


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
    assert target.name == "digits_two_photos"
    assert target.digest == "dff8a95ecab8ffe5e3a76937a63432a0e72ead885138702ee02987a9d892cf64"


def test_made_sets_have_a_name(target):
    assert load("digits_two_photos", at_least=28).digest == target.digest


def test_splits_keep_their_labels_and_have_different_patches(digits, target):
    for name in ("train", "validation", "test"):
        source, blended = getattr(digits, name), getattr(target, name)
        assert blended.x.shape == (*source.x.shape[:3], 3)
        np.testing.assert_array_equal(blended.y, source.y)
    again = mnist_m(digits, photos="embedded", seed=1)
    assert again.digest != target.digest
    assert (again.train.x[:5] != target.train.x[:5]).any()


def _archive(folder, photos):
    folder.mkdir(parents=True)
    with tarfile.open(folder / "photos.tar", "w") as archive:
        for name, photo in photos.items():
            file = io.BytesIO()
            Image.fromarray(photo).save(file, "PNG")
            info = tarfile.TarInfo(f"train/{name}.png")
            info.size = file.tell()
            file.seek(0)
            archive.addfile(info, file)


def test_photographs_of_test_are_apart():
    photos = [_photo(seed) for seed in range(11)]
    train, test = separate(photos)
    assert [p.tobytes() for p in test] == [photos[4].tobytes(), photos[9].tobytes()]
    assert len(train) == 9
    (train,), (test,) = separate(photos[:1])
    np.testing.assert_array_equal(np.concatenate([train, test], axis=1), photos[0])
    assert test.shape == (9, 3, 3)


def test_patches_of_test_come_from_other_photographs(digits, target):
    black = {n: replace(s, x=np.zeros_like(s.x)) for n, s in digits.splits.items()}
    blended = mnist_m(digits.with_splits(black), photos="embedded")
    photos = load_photographs("embedded")
    for name, part in (
        ("train", photos.train),
        ("validation", photos.train),
        ("test", photos.test),
    ):
        patch = getattr(blended, name).x[0]
        windows = [np.lib.stride_tricks.sliding_window_view(p, patch.shape) for p in part]
        assert any((w == patch).all(axis=(3, 4, 5)).any() for w in windows), name


def test_a_set_of_photographs_is_named_by_its_contents(digits, tmp_path, monkeypatch):
    photos = {name: _photo(seed, (40, 45)) for seed, name in enumerate("abcdefg")}
    renamed = dict(zip("tuvwxyz", reversed(photos.values()), strict=True))
    fewer = {name: photos[name] for name in "abcdef"}
    results = []
    for number, given in enumerate((photos, renamed, fewer)):
        _archive(tmp_path / str(number) / "bsds500", given)
        monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path / str(number)))
        results.append(mnist_m(digits, photos="auto"))
    assert results[0].digest == results[1].digest != results[2].digest
    assert results[0].name == results[1].name != results[2].name
    assert all(r.name.startswith("digits_m_") for r in results)


def test_mnist_m_is_one_set(digits):
    if not (folder := mirror.find("bsds500")) or not any(folder.glob("*.tar")):
        pytest.skip("the mirror has no bsds500")
    assert mnist_m(digits, photos="bsds500").name == "digits_m"


def test_embedded_photographs_replace_missing_ones_under_their_own_name(
    digits, target, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with reading.record() as record:
        replaced = mnist_m(digits)
    assert replaced.name == "digits_two_photos"
    assert replaced.digest == target.digest
    assert "has no photographs of BSDS500; the two of scikit-learn" in str(record)


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
