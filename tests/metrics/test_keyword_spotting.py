import numpy as np
import pytest

from keras_dl.metrics.keyword_spotting import alarms, operating_points


def by_hand(chance, y, keywords, threshold):
    false, rejected = 0, 0
    for row, label in zip(chance, y, strict=True):
        word = int(np.argmax(row[:keywords]))
        raised = row[word] >= threshold
        if label < keywords:
            rejected += not (raised and word == label)
        else:
            false += raised
    return false, rejected


@pytest.mark.parametrize("seed", range(5))
def test_points_equal_a_count_by_hand(seed):
    random = np.random.default_rng(seed)
    chance = random.dirichlet(np.ones(5), 60).round(1)  # equal scores occur
    y = random.integers(0, 5, 60)
    points = operating_points(chance, y, 3, seconds=1.0)
    hours = (y >= 3).sum() / 3600
    for threshold, false, rejects in zip(*points, strict=True):
        expected = by_hand(chance, y, 3, threshold)
        assert false * hours == pytest.approx(expected[0])
        assert rejects * (y < 3).sum() == pytest.approx(expected[1])


def test_ends_of_the_curve():
    chance = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    points = operating_points(chance, np.array([0, 0, 2]), 2)
    assert points.false_alarms[0] == 0
    assert points.false_rejects[0] == 1
    assert points.false_alarms[-1] == 3600  # a second, an alarm
    assert points.false_rejects[-1] == 0.5  # another keyword is no answer


def test_threshold_allows_the_stated_rate():
    score = np.linspace(0.0, 0.9, 3600)
    chance = np.r_[np.stack([score, 1 - score], axis=1), [[0.95, 0.05], [0.8996, 0.1004]]]
    y = np.r_[np.ones(3600, int), 0, 0]
    points = operating_points(chance, y, 1)
    assert points.at(0.0) == (0.95, 0.5)
    threshold, rejects = points.at(1.0)
    assert (alarms(chance[:3600], 1).score >= threshold).sum() == 1
    assert rejects == 0.5
    assert points.at(2.0)[1] == 0.0


def test_both_kinds_of_windows_are_needed():
    with pytest.raises(ValueError, match="windows with and without keywords"):
        operating_points(np.eye(3), np.array([0, 0, 1]), 2)
