import numpy as np
import pytest

from keras_dl.data.few_shot import Episodes

LABELS = np.repeat(np.arange(10), [5, 6, 7, 8, 9, 5, 6, 7, 8, 9])


def sampler(**changes):
    return Episodes(LABELS, **{"way": 4, "shot": 2, "query": 3, "episodes": 50, **changes})


@pytest.mark.parametrize("seed", range(3))
def test_classes_and_examples_are_distinct(seed):
    rows = sampler().indices(seed, 0, 1, None)
    assert rows.shape == (50, 4, 5)
    assert rows.dtype == np.int32
    labels = LABELS[rows]
    assert (labels == labels[..., :1]).all()
    assert all(len(set(episode[:, 0])) == 4 for episode in labels)
    assert all(len(set(r)) == 5 for r in rows.reshape(-1, 5))


def test_episodes_follow_from_seed_and_epoch():
    first = sampler().indices(3, 7, 2, None)
    np.testing.assert_array_equal(sampler().indices(3, 7, 2, None), first)
    assert (sampler().indices(3, 8, 2, None) != first).any()
    assert (sampler().indices(4, 7, 2, None) != first).any()


def test_fewer_steps_give_the_beginning_of_the_epoch():
    whole = sampler().indices(0, 0, 4, None)
    np.testing.assert_array_equal(sampler().indices(0, 0, 4, steps=3), whole[:12])
    assert len(sampler().indices(0, 0, 4, steps=100)) == sampler().num_examples == 50


def test_all_classes_and_examples_occur():
    rows = sampler(episodes=300).indices(0, 0, 1, None)
    assert set(rows.ravel()) == set(range(len(LABELS)))
    share = np.bincount(LABELS[rows[:, :, 0]].ravel(), minlength=10) / (300 * 4)
    assert np.abs(share - 0.1).max() < 0.03


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"way": 11}, "`way` must not exceed the 10 classes of 'train'"),
        ({"way": 1}, "`way` must be at least 2"),
        ({"shot": 3}, "`shot` \\+ `query` must not exceed the 5 examples"),
        ({"query": 0}, "`query` must be at least 1"),
    ],
)
def test_impossible_episodes_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        sampler(**changes)


def test_episodes_within_groups_have_classes_of_one_group():
    groups = ["a"] * 4 + ["b"] * 2 + ["c"] * 4
    rows = sampler(groups=groups).indices(0, 0, 1, None)
    drawn = [{groups[label] for label in episode[:, 0]} for episode in LABELS[rows]]
    assert all(len(kinds) == 1 for kinds in drawn)
    assert set.union(*drawn) == {"a", "c"}  # b has too few classes


def test_groups_that_are_too_small_are_refused():
    with pytest.raises(ValueError, match="must not exceed the 3 classes of the largest group"):
        sampler(groups=["a", "b", "b", "b", "c", "c", "c", "d", "d", "d"])
