import itertools

import numpy as np
import pytest

from keras_dl.data.domain_sampler import DomainSampler


def positions(sizes, seed=0, epoch=0, steps=None, batch_size=4):
    rows = DomainSampler(sizes).indices(seed, epoch, batch_size, steps)
    return rows, rows - np.cumsum((0, *sizes[:-1]))


@pytest.mark.parametrize("seed", range(60))
def test_each_domain_is_whole_and_no_row_holds_twins(seed):
    random = np.random.default_rng(seed)
    sizes = tuple(random.integers(6, 40, random.integers(1, 5)).tolist())
    if seed % 3 == 0:  # twins are most frequent in domains of equal size
        sizes = (sizes[0],) * len(sizes)
    epoch = seed % 7
    rows, inside = positions(sizes, seed, epoch)
    assert rows.shape == (max(sizes), len(sizes))
    assert rows.dtype == np.int32
    for column, size in enumerate(sizes):
        counts = np.bincount(inside[:, column], minlength=size)
        assert counts.size == size
        assert counts.max() - counts.min() <= 1  # a smaller domain repeats evenly
    for one, other in itertools.combinations(range(len(sizes)), 2):
        assert (inside[:, one] != inside[:, other]).all()


def test_domains_are_drawn_independently():
    _, inside = positions((5000, 5000))
    assert abs(np.corrcoef(inside.T)[0, 1]) < 0.05


def test_orders_depend_on_seed_and_epoch_alone():
    first, _ = positions((50, 20), seed=1, epoch=2)
    np.testing.assert_array_equal(first, positions((50, 20), seed=1, epoch=2)[0])
    for other in ({"seed": 1, "epoch": 3}, {"seed": 2, "epoch": 2}):
        assert (first != positions((50, 20), **other)[0]).any(axis=0).all()


def test_fewer_steps_give_the_beginning_of_the_same_epoch():
    np.testing.assert_array_equal(positions((50, 20), steps=3)[0], positions((50, 20))[0][:12])


def test_a_domain_of_one_example_repeats_it():
    rows, _ = positions((1, 3))
    np.testing.assert_array_equal(rows[:, 0], 0)
    assert sorted(rows[:, 1]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("sizes", "error", "message"),
    [
        ((), ValueError, "`sizes` must hold the size of at least one domain"),
        ((5, 0), ValueError, "`sizes` must be at least 1"),
        ((5, 1.5), TypeError, "`sizes` must be an integer"),
    ],
)
def test_bad_input_is_refused(sizes, error, message):
    with pytest.raises(error, match=message):
        DomainSampler(sizes)
