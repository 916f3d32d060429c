import warnings
from pathlib import Path

import numpy as np
import pytest

from keras_dl.data import DatasetWarning, load, reading


def test_facts_and_notices_enter_every_enclosing_record_once():
    with reading.record() as outer:
        reading.notice("first")
        with reading.record() as inner:
            reading.notice("first")
            reading.notice("second")
            reading.fact("target", "column 3")
        reading.fact("target", "column 4")
    assert inner.notices == ["first", "second"]
    assert inner.facts == {"target": "column 3"}
    assert outer.notices == ["first", "second"]
    assert outer.facts == {"target": "column 4"}


def test_a_notice_outside_of_a_record_is_a_warning():
    with pytest.warns(UserWarning, match="3 rows are dropped"):
        reading.notice("3 rows are dropped")


def test_loaded_data_carry_the_record_of_an_earlier_loading():
    x, y = np.arange(320).astype(np.uint8).reshape(20, 4, 4), np.arange(20) % 2
    first = load((x, y))
    first.reading.notices.append("2 files are left out")
    assert load(first, batch_size=4).reading.notices == first.reading.notices


def test_notices_are_warnings_where_nobody_shows_a_summary():
    x = np.random.default_rng(0).random((40, 4, 4))
    x[0, 0, 0] = 1.05
    with pytest.warns(DatasetWarning, match="1 of 640 pixels lies outside of 0..1") as caught:
        load((x, np.arange(40) % 2))
    assert [Path(w.filename).name for w in caught] == ["test_reading.py"]
    with warnings.catch_warnings(), reading.record():
        warnings.simplefilter("error")
        load((x, np.arange(40) % 2))
