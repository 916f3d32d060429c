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
    with pytest.raises(DatasetError, match=rf"four IDX files.* without \*.*{kind}\*idx"):
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
