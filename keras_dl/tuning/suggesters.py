"""Suggesters: the next setting as a function of a seed and the trials so far.

They keep no state: a resumed search suggests what an uninterrupted one would have suggested.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

from keras_dl.tuning.encoding import Space
from keras_dl.tuning.grid import Grid
from keras_dl.tuning.scalarization import scalarized

__all__ = ["GridSearch", "ModelSearch", "Record", "Suggester"]

START = 6  # trials without a model, at most; never more than a third of all
LISTED = 10_000  # settings of a space that is searched for a new one
Proposer = Callable[[Space, np.ndarray, np.ndarray, np.ndarray, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Record:
    """A trial as a suggester sees it.

    Attributes:
        raw: its raw values.
        ended: whether it has ended; if not, its score is still to come.
        score: objective, larger is better; None: failed, or not ended.
        cost: second objective, positive, smaller is better; None without one.
    """

    raw: Mapping[str, Any]
    ended: bool
    score: float | None
    cost: float | None = None


class Suggester(Protocol):
    """Suggests the next setting."""

    def suggest(self, records: Sequence[Record]) -> dict[str, Any] | None:
        """Returns the raw values of the next trial; None when every setting has been tried.

        Args:
            records: all trials so far by number.
        """
        ...


class ModelSearch:
    """The defaults, then quasi-random settings, then those that a model of the objective proposes.

    Args:
        space: space to search.
        propose: returns settings by a model, the most promising first; None: never by a model.
        seed: of all random numbers.
        trials: number of trials wanted, of which a third at most goes without the model.
    """

    def __init__(self, space: Space, propose: Proposer | None, seed: int, trials: int) -> None:
        self.space, self._propose, self._seed = space, propose, seed
        self._start = min(START, max(1, trials // 3))
        self._grid = Grid(space.dimensions)

    def suggest(self, records: Sequence[Record]) -> dict[str, Any] | None:
        """Returns the raw values of the next trial; None when every setting has been tried.

        Args:
            records: all trials so far by number.
        """
        if not records:
            return self.space.defaults()
        codes = self.space.encode([r.raw for r in records])
        tried = {_key(row) for row in codes}
        for candidates in self._candidates(records, codes):
            for row in candidates:
                if _key(row) not in tried:
                    return self.space.decode(row)
        return self._untried(tried)

    def _candidates(self, records: Sequence[Record], codes: np.ndarray) -> Iterator[np.ndarray]:
        """Yields settings, the most promising first."""
        number = len(records)
        random = np.random.default_rng((self._seed, number))
        scores = np.array([np.nan if r.score is None else r.score for r in records], dtype=float)
        ended, scored = np.array([r.ended for r in records]), np.isfinite(scores)
        if self._propose is None or number < self._start or scored.sum() < 2:
            yield self.space.sobol(self._seed, number)
        else:  # a failed trial counts as the worst
            scores = np.where(scored, scores, scores[scored].min())
            costs = np.array([r.cost or np.nan for r in records])
            if np.isfinite(costs[scored]).all():
                costs = np.where(scored, costs, costs[scored].max())
                scores = scalarized(scores, costs, random)
            # On such small matrices, threads of BLAS wait for each other, and sums change order.
            with _blas().limit(limits=1, user_api="blas"):
                settings = self._propose(
                    self.space, codes[ended], scores[ended], codes[~ended], random
                )
            yield settings
        yield self.space.draw(random.uniform(size=(100, len(self.space))))

    def _untried(self, tried: set[bytes]) -> dict[str, Any] | None:
        if (self._grid.size or np.inf) > LISTED:
            return None
        settings = (self._grid.setting(i) for i in range(self._grid.size or 0))
        return next((s for s in settings if _key(self.space.encode([s])[0]) not in tried), None)


class GridSearch:
    """All settings of a finite space in order; the last hyperparameter varies fastest.

    Args:
        space: space whose dimensions all have a finite number of values.
    """

    def __init__(self, space: Space) -> None:
        self._grid = Grid(space.dimensions)

    def suggest(self, records: Sequence[Record]) -> dict[str, Any] | None:
        """Returns the raw values of the next trial; None when every setting has been tried.

        Args:
            records: all trials so far by number.
        """
        number = len(records)
        return self._grid.setting(number) if number < (self._grid.size or 0) else None


@functools.cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _key(codes: np.ndarray) -> bytes:
    return np.round(codes, 9).tobytes()
