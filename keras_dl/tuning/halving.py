"""Asynchronous successive halving: good trials go on at once, without waiting for their round.

Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar, 2020, A System for
Massively Parallel Hyperparameter Tuning (ASHA).
"""

from collections.abc import Sequence
from typing import Any

from keras_dl.tuning.encoding import Space
from keras_dl.tuning.suggesters import ModelSearch, Record

__all__ = ["EPOCHS", "FACTOR", "PAST", "Halving", "expected_epochs", "rung_epochs"]

FACTOR = 3  # a third of the trials of a rung is promoted to the next
RUNGS = 5  # at most
EPOCHS, PAST = "tuner/epochs", "tuner/trial_id"  # raw values, as KerasTuner's Hyperband names them


class Halving:
    """Promotes the best third of each rung; where there is none to promote, begins a new setting.

    Args:
        space: space to search; new settings are the defaults, then quasi-random.
        seed: of all random numbers.
        epochs: epochs of a full training.
    """

    def __init__(self, space: Space, seed: int, epochs: int) -> None:
        self._fresh = ModelSearch(space, None, seed, 0)
        self._epochs = rung_epochs(epochs)

    def suggest(self, records: Sequence[Record]) -> dict[str, Any] | None:
        """Returns the raw values of the next trial; None when every setting has been tried.

        Args:
            records: all trials so far by number.
        """
        for below, epochs in reversed(list(zip(self._epochs, self._epochs[1:], strict=False))):
            number = _promotable(records, below)
            if number is not None:
                return {**records[number].raw, EPOCHS: epochs, PAST: str(number)}
        first = [r for r in records if r.raw.get(PAST) is None]
        values = self._fresh.suggest(first)
        return None if values is None else {**values, EPOCHS: self._epochs[0]}


def _promotable(records: Sequence[Record], epochs: int) -> int | None:
    """Returns the best trial of a rung that belongs to its best third and has not gone on."""
    ended = [i for i, r in enumerate(records) if r.ended and r.raw[EPOCHS] == epochs]
    scored = {i: records[i].score or 0.0 for i in ended if records[i].score is not None}
    ranked = sorted(scored, key=lambda i: (-scored[i], i))
    promoted = {r.raw.get(PAST) for r in records}
    best = ranked[: len(ended) // FACTOR]
    return next((i for i in best if str(i) not in promoted), None)


def expected_epochs(epochs: int, trials: int) -> int:
    """Returns the epochs that trials train for, those of the trials that they continue left out.

    Args:
        epochs: epochs of a full training.
        trials: number of trials, promoted ones included.
    """
    rungs, counts, total = rung_epochs(epochs), [0] * (RUNGS + 1), 0
    for _ in range(trials):
        above = range(len(rungs) - 1, 0, -1)
        rung = next((k for k in above if counts[k] < counts[k - 1] // FACTOR), 0)
        counts[rung] += 1
        total += rungs[rung] - (rungs[rung - 1] if rung else 0)
    return total


def rung_epochs(epochs: int) -> list[int]:
    """Returns the epochs of each rung, the full training last."""
    rungs = [epochs]
    while len(rungs) < RUNGS and rungs[0] >= FACTOR:
        rungs.insert(0, round(epochs / FACTOR ** len(rungs)))
    return rungs
