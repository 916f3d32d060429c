import numpy as np
import pytest

from keras_dl.data import Split, load
from keras_dl.data.toys import (
    CURVES,
    LETTERS,
    TABLES,
    curve,
    letters,
    shift_images,
    subsample,
    truth_table,
)

RULES = {
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "nand": lambda a, b: not (a and b),
    "nor": lambda a, b: not (a or b),
    "xor": lambda a, b: a != b,
    "not": lambda a: not a,
}


@pytest.mark.parametrize("gate", TABLES)
def test_truth_tables_are_those_of_the_operators(gate):
    train = truth_table(gate).train
    x, y = train.x, train.y
    assert [bool(RULES[gate](*map(bool, row))) for row in x] == y.astype(bool).tolist()
    assert len(np.unique(x, axis=0)) == 2 ** x.shape[1]


def test_letters_are_once_at_each_position():
    data = letters(image_size=6, repeats=3)
    images = np.concatenate([s.x for s in (data.train, data.validation, data.test)])[..., 0]
    assert images.shape == (8 * (3 + 15), 6, 6)
    assert set(images.sum(axis=(1, 2)).tolist()) == {5 * 255}
    assert len(np.unique(images, axis=0)) == 2 * 4 * 16
    assert len(np.unique(data.train.x, axis=0)) == 8


def test_letters_are_alike_in_size_and_in_the_number_of_touching_squares():
    """No single square gives them away: the shape alone identifies the letter."""
    for letter in LETTERS.values():
        touching = (letter[1:] & letter[:-1]).sum() + (letter[:, 1:] & letter[:, :-1]).sum()
        assert (letter.sum(), touching) == (5, 4)


@pytest.mark.parametrize("name", CURVES)
def test_curves_are_continuous_and_sampled_apart(name):
    data = curve(name, points=50)
    assert np.abs(np.diff(data.test.y[:, 0])).max() < 0.01  # 2,001 points
    assert not set(data.train.x[:, 0]) & set(data.validation.x[:, 0])
    assert (data.train.x.min(), data.train.x.max()) == (0, 1)


def examples(split):
    return [(x.tobytes(), y) for x, y in zip(split.x, split.y, strict=True)]


def test_a_few_examples_are_drawn_once_and_keep_their_labels():
    whole = load("digits")
    data = subsample(whole, (30, 10, 20), seed=1)
    labels = dict(examples(whole.train) + examples(whole.validation))
    splits = (data.train, data.validation, data.test)
    drawn = [pair for split in splits for pair in examples(split)]
    assert [split.num_examples for split in splits] == [30, 10, 20]
    assert len({x for x, _ in drawn}) == 60
    assert all(labels[x] == y for x, y in drawn)
    assert subsample(whole, (30, 10, 20), seed=1).digest == data.digest
    assert subsample(whole, (30, 10, 20), seed=2).digest != data.digest
    assert len(data.extras["test"].x) == len(whole.test.x)


def test_shifted_images_are_narrower_and_at_all_positions():
    digits = subsample(load("digits", image_size=16), (40, 10, 10))
    shifted = shift_images(digits, 4, seed=0)
    filled = shifted.train.x.max(axis=(1, 3)) > 0  # (digits, columns)
    left, right = filled.argmax(axis=1), filled[:, ::-1].argmax(axis=1)
    assert (left + right >= 3).all()
    assert len(set(left.tolist())) > 1
    np.testing.assert_array_equal(shifted.train.y, digits.train.y)
    assert shifted.extras["test"].x.shape == digits.extras["test"].x.shape
    assert shift_images(digits, 4, seed=0).digest == shifted.digest
    assert shift_images(digits, 1).digest == digits.digest


def test_shifted_images_keep_other_extras_and_weights():
    digits = subsample(load("digits", image_size=16), (8, 2, 2))
    weights = np.arange(8, dtype="float32")
    digits = digits.with_splits(
        {"train": Split(digits.train.x, digits.train.y, weights)},
        extras={**digits.extras, "domains": 2, "names": ("a", "b")},
    )
    shifted = shift_images(digits, 4)
    assert shifted.extras.keys() == digits.extras.keys()
    assert (shifted.extras["domains"], shifted.extras["names"]) == (2, ("a", "b"))
    assert not np.array_equal(shifted.extras["test"].x, digits.extras["test"].x)
    np.testing.assert_array_equal(shifted.train.sample_weight, weights)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: truth_table("nxor"), "`gate` must be one of and, or"),
        (lambda: letters(image_size=4), "`image_size` must be at least 5"),
        (lambda: letters(repeats=0), "`repeats` must be at least 1"),
        (lambda: curve("cosine"), "`name` must be one of sine"),
        (lambda: curve("sine", points=1), "`points` must be at least 2"),
        (lambda: shift_images(load("digits"), 8), "`positions` must lie in 1 … 7"),
        (lambda: subsample(load("iris"), (200, 1, 1)), "`counts` must not exceed the 120 examples"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
