import numpy as np
import pytest
from PIL import Image

from keras_dl.data import load
from keras_dl.data.errors import DatasetError
from keras_dl.data.segmentation import load_segmentation, read_pictures
from keras_dl.data.specs import Images, Masks


def test_shapes():
    data = load_segmentation("shapes", batch_size=16, image_size=24)
    assert data.input_shape == (24, 32, 3)
    assert data.inputs == Images()
    assert data.targets.names == ("background", "disc", "square", "triangle")
    assert (data.num_classes, data.batch_size, data.name) == (4, 16, "shapes")
    assert [s.num_examples for s in (data.train, data.validation, data.test)] == [300, 50, 100]
    assert len(data.digest) == 64


def test_arrays_are_cut_the_same_in_every_run():
    random = np.random.default_rng(0)
    images = random.integers(256, size=(20, 4, 6, 1)).astype("uint8")
    masks = random.integers(3, size=(20, 4, 6))
    masks[:, 0] = 255
    data, again = load_segmentation((images, masks)), load_segmentation((images, masks))
    assert data.digest == again.digest
    assert [s.num_examples for s in (data.train, data.validation, data.test)] == [14, 2, 4]
    assert data.targets == Masks(("0", "1", "2"), ignore=255, colours=data.targets.colours)
    rows = np.concatenate([s.x for s in (data.train, data.validation, data.test)])
    assert sorted(row.tobytes() for row in rows) == sorted(row.tobytes() for row in images)


def test_folder_without_splits_is_cut(tmp_path):
    for index in range(10):
        for part, array in (("images", np.full((4, 6, 3), index)), ("masks", np.eye(4, 6))):
            (tmp_path / part).mkdir(exist_ok=True)
            Image.fromarray(array.astype("uint8")).save(tmp_path / part / f"{index}.png")
    data = load_segmentation(tmp_path)
    assert [s.num_examples for s in (data.train, data.validation, data.test)] == [7, 1, 2]
    assert load_segmentation(str(tmp_path)).digest == data.digest


def test_data_pass_through_with_the_batch_size():
    data = load_segmentation("shapes", image_size=12)
    again = load_segmentation(data, batch_size=3)
    assert (again.digest, again.batch_size) == (data.digest, 3)


@pytest.mark.parametrize(
    ("dataset", "options", "message"),
    [
        (
            "nowhere",
            {},
            "must be camvid, .*, threads or the path.*Received: dataset='nowhere'",
        ),
        ("shapes", {"image_size": 0}, "`image_size` must be a whole number above 0"),
        ("shapes", {"batch_size": 0}, "`batch_size` must be a whole number above 0"),
        ((np.zeros((3, 4, 4, 3)), np.zeros((3, 4, 4), int)), {}, r"images \(n, height, width"),
    ],
)
def test_bad_input_is_refused(dataset, options, message):
    with pytest.raises(DatasetError, match=message):
        load_segmentation(dataset, **options)


def test_data_of_other_targets_are_refused():
    with pytest.raises(DatasetError, match="must have masks as targets. Received: digits"):
        load_segmentation(load("digits"))


def test_pictures_keep_their_size(tmp_path):
    for name, size in (("a.png", (5, 3)), ("b.png", (2, 7))):
        Image.new("RGB", size, (10, 20, 30)).save(tmp_path / name)
    read = dict(read_pictures([str(tmp_path), str(tmp_path / "a.png")], 3))
    assert {name: image.shape for name, image in read.items()} == {
        str(tmp_path / "a.png"): (3, 5, 3),
        str(tmp_path / "b.png"): (7, 2, 3),
    }
    assert next(read_pictures([str(tmp_path / "b.png")], 1))[1].shape == (7, 2, 1)
    with pytest.raises(DatasetError, match="`inputs` must exist"):
        list(read_pictures([str(tmp_path / "c.png")], 3))
