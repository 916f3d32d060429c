"""Weights of classes as sample weights, and weights of examples in arrays."""

import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from keras_dl.data.class_weights import apply_class_weight

X = np.arange(80, dtype="float32").reshape(40, 2)
Y = np.array(["cat"] * 30 + ["dog"] * 10)


def test_balanced_weights_sum_equally_and_average_one():
    data = apply_class_weight(load((X, Y)), "balanced")
    y, weight = data.train.y, data.train.sample_weight
    sums = [weight[y == c].sum() for c in (0, 1)]
    assert sums[0] == pytest.approx(sums[1], rel=1e-5)
    assert weight.mean() == pytest.approx(1)
    assert data.validation.sample_weight is None
    assert data.digest == load((X, Y)).digest


@pytest.mark.parametrize("stated", ["dog=3", "1=3", "cat=1, dog=3.0"])
def test_stated_weights_go_by_name_or_number(stated):
    train = apply_class_weight(load((X, Y)), stated).train
    np.testing.assert_array_equal(train.sample_weight, np.where(train.y == 1, 3, 1))


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("cow=3", "must name classes, cat, dog"),
        ("3", "must be balanced, or NAME=WEIGHT"),
        ("dog=-1", "finite weights of 0 or more"),
        ("cat=0,dog=0", "must have a weight above 0"),
        ("dog=x", "finite weights of 0 or more"),
        ("balance", "must be balanced, or NAME=WEIGHT.*Received: class_weight='balance'"),
    ],
)
def test_wrong_weights_are_refused(stated, message):
    with pytest.raises(DatasetError, match=message):
        apply_class_weight(load((X, Y)), stated)


def test_weights_need_classes():
    with pytest.raises(DatasetError, match="applies to one class per example"):
        apply_class_weight(load((X, X[:, 0] / 7)), "balanced")


WEIGHTS = np.linspace(1, 2, 40)


@pytest.mark.parametrize(
    "dataset",
    [
        (X, Y, WEIGHTS),
        {"x": X, "y": Y, "sample_weight": WEIGHTS},
        {"x_train": X, "y_train": Y, "sample_weight_train": WEIGHTS},
    ],
)
def test_weights_of_examples_follow_their_rows(dataset):
    data = load(dataset)
    for split in data.splits.values():
        np.testing.assert_allclose(split.sample_weight, WEIGHTS[(split.x[:, 0] / 2).astype(int)])
        assert split.sample_weight.dtype == np.float32
    assert data.digest != load((X, Y)).digest


def test_weights_of_one_split_stay_there():
    data = load(((X, Y, WEIGHTS), (X, Y)))
    assert data.test.sample_weight is None
    assert data.train.sample_weight is not None
    train = apply_class_weight(data, "dog=3").train
    np.testing.assert_allclose(train.sample_weight, data.train.sample_weight * (1 + 2 * train.y))


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ((X, Y, WEIGHTS[:-1]), "`sample_weight` must have one weight per example"),
        ((X, Y, -WEIGHTS), "`sample_weight` must be finite and 0 or more"),
        ({"x": X, "sample_weight": WEIGHTS}, "must have both x and y of train"),
    ],
)
def test_wrong_weights_of_examples_are_refused(dataset, message):
    with pytest.raises(DatasetError, match=message):
        load(dataset)
