"""Test examples that are in the training set are counted."""

import numpy as np
import pytest

from keras_dl.data import load
from keras_dl.data import overlap as module
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import record
from keras_dl.data.text.labelled_passages import passages

RANDOM = np.random.default_rng(0)


def notices(train, test):
    with record() as reading:
        notice_overlap(train, test)
    return reading.notices


@pytest.mark.parametrize("shape", [(4,), (80, 80, 1)])  # 80×80: only its middle is compared first
@pytest.mark.parametrize("dtype", ["uint8", "float32", "bool"])
def test_shared_rows_are_counted_with_their_share(shape, dtype):
    train = RANDOM.integers(0, 255, (40, *shape)).astype(dtype)
    train[:, 0] = np.arange(40).reshape(40, *[1] * (len(shape) - 1)) % 250
    if dtype == "bool":
        train = RANDOM.integers(0, 2, (40, *[12 * n for n in shape])).astype(bool)
    test = train[5:15].copy()
    test[3:] = ~test[3:] if dtype == "bool" else test[3:] + 1
    test[3:, 0] = 1 - train[8:15, 0]
    assert notices(train, test) == [
        "3 of 10 test examples (30 %) are in train too; scores on such examples say nothing about "
        "new ones."
    ]
    assert notices(train, test[3:]) == []


def test_images_with_equal_middles_are_told_apart():
    train = np.zeros((6, 100, 100), np.uint8)
    train[:, 0, 0] = np.arange(6)
    test = train + 6
    test[:, 1:] = 0
    assert notices(train, test) == []
    assert notices(train, train[:1])[0].startswith("1 of 1 test examples (100 %) is in train")


def test_large_data_are_left_alone_with_a_fact(monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    with record() as reading:
        notice_overlap(np.zeros((4, 4)), np.zeros((4, 4)))
    assert reading.notices == []
    assert "not looked for" in reading.facts["overlap"]


def test_equal_sets_are_noticed_where_they_are_loaded():
    x, y = RANDOM.integers(0, 256, (30, 4, 4)).astype("uint8"), np.arange(30) % 2
    (notice,) = load((x, y, x[:10], y[:10])).reading.notices
    assert notice.startswith("10 of 10 test examples (100 %) are in train too")
    texts = [f"text {i}" for i in range(30)]
    with record() as reading:
        passages((texts, y.tolist(), ["text 3", "another"], [1, 0]))
    assert reading.notices[0].startswith("1 of 2 test texts (50 %) is in train too")
