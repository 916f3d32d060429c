import numpy as np
import pytest

from keras_dl.data import DatasetError, load
from keras_dl.data.moments import HalfLabelled, image_moments, with_moments


def test_moments_of_shapes():
    images = np.zeros((4, 10, 20, 1), "uint8")
    images[0, 2:8, 10] = 255  # upright
    images[1, 5, 2:12] = 255  # lying
    for i in range(8):
        images[2, 1 + i, 4 + i] = 100  # falling to the right: slant 1
    ink, height, width, slant = image_moments(images).T
    np.testing.assert_allclose(ink, [6 / 200, 10 / 200, 8 * 100 / 255 / 200, 0], rtol=1e-5)
    np.testing.assert_allclose(height[:2], [np.std(np.arange(6)) / 10, 0], atol=1e-6)
    np.testing.assert_allclose(width[:2], [0, np.std(np.arange(10)) / 20], atol=1e-6)
    np.testing.assert_allclose(slant, [0, 0, 1, 0], atol=1e-5)


def test_some_training_examples_have_a_class():
    digits = load("digits", batch_size=32)
    data = with_moments(digits, 100)
    assert (data.train.y["class"] >= 0).sum() == 100
    np.testing.assert_array_equal(data.test.y["class"], digits.test.y)
    np.testing.assert_allclose(data.train.y["moments"].mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(data.train.y["moments"].std(axis=0), 1, atol=1e-4)
    rows = data.sampler("train").indices(0, 0, 32, None)
    assert len(rows) == digits.train.num_examples
    for batch in np.array_split(rows[: 32 * 40], 40):
        assert (data.train.y["class"][batch[:16]] >= 0).all()
    assert "100 of" in str(data.summary())
    everything = with_moments(digits, None)
    np.testing.assert_array_equal(everything.train.y["class"], digits.train.y)


def test_order_depends_on_seed_and_epoch_alone():
    sampler = HalfLabelled(np.array([3, 1, 7]), 20)
    first = sampler.indices(0, 0, 5, None)
    np.testing.assert_array_equal(first, sampler.indices(0, 0, 5, None))
    assert not np.array_equal(first, sampler.indices(0, 1, 5, None))
    np.testing.assert_array_equal(first[:10], sampler.indices(0, 0, 5, 2))
    known = np.arange(20) % 5 < 3
    assert set(first[known]) == {1, 3, 7}


def test_what_has_no_moments_is_refused():
    with pytest.raises(DatasetError, match="must hold images. Received: iris"):
        with_moments(load("iris"), None)
    with pytest.raises(ValueError, match="labels=5"):
        with_moments(load("digits"), 5)
