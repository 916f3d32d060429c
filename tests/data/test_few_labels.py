import numpy as np
import pytest

from keras_dl.data import load
from keras_dl.data.few_labels import LabelledRows, balanced_rows, with_labels

LABELS = np.random.default_rng(0).integers(0, 4, 400)


@pytest.mark.parametrize("count", [4, 10, 100])
def test_classes_have_equal_parts(count):
    rows = balanced_rows(LABELS, count)
    assert len(set(rows)) == count
    parts = np.bincount(LABELS[rows], minlength=4)
    assert parts.max() - parts.min() <= 1


def test_fewer_labels_are_a_part_of_more():
    np.testing.assert_array_equal(balanced_rows(LABELS, 10), balanced_rows(LABELS, 50)[:10])


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="between the 4 classes and the 400 training examples"):
        balanced_rows(LABELS, 3)
    with pytest.raises(ValueError, match="labels=401"):
        balanced_rows(LABELS, 401)


def test_an_epoch_repeats_the_rows_equally_often():
    sampler = LabelledRows([3, 5, 9])
    rows = sampler.indices(0, 0, 10, None)
    assert len(rows) == sampler.num_examples == 2001
    assert rows.dtype == np.int32
    assert {row: int((rows == row).sum()) for row in (3, 5, 9)} == {3: 667, 5: 667, 9: 667}
    np.testing.assert_array_equal(sampler.indices(0, 0, 10, 7), rows[:70])
    assert (sampler.indices(0, 1, 10, None) != rows).any()


def test_many_rows_are_met_once():
    rows = LabelledRows(np.arange(5000)).indices(0, 0, 1, None)
    np.testing.assert_array_equal(np.sort(rows), np.arange(5000))


def test_the_split_stays_whole():
    digits = load("digits")
    few = with_labels(digits, 50)
    assert few.train.num_examples == digits.train.num_examples
    rows = few.sampler("train").indices(0, 0, 10, None)
    assert len(set(rows)) == 50
    assert (np.bincount(few.train.y[np.unique(rows)]) == 5).all()
