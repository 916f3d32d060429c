import socket
import time

import numpy as np
import pytest

from keras_dl.data import (
    DatasetError,
    DatasetUnavailable,
    Features,
    Images,
    describe,
    describe_locations,
    load,
    prepare,
)
from keras_dl.data.sources.downloads import check_content, find_unreachable
from tests.data.writers import arrays, idx_folder, image_folder


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """A machine with no data and no network."""

    def refuse(*_args, **_kwargs):
        raise OSError("no network")

    for name in ("KERAS_DL_DATA", "TFDS_DATA_DIR", "KERAS_DL_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_DL_TFDS_DIR", str(tmp_path / "tfds"))
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "inputs", "shape", "classes", "sizes"),
    [
        ("digits", Images, (8, 8, 1), 10, (1293, 145, 359)),
        ("iris", Features, (4,), 3, (108, 12, 30)),
        ("wine", Features, (13,), 3, (127, 15, 36)),
        ("breast_cancer", Features, (30,), 2, (410, 46, 113)),
        ("diabetes", Features, (10,), 0, (319, 35, 88)),
    ],
)
def test_embedded_sets(name, inputs, shape, classes, sizes):
    data = load(name)
    assert (data.name, type(data.inputs)) == (name, inputs)
    assert (data.input_shape, data.num_classes) == (shape, classes)
    assert (len(data.train.x), len(data.validation.x), len(data.test.x)) == sizes
    assert data.digest == load(name).digest
    assert prepare(name).is_dir()


def test_digits_span_all_pixel_values_and_grow():
    data = load("digits", at_least=28)
    assert data.input_shape == (28, 28, 1)
    assert load("digits").train.x.max() == 255
    assert data.class_names == tuple("0123456789")


def test_registered_name_is_not_shadowed_by_a_folder(bare):
    (bare / "digits").mkdir()
    assert load("digits").source == "embedded in scikit-learn"
    with pytest.raises(DatasetError, match="one folder per class"):
        load("./digits")


def test_any_name_in_the_mirror(bare, monkeypatch):
    (bare / "all").mkdir()
    np.savez(bare / "all" / "mine.npz", x=arrays()[0], y=arrays()[1])
    image_folder(bare / "all" / "pets", {"cat": 9, "dog": 9})
    (bare / "all" / "letters").mkdir()
    idx_folder(bare / "all" / "letters")
    monkeypatch.setenv("KERAS_DL_DATA", str(bare / "all"))
    assert [load(n).name for n in ("mine", "pets", "letters")] == ["mine", "pets", "letters"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "mnist",
            [
                "train-images-idx3-ubyte.gz (9.45 MiB)",
                "storage.googleapis.com",
                "<folder>/mnist and set KERAS_DL_DATA",
                "tfds/mnist",
                "digits, iris",
            ],
        ),
        ("usps", ["<folder>/usps/usps.npz and set KERAS_DL_DATA=<folder>"]),
        ("minst", ["did you mean mnist?", "TensorFlow Datasets does not know the name"]),
        ("fashion-mnist", ["did you mean fashion_mnist?"]),
    ],
)
def test_message_of_an_unavailable_set_names_a_remedy(name, parts):
    start = time.perf_counter()
    with pytest.raises(DatasetUnavailable) as error:
        load(name)
    assert time.perf_counter() - start < 15  # most of it imports TensorFlow Datasets, once
    for part in [*parts, f"Received: dataset='{name}'"]:
        assert part in str(error.value)
    assert "\n" not in str(error.value)


def test_offline_opens_no_socket(monkeypatch):
    def forbidden(*_args, **_kwargs):
        pytest.fail("a connection was tried")

    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")
    monkeypatch.setattr("keras_dl.data.sources.tfds.find_unreachable", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    with pytest.raises(DatasetUnavailable, match="KERAS_DL_OFFLINE forbids the download"):
        load("mnist")


def test_a_silent_host_takes_seconds_only(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: time.sleep(20))
    monkeypatch.undo()
    monkeypatch.setattr("keras_dl.data.sources.downloads.TIMEOUT", 0.1)
    monkeypatch.setattr("keras_dl.data.sources.downloads._probe", lambda *_args: time.sleep(20))
    start = time.perf_counter()
    assert find_unreachable(["https://a.org/x", "https://b.org/y"]) == ["a.org", "b.org"]
    assert time.perf_counter() - start < 2


def test_a_wrong_copy_is_refused(bare, monkeypatch):
    (bare / "all" / "mnist").mkdir(parents=True)
    idx_folder(bare / "all" / "mnist")
    monkeypatch.setenv("KERAS_DL_DATA", str(bare / "all"))
    with pytest.raises(DatasetError, match="must be the official file of mnist; its content is"):
        load("mnist")
    file = bare / "all" / "mnist" / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DatasetError, match="must be a whole gzip file"):
        check_content(file, "mnist", "0" * 64)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("./pest", r"must be a path that exists \(did you mean pets\?\)"),
        ("nowhere/mine.npz", "must be a path that exists. Received: dataset='nowhere/mine.npz'"),
        ("pets/cat/000.png", "must be four IDX files in a folder"),
    ],
)
def test_unusable_paths(bare, path, message):
    image_folder(bare / "pets", {"cat": 1})
    with pytest.raises(DatasetError, match=message):
        load(path)


def test_a_mirror_that_is_no_folder(monkeypatch):
    monkeypatch.setenv("KERAS_DL_DATA", "/nowhere")
    with pytest.raises(DatasetError, match="`KERAS_DL_DATA` must name a folder"):
        load("usps")


def test_describe_and_where(bare, monkeypatch):
    (bare / "all" / "mnist").mkdir(parents=True)
    (bare / "tfds" / "kmnist" / "3.0.1").mkdir(parents=True)
    (bare / "tfds" / "kmnist" / "3.0.1" / "dataset_info.json").touch()
    monkeypatch.setenv("KERAS_DL_DATA", str(bare / "all"))
    rows = {row["name"]: row["where"] for row in describe()}
    assert rows["digits"].startswith("embedded")
    assert rows["mnist"].startswith("mirror")
    assert rows["fashion_mnist"] == "download"
    assert rows["usps"] == "not available; expected at <KERAS_DL_DATA>/usps/usps.npz"
    assert rows["ptb"].endswith("<KERAS_DL_DATA>/text/ptb/ptb.train.txt.gz")
    assert rows["topics"].startswith("embedded in Python")
    assert rows["kmnist"].startswith("prepared")
    monkeypatch.setenv("KERAS_DL_OFFLINE", "1")
    assert {row["name"]: row["where"] for row in describe()}["cifar10"] == "not available"
    assert describe_locations()["KERAS_DL_DATA"] == str(bare / "all")
    assert all(row["licence"] and row["size"] for row in describe() if row["name"] != "kmnist")
