"""Asynchronous successive halving: who is promoted, and when."""

from typing import Annotated

from keras_dl import Range
from keras_dl.space import hypers
from keras_dl.tuning.encoding import Space
from keras_dl.tuning.halving import EPOCHS, PAST, Halving, expected_epochs, rung_epochs
from keras_dl.tuning.suggesters import Record


def space(*, rate: Annotated[float, Range(1e-4, 1.0, log=True)] = 0.01) -> None: ...


def run(count, score, epochs=9):
    halving, records = Halving(Space(hypers(space)), 0, epochs), []
    for number in range(count):
        raw = halving.suggest(records)
        records.append(Record(raw, True, score(number, raw)))
    return records


def test_rungs_end_with_the_whole_training():
    assert rung_epochs(15) == [2, 5, 15]
    assert rung_epochs(12) == [1, 4, 12]
    assert rung_epochs(1) == [1]
    assert len(rung_epochs(10_000)) == 5


def test_best_third_goes_on_at_once_from_its_own_checkpoint():
    records = run(13, lambda number, raw: -float(number))
    assert [r.raw[EPOCHS] for r in records] == [1, 1, 1, 3, 1, 1, 1, 3, 1, 1, 1, 3, 9]
    for record in records:
        if record.raw.get(PAST) is not None:
            past = records[int(record.raw[PAST])]
            assert record.raw["rate"] == past.raw["rate"]
            assert record.raw[EPOCHS] == 3 * past.raw[EPOCHS]
    assert [records[i].raw[PAST] for i in (3, 7, 11, 12)] == ["0", "1", "2", "3"]


def test_failed_trials_are_never_promoted():
    records = run(20, lambda number, raw: None if number % 2 else 1.0)
    assert all(int(r.raw[PAST]) % 2 == 0 for r in records if r.raw.get(PAST))
    assert not any(r.raw.get(PAST) for r in run(20, lambda number, raw: None))


def test_pending_trials_do_not_hold_up_new_ones():
    halving = Halving(Space(hypers(space)), 0, 9)
    records = [Record({"rate": 0.1, EPOCHS: 1}, False, None) for _ in range(8)]
    assert halving.suggest(records)[EPOCHS] == 1


def test_forecast_counts_the_epochs_that_are_trained():
    records = run(40, lambda number, raw: -float(number), epochs=15)
    trained = [r.raw[EPOCHS] for r in records]
    continued = [records[int(r.raw[PAST])].raw[EPOCHS] for r in records if r.raw.get(PAST)]
    assert expected_epochs(15, 40) == sum(trained) - sum(continued)
