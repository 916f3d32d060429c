import io
import os
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, files, load, read_images
from tests.data.writers import image_folder

CLASSES = {"cat": 10, "dog": 10}


def test_class_folders(tmp_path):
    data = load(image_folder(tmp_path / "pets", CLASSES))
    assert data.class_names == ("cat", "dog")
    assert data.input_shape == (8, 8, 1)
    assert data.name == "pets"
    assert (len(data.train.x), len(data.validation.x), len(data.test.x)) == (14, 2, 4)


@pytest.mark.parametrize("other", ["test", "val"])
def test_train_with_test_or_val(tmp_path, other):
    counts = {"train/cat": 10, "train/dog": 10, f"{other}/cat": 3, f"{other}/dog": 2}
    data = load(image_folder(tmp_path, counts, colour=True))
    assert np.bincount(data.test.y).tolist() == [3, 2]
    assert len(data.train.x) + len(data.validation.x) == 20
    assert data.input_shape == (8, 8, 3)


def test_three_splits_are_unchanged(tmp_path):
    counts = {f"{s}/{c}": n for s, n in (("train", 6), ("val", 3), ("test", 2)) for c in CLASSES}
    data = load(image_folder(tmp_path, counts))
    assert [len(s.x) for s in (data.train, data.validation, data.test)] == [12, 6, 4]


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".zip"])
@pytest.mark.parametrize("wrapper", ["", "download/pets/"])
def test_archives_are_read_like_folders(tmp_path, suffix, wrapper):
    folder = image_folder(tmp_path / "pets", CLASSES)
    path = tmp_path / f"pets{suffix}"
    files = {wrapper + f.relative_to(folder).as_posix(): f for f in folder.rglob("*.png")}
    files |= {"__MACOSX/cat/._000.png": next(folder.rglob("*.png"))}
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            [archive.write(file, name) for name, file in files.items()]
    else:
        with tarfile.open(path, "w:gz" if suffix.endswith("gz") else "w") as archive:
            [archive.add(file, name) for name, file in files.items()]
    data = load(path)
    assert data.digest == load(folder).digest
    assert data.name == "pets"


def test_paths_out_of_an_archive_are_left_out(tmp_path, monkeypatch):
    folder = image_folder(tmp_path / "pets", CLASSES)
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        for file in folder.rglob("*.png"):
            archive.add(file, f"../../{file.relative_to(folder)}")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match=r"Received: no \.png"):
        load("evil.tar")
    assert sorted(tmp_path.rglob("*")) == before


def test_sizes(tmp_path):
    folder = image_folder(tmp_path, CLASSES, sizes=((8, 12), (20, 9)))
    assert load(folder).input_shape == (32, 32, 1)
    assert load(folder, at_least=28).input_shape == (28, 28, 1)
    assert load(folder, image_size=10).input_shape == (10, 10, 1)
    same = image_folder(tmp_path / "same", CLASSES, sizes=((8, 12),))
    assert load(same).input_shape == (8, 12, 1)
    assert load(same, at_least=16).input_shape == (16, 24, 1)


def test_gray_saved_as_colour_is_gray(tmp_path):
    folder = image_folder(tmp_path, CLASSES)
    for file in folder.rglob("*.png"):
        Image.open(file).convert("RGB").save(file)
    assert load(folder).input_shape == (8, 8, 1)


def test_gray_and_colour_mixed_is_colour(tmp_path):
    image_folder(tmp_path, {"cat": 10})
    assert load(image_folder(tmp_path, {"dog": 10}, colour=True)).input_shape == (8, 8, 3)


def unreadable(folder, count):
    for i in range(count):
        (folder / "cat" / f"{i:03d}.png").write_bytes(b"not an image")


@pytest.mark.parametrize("image_size", [None, 8])
def test_unreadable_files_are_named_and_counted(tmp_path, image_size):
    unreadable(image_folder(tmp_path, CLASSES), 5)
    message = "remove or replace 5 of 20 files. Received: cat/000.png, cat/001.png, cat/002.png, …"
    with pytest.raises(DatasetError, match=message):
        load(tmp_path, image_size=image_size)


def test_truncated_image(tmp_path):
    image_folder(tmp_path, CLASSES, sizes=((64, 64),), suffix=".jpg")
    file = tmp_path / "dog" / "003.jpg"
    file.write_bytes(file.read_bytes()[:900])
    with pytest.raises(DatasetError, match=r"replace 1 of 20 files\. Received: dog/003\.jpg"):
        load(tmp_path)


def test_a_small_file_that_claims_to_be_huge_is_refused(tmp_path):
    image_folder(tmp_path, CLASSES)
    Image.new("1", (9_500, 9_500)).save(tmp_path / "cat" / "bomb.png")
    with pytest.raises(DatasetError, match=r"at most 89 million pixels.* Received: cat/bomb.png"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({}, "Received: no .png, .jpg"),
        ({".": 3}, "one folder per class"),
        ({"cat": 5}, "at least two classes in train"),
        ({"train/cat": 5, "train/dog": 5, "test/cow": 2}, "same classes in test as in train"),
        ({"train/cat": 5, "train/dog": 5, "other/cat": 2}, r"train/ \(splits\) next to other/"),
        ({"train": 5, "test": 5}, "one folder per class"),
    ],
)
def test_unusable_folders(tmp_path, counts, message):
    with pytest.raises(DatasetError, match=message):
        load(image_folder(tmp_path, counts))


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".zip"])
def test_damaged_archive(tmp_path, suffix):
    (tmp_path / f"pets{suffix}").write_bytes(b"x" * 2000)
    with pytest.raises(DatasetError, match="must be a whole archive"):
        load(tmp_path / f"pets{suffix}")


def test_archive_cut_short(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(image_folder(tmp_path / "pets", CLASSES, sizes=((40, 40),)), "pets")
    (tmp_path / "pets.tgz").write_bytes(buffer.getvalue()[:-3000])
    with pytest.raises(DatasetError, match="must be a whole archive"):
        load(tmp_path / "pets.tgz")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folder(tmp_path):
    (image_folder(tmp_path, CLASSES) / "cat").chmod(0)
    with pytest.raises(DatasetError, match="must be readable; change its permissions"):
        load(tmp_path)


def test_forbidden_images(tmp_path, monkeypatch):
    def forbid(path):
        raise PermissionError(13, "Permission denied", str(path))

    image_folder(tmp_path, CLASSES)
    monkeypatch.setattr(files, "open_regular", forbid)
    with pytest.raises(DatasetError, match=r"`dataset` must be readable.*cat/000\.png"):
        load(tmp_path)
    with pytest.raises(DatasetError, match=r"`paths` must be readable.*cat/000\.png"):
        read_images(tmp_path, (8, 8, 1))


def test_images_to_predict(tmp_path):
    folder = image_folder(tmp_path / "pets", CLASSES, sizes=((8, 12), (20, 9)), colour=True)
    x, paths = read_images(folder, (16, 16, 3))
    assert x.shape == (20, 16, 16, 3)
    assert paths[0] == str(folder / "cat" / "000.png")
    gray, (path,) = read_images(paths[1], (28, 28, 1))
    assert gray.shape == (1, 28, 28, 1)
    assert path == paths[1]
    assert read_images([paths[3], folder], (4, 6, 1))[0].shape == (21, 4, 6, 1)


def test_arrays_to_predict(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.full((3, 8, 8), 0.2))
    x, paths = read_images(tmp_path / "a.npz", (16, 16, 3))
    assert x.shape == (3, 16, 16, 3)
    assert (x == 51).all()
    assert paths[2].endswith("a.npz[2]")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing.png", "`paths` must exist"),
        ("empty", "`paths` must hold image files"),
        ("text.png", "can be decoded; remove or replace the file. Received: text.png"),
        ("other.npz", r"under the key x or x_test. Received: keys \['y'\]"),
    ],
)
def test_nothing_to_predict(tmp_path, name, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.png").write_text("text")
    np.savez(tmp_path / "other.npz", y=[1])
    with pytest.raises(DatasetError, match=message):
        read_images(tmp_path / name, (8, 8, 1))
    with pytest.raises(DatasetError, match="at least one image"):
        read_images([], (8, 8, 1))
