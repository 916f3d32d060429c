import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from keras_dl.data.mnist_m import mnist_m
from keras_dl.data.two_domains import adaptation, two_domains


@pytest.fixture(scope="module")
def digits():
    return load("digits", at_least=28)


@pytest.fixture(scope="module")
def target(digits):
    return mnist_m(digits)


def test_two_domains_become_one_set_without_the_target_s_labels(digits, target):
    data = adaptation(digits, target)
    n = len(digits.train.y)
    np.testing.assert_array_equal(data.train.x[:n], np.repeat(digits.train.x, 3, axis=-1))
    np.testing.assert_array_equal(data.train.x[n:], target.train.x)
    np.testing.assert_array_equal(data.train.y[:n], digits.train.y)
    assert (data.train.y[n:] == -1).all()
    np.testing.assert_array_equal(data.validation.y, digits.validation.y)
    np.testing.assert_array_equal(data.validation.x[..., 0], digits.validation.x[..., 0])
    np.testing.assert_array_equal(data.test.x, target.test.x)
    np.testing.assert_array_equal(data.extras["source_test"].y, digits.test.y)
    assert data.name == "digits_to_digits_m"
    assert data.digest not in (digits.digest, target.digest)


def test_bound_learns_from_the_target_with_its_labels(digits, target):
    data = adaptation(digits, target, bound=True)
    np.testing.assert_array_equal(data.train.y, digits.train.y)
    np.testing.assert_array_equal(data.train.x, target.train.x)
    np.testing.assert_array_equal(data.validation.x, target.validation.x)
    np.testing.assert_array_equal(data.test.x, target.test.x)


def test_domains_by_name(digits, target):
    blended = two_domains("digits")
    assert blended.digest == two_domains("digits", "digits_m").digest
    assert blended.digest == adaptation(digits, target).digest
    same = two_domains("digits", "digits", image_size=16, batch_size=32)
    assert same.input_shape == (16, 16, 1)
    assert same.batch_size == 32


def test_domains_that_do_not_fit_are_refused(digits):
    with pytest.raises(DatasetError, match="same classes and image size"):
        adaptation(digits, load("digits"))
    with pytest.raises(DatasetError, match="must hold images"):
        two_domains("iris")
    with pytest.raises(DatasetError, match="a table has no height"):
        two_domains("digits", "iris")
