"""Folds of small sets: complete, disjoint, by class, without the test set."""

import dataclasses

import numpy as np
import pytest

from keras_dl.data import Classes, Data, Features, Masks, Split, Values, load
from keras_dl.data.few_labels import with_labels
from keras_dl.data.folds import Fold, check_folds, fold_data

COUNTS = (20, 11, 6)  # of train and validation


def points(targets=None, weights=False):
    y = np.repeat(np.arange(3), COUNTS)
    y = np.random.default_rng(0).permutation(y)
    x = np.arange(len(y), dtype="float32")[:, None]
    if isinstance(targets, Values):
        y = x[:, 0] / 2
    weight = x[:30, 0] if weights else None
    splits = {
        "train": Split(x[:30], y[:30], weight),
        "validation": Split(x[30:], y[30:]),
        "test": Split(x[:5] + 1000, y[:5]),
    }
    targets = targets or Classes(("a", "b", "c"))
    return Data.from_splits("points", splits, inputs=Features(), targets=targets)


def all_folds(data, folds=4, seed=0):
    return [fold_data(data, Fold(number, folds), seed) for number in range(folds)]


@pytest.mark.parametrize("targets", [None, Values()])
def test_each_example_is_held_out_once_and_the_test_set_never_seen(targets):
    data = points(targets)
    held = []
    for part in all_folds(data):
        sets = [set(split.x[:, 0]) for split in part.splits.values()]
        assert set.union(*sets) == set(range(37))
        assert sum(map(len, sets)) == 37
        assert part.validation.num_examples == pytest.approx(7 / 37 * 28, abs=2)
        held += list(part.test.x[:, 0])
    assert sorted(held) == list(range(37))


def test_folds_that_validate_leave_the_test_set_as_it_is():
    data, held = points(), []
    for number in range(4):
        part = fold_data(data, Fold(number, 4, "validation"), 0)
        np.testing.assert_array_equal(part.test.x, data.test.x)
        train, validation = set(part.train.x[:, 0]), set(part.validation.x[:, 0])
        assert (train | validation, train & validation) == (set(range(37)), set())
        np.testing.assert_array_equal(part.validation.x, all_folds(data)[number].test.x)
        held += list(validation)
    assert sorted(held) == list(range(37))


def test_folds_have_each_class_in_its_share_and_targets_stay_with_their_inputs():
    data = points()
    y = np.concatenate([data.train.y, data.validation.y])
    for part in all_folds(data):
        for split in part.splits.values():
            np.testing.assert_array_equal(split.y, y[split.x[:, 0].astype(int)])
        counts = np.bincount(part.test.y, minlength=3)
        assert all(abs(n - whole / 4) < 1 for n, whole in zip(counts, COUNTS, strict=True))


def test_folds_depend_on_the_seed_alone():
    data = points()
    one, same, other = (fold_data(data, Fold(0, 4), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.test.x, same.test.x)
    assert one.test.x.tolist() != other.test.x.tolist()
    digests = {part.digest for part in [data, *all_folds(data), other]}
    assert len(digests) == 6  # models that hold statistics of train are not shared


def test_weights_stay_with_their_examples():
    part = fold_data(points(weights=True), Fold(1, 4), 0)
    for split in part.splits.values():
        number = split.x[:, 0]
        np.testing.assert_array_equal(split.sample_weight, np.where(number < 30, number, 1.0))


def masks():
    x = np.zeros((10, 4, 4, 1), "uint8")
    split = Split(x, x[..., 0].astype("int32"))
    splits = dict.fromkeys(("train", "validation", "test"), split)
    return Data.from_splits("masks", splits, inputs=Features(), targets=Masks(("a", "b")))


def unlabelled():
    data = points()
    y = np.where(data.train.y == 0, -1, data.train.y)
    return dataclasses.replace(data, train=Split(data.train.x, y))


@pytest.mark.parametrize(
    ("data", "folds", "rule"),
    [
        (points, 7, "smallest class in train and validation, 6 of c. Received: folds=7"),
        (lambda: points(Values()), 38, "at most the 37 examples of train and validation"),
        (masks, 3, "one class or number for each example. Received: folds=3, targets Masks"),
        (unlabelled, 3, "left out where examples have no label"),
        (lambda: with_labels(load("digits"), 100), 3, "drawn by a sampler"),
    ],
)
def test_data_without_folds_are_refused(data, folds, rule):
    with pytest.raises(ValueError, match="^`folds` must ") as caught:
        check_folds(data(), folds)
    assert rule in str(caught.value)
