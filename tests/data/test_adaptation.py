from dataclasses import replace

import numpy as np
import pytest

from keras_dl.data import DatasetError, Images, Split, load
from keras_dl.data.adaptation import join_domains, load_domains
from keras_dl.data.images.mnist_m import mnist_m
from keras_dl.data.images.pairs import with_outlines


@pytest.fixture(scope="module")
def digits():
    return load("digits", at_least=28)


@pytest.fixture(scope="module")
def target(digits):
    return mnist_m(digits, photos="embedded")


def test_rows_hold_an_example_of_each_domain_and_never_its_twin(digits, target):
    data = join_domains([digits], target)
    n = digits.train.num_examples
    np.testing.assert_array_equal(data.train.x[:n], np.repeat(digits.train.x, 3, axis=-1))
    np.testing.assert_array_equal(data.train.x[n:], target.train.x)
    np.testing.assert_array_equal(data.train.y[:n], digits.train.y)
    assert (data.train.y[n:] == -1).all()
    for epoch in range(3):
        rows = data.sampler("train").indices(0, epoch, 64, None)
        assert rows.shape == (n, 2)
        for column, first in enumerate((0, n)):
            np.testing.assert_array_equal(np.sort(rows[:, column]), first + np.arange(n))
        assert (rows[:, 1] - n != rows[:, 0]).all()
    assert data.input_shape == (28, 28, 3)
    assert data.name == "digits_to_digits_two_photos"
    assert data.digest not in (digits.digest, target.digest)


def test_labels_of_the_target_are_in_its_test_alone(digits, target):
    for train_on in ("both", "source"):
        data = join_domains([digits], target, train_on=train_on)
        n = len(digits.validation.y)
        np.testing.assert_array_equal(data.validation.y[:n], digits.validation.y)
        np.testing.assert_array_equal(data.validation.x[:n, ..., 0], digits.validation.x[..., 0])
        np.testing.assert_array_equal(data.validation.x[n:], target.validation.x)
        assert (data.validation.y[n:] == -1).all()
        np.testing.assert_array_equal(data.test.y, target.test.y)
        np.testing.assert_array_equal(data.test.x, target.test.x)
        np.testing.assert_array_equal(data.extras["source_test"].y, digits.test.y)


def test_inputs_have_the_unit_of_the_target(digits):
    fine = replace(digits, inputs=Images(white=1.0))
    assert join_domains([digits], fine).inputs.white == 1
    assert mnist_m(fine, photos="embedded").inputs.white == 255
    assert with_outlines(fine).inputs.white == 255


def test_smaller_domains_begin_anew(digits, target):
    short = replace(target, train=Split(target.train.x[:7], target.train.y[:7]))
    rows = join_domains([digits], short).sampler("train").indices(0, 0, 64, None)
    assert len(rows) == digits.train.num_examples
    np.testing.assert_array_equal(np.sort(rows[:7, 1]), digits.train.num_examples + np.arange(7))


def test_rows_hold_one_example_of_each_source(digits, target):
    data = join_domains([digits, digits], target)
    n = len(digits.train.y)
    assert data.sampler("train").indices(0, 0, 64, None).shape == (n, 3)
    assert data.extras["domains"] == 3
    assert data.name == "digits+digits_to_digits_two_photos"
    alone = join_domains([digits, digits], target, train_on="source")
    np.testing.assert_array_equal(alone.train.y, np.tile(digits.train.y, 2))
    np.testing.assert_array_equal(alone.train.x[n:, ..., 0], digits.train.x[..., 0])
    assert alone.sampler("train").indices(0, 0, 64, None).shape == (2 * n,)
    assert load_domains("digits+digits", "digits_two_photos").digest == data.digest


def test_bound_learns_from_the_target_with_its_labels(digits, target):
    data = join_domains([digits], target, train_on="target")
    np.testing.assert_array_equal(data.train.y, target.train.y)
    np.testing.assert_array_equal(data.train.x, target.train.x)
    np.testing.assert_array_equal(data.validation.x, target.validation.x)
    np.testing.assert_array_equal(data.test.x, target.test.x)


def test_domains_by_name(digits, target):
    blended = load_domains("digits")
    assert blended.digest == load_domains("digits", "digits_two_photos").digest
    assert blended.digest == join_domains([digits], target).digest
    same = load_domains("digits", "digits", image_size=16, batch_size=32)
    assert same.input_shape == (16, 16, 1)
    assert same.batch_size == 32


def test_a_source_may_be_arrays_or_a_path_with_a_plus(tmp_path):
    x = np.zeros((60, 28, 28), np.uint8)
    x[np.arange(60), np.arange(60) % 28] = 255
    y = np.arange(60) % 3
    path = tmp_path / "a+b.npz"
    np.savez(path, x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    for dataset in (((x, y), (x[:9], y[:9])), str(path)):
        data = load_domains(dataset)
        assert data.input_shape == (28, 28, 3)
        assert data.extras["domains"] == 2


def test_domains_that_do_not_fit_are_refused(digits):
    with pytest.raises(DatasetError, match="same classes and image size"):
        join_domains([digits], load("digits"))
    with pytest.raises(DatasetError, match="must hold images"):
        load_domains("iris")
    with pytest.raises(DatasetError, match="a table has no height"):
        load_domains("digits", "iris")
    with pytest.raises(ValueError, match="`train_on` must be one of both, source, target"):
        join_domains([digits], digits, train_on="all")
