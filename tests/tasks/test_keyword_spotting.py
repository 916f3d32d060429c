import numpy as np

from keras_dl.tasks.keyword_spotting import spot


def windows(*rows):
    return np.array(rows)


def test_neighbouring_alarms_are_one_word():
    chance = windows([0.6, 0.1, 0.3], [0.9, 0.0, 0.1], [0.7, 0.1, 0.2], [0.0, 0.1, 0.9])
    assert spot(chance, 2, 0.5) == [(0, 1, 0.9)]


def test_words_follow_one_another():
    chance = windows([0.9, 0.0, 0.1], [0.1, 0.8, 0.1], [0.0, 0.2, 0.8], [0.1, 0.7, 0.2])
    assert spot(chance, 2, 0.5) == [(0, 0, 0.9), (1, 1, 0.8), (1, 3, 0.7)]


def test_below_the_threshold_nothing_is_heard():
    assert spot(windows([0.6, 0.1, 0.3]), 2, 0.7) == []
