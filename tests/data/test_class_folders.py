"""Layouts of class folders: splits, links, files that are left out, folders that give nothing."""

import os

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, load
from keras_dl.data.split_names import split_in_name, split_named
from keras_dl.data.walking import walk
from tests.data.writers import image_folder

PETS = ("cat", "dog")


def tree(folder, *names, count=10, suffix=".png"):
    return image_folder(folder, dict.fromkeys(names, count), suffix=suffix)


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("seg_train", "train"), ("TrainImages", "train"), ("val2017", "validation"),
        ("DEV", "validation"), ("test-set", "test"), ("Testing", "test"), ("cat", None),
        ("contest", None), ("train_test", None),
    ],
)  # fmt: skip
def test_names_of_splits(name, split):
    assert split_in_name(name) == split


def test_whole_names_of_splits():
    assert [split_named(n) for n in ("Valid", "val_x", "trainer")] == ["validation", None, None]


@pytest.mark.parametrize("pattern", ["seg_{0}/seg_{0}/{1}", "archive/{0}ing_images/{1}", "{1}/{0}"])
def test_splits_are_recognised(tmp_path, pattern):
    names = [pattern.format(s, c) for s in ("train", "test") for c in PETS]
    data = load(tree(tmp_path, *names))
    assert data.class_names == PETS
    assert len(data.test.y) == 20
    assert len(data.train.y) + len(data.validation.y) == 20


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("OK", "NG", "test"), r"Received: test/ \(splits\) next to NG/, OK/"),
        (("bus", "car", "train"), r"Received: train/ \(splits\) next to bus/, car/"),
        (("test/a", "val/a", "val/b"), "must have a folder train/"),
        (("seg_train/a", "seg_test/a", "seg_pred"), r"next to seg_pred/"),
        (
            ("train/a", "training/a", "test/a"),
            r"one folder per split. Received: test/ \(test\), train/ ",
        ),
        (("a/train", "a/test", "b"), "folders of splits in every class folder or in none"),
        (("train", "test"), r"one folder per class.* Received: test/000.png"),
    ],
)
def test_splits_are_never_classes(tmp_path, names, message):
    with pytest.raises(DatasetError, match=message):
        load(tree(tmp_path, *names))


def test_classes_may_contain_the_word_of_a_split(tmp_path):
    assert load(tree(tmp_path, "bullet_train", "car")).class_names == ("bullet_train", "car")


def test_a_validation_split_without_test_is_noticed(tmp_path):
    data = load(tree(tmp_path, "train/a", "train/b", "dev/a", "dev/b"))
    assert len(data.test.y) == 20
    assert "becomes the test split" in data.reading.notices[0]


def test_folders_of_the_system_are_left_out_by_name(tmp_path):
    data = load(tree(tmp_path, "cat", "dog", "@eaDir", ".cache"))
    assert data.class_names == PETS
    assert data.reading.notices == [
        "20 of 40 files are left out: .cache/000.png, .cache/001.png, .cache/002.png, …."
    ]
    assert data.reading.facts["files"] == "20 images"


def test_other_files_are_counted_and_named(tmp_path):
    folder = tree(tmp_path, *PETS)
    (folder / "notes.txt").write_text("notes")
    (folder / "cat" / "a.heic").write_bytes(b"heic")
    notices = load(folder).reading.notices
    assert notices == ["2 of 22 files are left out: cat/a.heic, notes.txt."]


@pytest.mark.parametrize("content", ["a.heic", None])
@pytest.mark.parametrize("place", ["cow", "train/cow", "val"])
def test_a_folder_that_gives_nothing_is_refused(tmp_path, place, content):
    names = PETS if place == "cow" else [f"{s}/{c}" for s in ("train", "test") for c in PETS]
    folder = tree(tmp_path, *names)
    (folder / place).mkdir()
    if content:
        (folder / place / content).write_bytes(b"")
    inside = f"1 other files, such as {place}/a.heic" if content else "no file"
    with pytest.raises(DatasetError, match=f"Received: {place}/ with {inside}"):
        load(folder)


def test_links_are_followed(tmp_path):
    tree(tmp_path / "data", "train/cat", "train/dog")
    tree(tmp_path / "far", "cat", "dog", count=3)
    (tmp_path / "data" / "test").symlink_to(tmp_path / "far", target_is_directory=True)
    assert len(load(tmp_path / "data").test.y) == 6


def test_circles_of_links_end(tmp_path):
    folder = tree(tmp_path, *PETS)
    (folder / "cat" / "up").symlink_to("..", target_is_directory=True)
    (folder / "dog" / "gone.png").symlink_to("nowhere.png")
    data = load(folder)
    assert sum(len(split.y) for split in data.splits.values()) == 20
    assert data.reading.notices == ["2 of 22 files are left out: cat/up, dog/gone.png."]


def test_links_across_folders_end(tmp_path):
    for i in range(9):
        (tmp_path / f"d{i}").mkdir()
    for i, j in np.ndindex(9, 9):
        (tmp_path / f"d{i}" / f"l{j}").symlink_to(tmp_path / f"d{j}", target_is_directory=True)
    assert len(walk(tmp_path).folders) < 1000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_pipes_are_left_out(tmp_path):
    os.mkfifo(tree(tmp_path, *PETS) / "cat" / "pipe.png")
    assert load(tmp_path).reading.notices == ["1 of 21 files is left out: cat/pipe.png."]


@pytest.mark.parametrize(
    "suffix", [".webp", ".tif", ".ppm", ".tga", ".jp2", ".ico", ".pcx", ".sgi", ".dds", ".jfif"]
)
def test_formats_of_pillow(tmp_path, suffix):
    for label, level in (("cat", 40), ("dog", 200)):
        (tmp_path / label).mkdir()
        pixels = np.full((16, 16, 3), level, np.uint8)
        pixels[:8, :, 0] = 255 - level
        for i in range(5):
            Image.fromarray(pixels).save(tmp_path / label / f"{i}{suffix}")
    data = load(tmp_path)
    assert data.class_names == PETS
    assert data.input_shape == (16, 16, 3)


def test_postscript_is_never_read(tmp_path):
    folder = tree(tmp_path, *PETS)
    Image.new("RGB", (8, 8)).save(folder / "cat" / "a.eps")
    assert "cat/a.eps" in load(folder).reading.notices[0]
    (folder / "cat" / "a.eps").rename(folder / "cat" / "a.png")
    with pytest.raises(DatasetError, match=r"replace 1 of 21 files. Received: cat/a.png"):
        load(folder)


def test_sizes_are_recorded(tmp_path):
    folder = image_folder(tmp_path, dict.fromkeys(PETS, 10), sizes=((8, 12), (20, 9)))
    reading = load(folder).reading
    assert reading.facts["image size"] == "2 sizes from 8×12 to 20×9 → 32×32"
    assert "`image_size` sets another size" in reading.notices[0]
    assert load(folder, image_size=10).reading.notices == []


def test_images_of_one_colour_are_noticed(tmp_path):
    pixels = np.full((8, 8, 4), 255, np.uint8)
    pixels[..., 3] = 0
    for label, rows in (("a", slice(0, 4)), ("b", slice(4, 8))):
        (tmp_path / label).mkdir()
        pixels[rows, :, 3] = 255  # white ink on a clear ground
        for i in range(10):
            Image.fromarray(pixels).save(tmp_path / label / f"{i}.png")
    notice, overlap = load(tmp_path).reading.notices
    assert overlap.startswith("4 of 4 test examples (100 %) are in train too")
    assert notice.startswith("20 of 20 images are of one colour in every pixel")
