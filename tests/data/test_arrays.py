import numpy as np
import pytest

from keras_dl.data import Data, DatasetError, Features, load
from tests.data.writers import arrays


def forms():
    (x, y), (u, v) = arrays(), arrays(8)
    return {
        "four": (x, y, u, v),
        "pairs": ((x, y), (u, v)),
        "dict": {"x_train": x, "y_train": y, "x_test": u, "y_test": v},
    }


@pytest.mark.parametrize("form", ["four", "pairs", "dict"])
def test_forms_with_a_test_split_agree(form):
    data = load(forms()[form], batch_size=16)
    assert isinstance(data, Data)
    assert data.input_shape == (6, 5, 1)
    assert data.class_names == ("0", "1", "2", "3")
    assert (len(data.train.x), len(data.validation.x), len(data.test.x)) == (36, 4, 8)
    assert data.batch_size == 16
    assert data.digest == load(forms()["four"]).digest


def test_a_pair_gives_a_fifth_to_test_and_a_tenth_of_the_rest_to_validation():
    data = load(arrays(200))
    assert (len(data.train.x), len(data.validation.x), len(data.test.x)) == (144, 16, 40)
    for split in (data.train, data.validation, data.test):
        assert (np.bincount(split.y) == len(split.y) // 4).all()
        assert split.x.dtype == np.uint8
        assert split.y.dtype == np.int32


def test_validation_split_of_the_arrays_is_used():
    x, y = arrays()
    mapping = {"x_train": x, "y_train": y, "x_validation": x[:4], "y_validation": y[:4]}
    data = load(mapping | {"x_test": x[:8], "y_test": y[:8]})
    np.testing.assert_array_equal(data.validation.x[..., 0], x[:4])
    assert len(data.train.x) == 40


def test_features_become_a_table():
    x = np.random.default_rng(0).normal(size=(60, 3))
    data = load((x, np.arange(60) % 3))
    assert data.inputs == Features()
    assert data.train.x.dtype == np.float32
    assert load((x, x[:, 0])).num_classes == 0
    assert load((x, x[:, :2])).train.y.shape[1:] == (2,)


def test_data_is_taken_again():
    data = load(arrays())
    again = load(data, batch_size=7)
    assert again.batch_size == 7
    assert again.digest == data.digest
    larger = load(data, image_size=12)
    assert larger.input_shape == (12, 12, 1)
    assert larger.digest != data.digest
    assert load(data, at_least=10).input_shape == (12, 10, 1)


def test_splits_of_various_sizes_are_brought_to_one():
    assert load((X, Y, X[:, :3], Y)).input_shape == (32, 32, 1)


def test_lists_are_arrays():
    assert load(([[0.0], [1.0]] * 10, [0, 1] * 10)).input_shape == (1,)


X, Y = arrays()
TABLE = np.ones((20, 3))


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        (None, "`dataset` must be a name, a path, .* Received: NoneType"),
        ((X, Y, X, Y, X), "Received: tuple of length 5"),
        ((X, Y[:-1]), "one row per example. Received: 40 examples and 39 targets"),
        ((X[:0], Y[:0]), "at least one example"),
        ((X, np.zeros(40)), "at least two classes"),
        ((X[:2], Y[:2]), "at least 3, one each for train"),
        ((X, Y, np.stack([X] * 3, -1), Y), "must have the same features in all splits"),
        ((X, Y, X, Y + 1), "only classes of `y_train`"),
        ((X.ravel(), np.resize(Y, X.size)), r"must have rank 2 \(features\) in all splits"),
        ({"x": X, "labels": Y}, r"keys x_train.*Received: keys \['labels'\]"),
        ({"x_train": X, "y_train": Y, "x_test": X}, "both x and y of test. Received: only x_test"),
        ((np.where(TABLE, np.nan, 0), Y[:20]), "finite in float32; .* Received: 60 NaN or inf"),
        ((np.full((20, 2), "red"), Y[:20]), "encode text as numbers first"),
        (([[1], [1, 2]], [0, 1]), "one regular array"),
    ],
)
def test_unusable_arrays(dataset, message):
    with pytest.raises(DatasetError, match=message):
        load(dataset)


@pytest.mark.parametrize("name", ["batch_size", "image_size", "at_least"])
@pytest.mark.parametrize("value", [0, -3, 2.5, "8"])
def test_sizes_are_whole_numbers(name, value):
    with pytest.raises(DatasetError, match=f"`{name}` must be a whole number above 0. Received"):
        load((X, Y), **{name: value})


def test_a_table_cannot_be_resized():
    with pytest.raises(DatasetError, match="must hold images for this network"):
        load((TABLE, Y[:20]), at_least=28)


def test_npz(tmp_path):
    np.savez(tmp_path / "mine.npz", x=X, y=np.array(["ab"])[Y * 0])
    with pytest.raises(DatasetError, match="at least two classes"):
        load(tmp_path / "mine.npz")
    np.savez(tmp_path / "mine.npz", **forms()["dict"])
    data = load(str(tmp_path / "mine.npz"))
    assert data.name == "mine"
    assert data.digest == load(forms()["four"]).digest


def test_npz_with_other_keys(tmp_path):
    np.savez(tmp_path / "mine.npz", images=X, labels=Y)
    with pytest.raises(DatasetError, match=r"Received: keys \['images', 'labels'\] in .*mine.npz"):
        load(tmp_path / "mine.npz")


def test_npz_with_objects_is_refused(tmp_path):
    np.savez(tmp_path / "mine.npz", x=np.array([{}, None]), y=Y)
    with pytest.raises(DatasetError, match="it holds pickled Python objects"):
        load(tmp_path / "mine.npz")


@pytest.mark.parametrize("keep", [10, 200, 900])
def test_npz_cut_short(tmp_path, keep):
    np.savez(tmp_path / "mine.npz", x=X, y=Y)
    content = (tmp_path / "mine.npz").read_bytes()
    (tmp_path / "mine.npz").write_bytes(content[:keep])
    with pytest.raises(DatasetError, match="must be a whole .npz file of plain"):
        load(tmp_path / "mine.npz")


@pytest.mark.parametrize("name", ["val", "valid", "dev", "VAL", "validation"])
def test_names_of_the_validation_split(name):
    data = load({"x_train": X, "y_train": Y, f"x_{name}": X[:8], f"y_{name}": Y[:8]})
    assert (len(data.train.y), len(data.validation.y), len(data.test.y)) == (32, 8, 8)


def test_keys_in_capitals():
    assert len(load({"x_train": X, "y_train": Y, "X_test": X, "Y_test": Y}).test.y) == 40


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"x_extra": X, "y_extra": Y}, r"no others. Received: keys \['x_extra', 'y_extra'\]"),
        ({"names": Y}, r"Received: keys \['names'\]"),
        ({"x": X, "y": Y}, "one x for train. Received: keys x_train and x"),
        ({"x_val": X, "x_dev": X}, "one x for validation. Received: keys x_val and x_dev"),
    ],
)
def test_no_key_is_ignored(more, message):
    with pytest.raises(DatasetError, match=message):
        load({"x_train": X, "y_train": Y, **more})


@pytest.mark.parametrize("classes", [3, 10])
def test_small_sets_say_how_many_examples_a_class_needs(classes):
    x = np.random.default_rng(0).integers(0, 256, (2 * classes, 8, 8)).astype(np.uint8)
    with pytest.raises(DatasetError, match="of a class: at least 3, one each for train"):
        load((x, np.repeat(np.arange(classes), 2)))


def test_small_classes_remain_in_train():
    y = np.array([0] * 10 + [1] * 2 + [2])
    data = load((X[:13], y))
    assert set(data.train.y) == {0, 1, 2}
    assert data.reading.notices == [
        "2 of 3 classes have no example in validation: 1, 2.",
        "1 of 3 classes has no example in test: 2.",
    ]


def test_images_of_one_colour_are_noticed():
    x = np.repeat(np.arange(40, dtype=np.uint8) * 6, 30).reshape(40, 6, 5)
    assert "40 of 40 images are of one colour" in load((x, Y)).reading.notices[0]


def test_weights_of_zero_alone_are_refused():
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    with pytest.raises(DatasetError, match="`sample_weight` must have a weight above 0"):
        load((x, y, np.zeros(40)))
