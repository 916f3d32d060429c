import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.splitting import split_indices


def test_parts_are_disjoint_complete_and_ascending():
    y = np.arange(100) % 7
    rest, drawn = split_indices(y, 0.2, stratified=True)
    assert sorted([*rest, *drawn]) == list(range(100))
    assert (np.diff(rest) > 0).all()
    assert (np.diff(drawn) > 0).all()


def test_each_class_gives_its_share():
    y = np.repeat([0, 1, 2], [100, 50, 2])
    _, drawn = split_indices(y, 0.1, stratified=True)
    assert np.bincount(y[drawn]).tolist() == [10, 5, 1]


def test_a_class_with_one_example_stays_in_train():
    y = np.array([0] * 10 + [1])
    rest, drawn = split_indices(y, 0.2, stratified=True)
    assert 10 in rest
    assert len(drawn) == 2


def test_no_class_loses_its_last_example():
    with pytest.raises(DatasetError, match="at least 3, one each for train, validation and test"):
        split_indices(np.arange(10), 0.2, stratified=True)


def test_regression_is_cut_plainly_and_the_same_every_time():
    y = np.linspace(0, 1, 50)
    first, again = split_indices(y, 0.1, stratified=False), split_indices(y, 0.1, stratified=False)
    assert len(first[1]) == 5
    assert (first[1] == again[1]).all()


def test_the_cut_is_pinned():
    # Changing the seed or the generator would silently change every reported score.
    assert split_indices(np.arange(20) % 2, 0.2, stratified=True)[1].tolist() == PINNED


PINNED = [5, 10, 16, 19]
