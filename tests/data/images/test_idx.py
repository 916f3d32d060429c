import gzip

import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from tests.data.writers import NAMES, arrays, idx_bytes, idx_folder


@pytest.mark.parametrize("zipped", [True, False])
def test_four_files(tmp_path, zipped):
    data = load(idx_folder(tmp_path, zipped))
    assert data.digest == load((*arrays(), *arrays(8))).digest
    assert data.name == tmp_path.name


def test_labels_with_a_gap_become_classes(tmp_path):
    idx_folder(tmp_path)
    for key, n in (("y_train", 40), ("y_test", 8)):
        content = idx_bytes((1 + np.arange(n) % 2 * 6).astype(np.uint8))
        (tmp_path / NAMES[key]).write_bytes(gzip.compress(content))
    assert load(tmp_path).class_names == ("1", "7")


def broken(content):
    return {
        "empty": b"",
        "cut gzip": gzip.compress(content)[:-30],
        "damaged gzip": gzip.compress(content)[:40] + b"zzzz" + gzip.compress(content)[44:],
        "no gzip": content,
        "magic": gzip.compress(b"\x00\x00\x08\x02" + content[4:]),
        "short": gzip.compress(content[:-7]),
        "long": gzip.compress(content + b"1"),
        "huge": gzip.compress(b"\x00\x00\x08\x03" + b"\xff" * 12),
    }


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("empty", "must be a whole gzip file|Received: an empty file"),
        ("cut gzip", "must be a whole gzip file; copy or download.*train-images-idx3-ubyte.gz"),
        ("damaged gzip", "whole gzip file|must hold the"),
        ("no gzip", "whole gzip file"),
        ("magic", "IDX magic number 00000803 .* Received: 00000802"),
        ("short", r"must hold the 1200 bytes .*shape \(40, 6, 5\). Received: 1193 bytes"),
        ("long", "Received: more bytes"),
        ("huge", "at most 512 MiB, for its size"),
    ],
)
def test_broken_images(tmp_path, how, message):
    idx_folder(tmp_path)
    (tmp_path / NAMES["x_train"]).write_bytes(broken(idx_bytes(arrays()[0]))[how])
    with pytest.raises(DatasetError, match=message):
        load(tmp_path)


@pytest.mark.parametrize("key", NAMES)
def test_missing_file_is_named(tmp_path, key):
    idx_folder(tmp_path)
    (tmp_path / NAMES[key]).unlink()
    kind = "images" if key[0] == "x" else "labels"
    with pytest.raises(DatasetError, match=rf"IDX files in pairs.* without {key[2:]} {kind}"):
        load(tmp_path)


def test_counts_that_differ(tmp_path):
    idx_folder(tmp_path)
    (tmp_path / NAMES["y_train"]).write_bytes(gzip.compress(idx_bytes(arrays(39)[1])))
    with pytest.raises(
        DatasetError, match=r"one label per image\. Received: 40 images in .* and 39"
    ):
        load(tmp_path)


def test_one_of_the_files_is_not_the_folder(tmp_path):
    idx_folder(tmp_path)
    with pytest.raises(DatasetError, match="must be four IDX files in a folder"):
        load(tmp_path / NAMES["x_train"])


@pytest.mark.parametrize("split", ["train", "test"])
def test_one_pair_is_split_like_arrays(tmp_path, split):
    idx_folder(tmp_path)
    kept = {"train": arrays(), "test": arrays(8)}[split]
    for key in NAMES:
        if not key.endswith(split):
            (tmp_path / NAMES[key]).unlink()
    if split == "test":  # 8 images of 4 classes are too few for three splits
        with pytest.raises(DatasetError, match="at least 3"):
            load(tmp_path)
    else:
        assert load(tmp_path).digest == load(kept).digest


def test_pairs_of_other_names(tmp_path):
    x, y = arrays()
    (tmp_path / "images-idx3-ubyte").write_bytes(idx_bytes(x))
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx_bytes(y))
    (tmp_path / "readme.txt").write_text("")
    data = load(tmp_path)
    assert data.digest == load((x, y)).digest
    assert data.reading.notices == ["1 of 3 files is left out: readme.txt."]


def test_validation_files(tmp_path):
    idx_folder(tmp_path)
    x, y = arrays(12)
    (tmp_path / "val-images-idx3-ubyte").write_bytes(idx_bytes(x))
    (tmp_path / "val-labels-idx1-ubyte").write_bytes(idx_bytes(y))
    assert len(load(tmp_path).validation.y) == 12


def test_two_sets_in_one_folder(tmp_path):
    idx_folder(tmp_path)
    (tmp_path / "emnist-train-images-idx3-ubyte").write_bytes(idx_bytes(arrays()[0]))
    with pytest.raises(DatasetError, match="one file of train images.*emnist-train-images"):
        load(tmp_path)
