import numpy as np
import pytest

from keras_dl.data import load
from keras_dl.data.environments import colour_groups, coloured_environments, swap_colours
from keras_dl.data.errors import DatasetError


@pytest.fixture(scope="module")
def made():
    """Environments of 12,000 images whose first pixel tells the shape's label."""
    random = np.random.default_rng(0)
    y = random.integers(0, 10, 14_000)
    x = random.integers(1, 256, (len(y), 4, 4, 1), dtype="uint8")
    x[:, 0, 0, 0] = np.where(y < 5, 255, 1)
    return coloured_environments(load((x, y, x[:2000], y[:2000])), draw=3)


def shape_label(split):
    return (split.x[:, 0, 0].max(axis=-1) == 255).astype(int)


def test_labels_are_false_for_a_quarter(made):
    for split in (made.train, made.validation, made.test):
        assert np.mean(shape_label(split) != split.y) == pytest.approx(0.25, abs=0.03)


def test_colours_contradict_the_label_as_often_as_stated(made):
    half = len(made.train.y) // 2
    parts = {
        0.2: made.train.take(slice(None, half)),
        0.1: made.train.take(slice(half, None)),
        0.9: made.test,
    }
    for flips, split in parts.items():
        red = colour_groups(split) % 2
        assert np.mean(red != split.y) == pytest.approx(flips, abs=0.025)


def test_rows_hold_one_example_of_each_environment(made):
    half = len(made.train.y) // 2
    rows = made.sampler("train").indices(0, 0, 100, None)
    assert rows.shape == (half, 2)
    assert (rows[:, 0] < half).all()
    assert (rows[:, 1] >= half).all()


def test_images_are_subsampled_and_have_one_colour(made):
    assert made.test.x.shape[1:] == (2, 2, 3)
    assert not made.test.x[..., 2].any()
    assert not (made.test.x[..., 0].any(axis=(1, 2)) & made.test.x[..., 1].any(axis=(1, 2))).any()
    np.testing.assert_array_equal(colour_groups(made.test) // 2, made.test.y)
    swapped = swap_colours(made.test.x)
    np.testing.assert_array_equal(swapped[..., 0], made.test.x[..., 1])


def test_names_tell_the_halves_and_draws_differ(made):
    assert made.class_names == ("5 to 9", "0 to 4")
    digits = load("digits", image_size=8)
    one, two = (coloured_environments(digits, draw=d) for d in (0, 1))
    assert one.digest != two.digest
    assert one.digest == coloured_environments(digits, draw=0).digest


def test_tables_are_refused():
    with pytest.raises(DatasetError, match="`dataset` must hold images"):
        coloured_environments(load("iris"))
