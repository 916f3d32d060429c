import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from keras_dl.data import DatasetError, DatasetUnavailable
from keras_dl.data.few_shot import (
    ClassImages,
    FewShotImages,
    class_folders,
    divide_classes,
    glyphs,
    omniglot,
    read_class_images,
    with_rotations,
)

real = pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA")


def images(count=10, drawings=3):
    y = np.repeat(np.arange(count, dtype="int32"), drawings)
    x = np.random.default_rng(0).integers(0, 256, (len(y), 4, 4, 1)).astype("uint8")
    return ClassImages(x, y, tuple(f"c{n}" for n in range(count)))


def write(folder, classes, drawings=3, prefix=""):
    for number, name in enumerate(classes):
        (folder / prefix / name).mkdir(parents=True)
        for drawing in range(drawings):
            pixels = np.full((30, 30), 10 * number + drawing, "uint8")
            Image.fromarray(pixels).save(folder / prefix / name / f"{drawing}.png")


def check_disjoint(few_shot):
    names = [set(few_shot.splits[s].names) for s in ("train", "validation", "test")]
    assert all(names)
    assert len(set.union(*names)) == sum(map(len, names))
    for split in few_shot.splits.values():
        assert set(split.y) == set(range(len(split.names)))
        assert split.x.dtype == np.uint8
        assert split.y.dtype == np.int32


@real
def test_omniglot_has_the_official_splits():
    few_shot = omniglot()
    check_disjoint(few_shot)
    sizes = {name: len(split.names) for name, split in few_shot.splits.items()}
    assert sizes["train"] + sizes["validation"] == 964
    assert sizes["test"] == 659
    alphabets = {k: {n.split("/")[0] for n in s.names} for k, s in few_shot.splits.items()}
    assert [len(alphabets[k]) for k in ("train", "validation", "test")] == [25, 5, 20]
    assert not alphabets["train"] & alphabets["validation"]
    for split in few_shot.splits.values():
        assert (np.bincount(split.y) == 20).all()
        assert set(np.unique(split.x)) == {0, 255}
        assert split.x.mean() < 60  # little ink, much paper
    assert few_shot.splits["test"].names[0] == "Angelic/character01"


def test_a_missing_omniglot_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetUnavailable, match="omniglot_28x28.npz .* dataset='glyphs'"):
        omniglot()


def test_an_incomplete_omniglot_is_refused(monkeypatch, tmp_path):
    (tmp_path / "omniglot").mkdir()
    np.savez(tmp_path / "omniglot" / "omniglot_28x28.npz", x_background=np.zeros((1, 28, 28)))
    monkeypatch.setenv("KERAS_DL_DATA", str(tmp_path))
    with pytest.raises(DatasetError, match="no y_background"):
        omniglot()


def test_glyphs_are_the_same_each_time_and_differ_between_splits():
    first, second = glyphs(), glyphs()
    check_disjoint(first)
    np.testing.assert_array_equal(first.splits["test"].x, second.splits["test"].x)
    assert first.splits["train"].x.shape == (1200, 28, 28, 1)
    assert not (first.splits["train"].x[:400] == first.splits["test"].x).all(axis=(1, 2, 3)).any()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.99])
def test_division_keeps_each_class_whole(share):
    whole = images()
    larger, smaller = divide_classes(whole, share=share)
    assert len(smaller.names) == min(max(1, round(10 * share)), 9)
    assert sorted(larger.names + smaller.names) == sorted(whole.names)
    for part in (larger, smaller):
        for number, name in enumerate(part.names):
            rows = whole.y == whole.names.index(name)
            np.testing.assert_array_equal(part.x[part.y == number], whole.x[rows])


def test_division_keeps_groups_whole():
    groups = ["a", "a", "b", "b", "b", "c", "c", "d", "d", "d"]
    whole = replace(images(), groups=tuple(groups))
    larger, smaller = divide_classes(whole, share=0.5, whole_groups=True)
    assert [p.groups[0] for p in (larger, smaller)] == [
        groups[int(p.names[0][1:])] for p in (larger, smaller)
    ]
    sides = [{groups[int(name[1:])] for name in part.names} for part in (larger, smaller)]
    assert [len(side) for side in sides] == [2, 2]
    assert not sides[0] & sides[1]


def test_rotations_are_classes():
    turned = with_rotations(images(2))
    assert turned.names == ("c0", "c1", "c0 90°", "c1 90°", "c0 180°", "c1 180°",
                            "c0 270°", "c1 270°")  # fmt: skip
    np.testing.assert_array_equal(np.unique(turned.y), np.arange(8))
    np.testing.assert_array_equal(turned.x[turned.y == 3][0], np.rot90(images(2).x[3]))


def test_rotations_of_a_group_are_groups():
    turned = with_rotations(replace(images(3), groups=("a", "a", "b")))
    assert turned.groups[::3] == ("a 0°", "a 90°", "a 180°", "a 270°")
    assert turned.groups[2] == "b 0°"


def test_a_folder_is_divided_by_class(tmp_path):
    write(tmp_path, [f"k{n:02d}" for n in range(25)])
    few_shot = class_folders(tmp_path, image_size=16)
    check_disjoint(few_shot)
    assert {k: len(s.names) for k, s in few_shot.splits.items()} == {
        "train": 16, "validation": 4, "test": 5}  # fmt: skip
    for split in few_shot.splits.values():
        assert split.x.shape[1:] == (16, 16, 1)
        for number, name in enumerate(split.names):
            assert split.x[split.y == number].max() == 10 * int(name[1:]) + 2


def test_nested_folders_are_classes_and_a_wrapper_is_not(tmp_path):
    write(tmp_path / "wrapper", [f"alphabet{a}/c{n}" for a in range(2) for n in range(3)])
    names = {n for s in class_folders(tmp_path).splits.values() for n in s.names}
    assert names == {f"alphabet{a}/c{n}" for a in range(2) for n in range(3)}


def test_split_folders_are_respected(tmp_path):
    write(tmp_path, ["a", "b", "c"], prefix="train")
    write(tmp_path, ["d", "e"], prefix="test")
    few_shot = class_folders(tmp_path)
    check_disjoint(few_shot)
    assert few_shot.splits["test"].names == ("d", "e")


def test_a_class_in_two_splits_is_refused(tmp_path):
    write(tmp_path, ["a", "b", "c"], prefix="train")
    write(tmp_path, ["b", "e"], prefix="test")
    with pytest.raises(DatasetError, match="different classes .* Received: b twice"):
        class_folders(tmp_path)


def test_unusable_folders_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="no image files"):
        class_folders(tmp_path)
    write(tmp_path, ["only"])
    with pytest.raises(DatasetError, match="at least two classes"):
        class_folders(tmp_path)
    Image.new("L", (9, 9)).save(tmp_path / "loose.png")
    with pytest.raises(DatasetError, match=r"loose.png without a class"):
        class_folders(tmp_path)


def test_images_of_any_folder_take_the_models_shape(tmp_path):
    write(tmp_path, ["a", "b"])
    support = read_class_images(tmp_path, input_shape=(20, 20, 3))
    assert support.x.shape == (6, 20, 20, 3)
    assert support.names == ("a", "b")


def test_few_shot_images_refuse_shared_classes():
    with pytest.raises(DatasetError, match="c0, c1, c2 twice"):
        FewShotImages("x", "y", {s: images() for s in ("train", "validation", "test")})


@pytest.mark.parametrize("names", [("train", "test"), ("images_background", "images_evaluation")])
def test_folders_of_splits(tmp_path, names):
    write(tmp_path, ["a", "b", "c"], prefix=names[0])
    write(tmp_path, ["d", "e"], prefix=names[1])
    splits = class_folders(tmp_path).splits
    assert splits["test"].names == ("d", "e")
    assert sorted(splits["train"].names + splits["validation"].names) == ["a", "b", "c"]


@pytest.mark.parametrize("names", [("train", "cat"), ("test", "val"), ("train",)])
def test_splits_are_never_classes(tmp_path, names):
    for number, name in enumerate(names):
        write(tmp_path, [f"a{number}", f"b{number}"], prefix=name)
    write(tmp_path, ["dog"])
    with pytest.raises(DatasetError, match="train/, test/ and perhaps val/ with all classes"):
        class_folders(tmp_path)


def test_a_class_folder_without_an_image_is_refused(tmp_path):
    write(tmp_path, "abcdef")
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "0.heic").write_bytes(b"")
    with pytest.raises(DatasetError, match="Received: g/ with 1 other files, such as g/0.heic"):
        class_folders(tmp_path)


def test_drawings_of_16_bits_share_one_unit(tmp_path):
    for number in range(6):
        (tmp_path / f"c{number}").mkdir()
        for drawing in range(3):
            pixels = np.full((28, 28), 4000 if number else 100, "uint16")
            pixels[drawing] += 7
            Image.fromarray(pixels).save(tmp_path / f"c{number}" / f"{drawing}.png")
    splits = class_folders(tmp_path).splits
    assert {split.white for split in splits.values()} == {4095}
    darkest = min(split.x.min() for split in splits.values())
    assert darkest == pytest.approx(100 / 4095 * 255)
