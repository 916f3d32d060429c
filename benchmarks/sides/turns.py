"""Lines of JSON between a side and the parent, and the clock of an epoch."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

__all__ = ["Ended", "Turns"]


class Ended(Exception):
    """The parent has seen enough epochs."""


class Turns:
    """A side's end of the pipes."""

    def __init__(self) -> None:
        self._answers = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # what libraries print must not get between

    def next(self) -> dict[str, Any] | None:
        """Waits for what the parent says; None when it has gone."""
        said = sys.stdin.readline()
        return json.loads(said) if said else None

    def tell(self, **answer: Any) -> None:
        """Answers."""
        print(json.dumps(answer), file=self._answers, flush=True)

    def wait(self) -> None:
        """Waits for the turn.

        Raises:
            Ended: if there is none any more.
        """
        if (self.next() or {"what": "end"})["what"] != "epoch":
            raise Ended

    def take(self, epoch: Callable[[], float], score: Callable[[], float]) -> None:
        """Turn after turn: an epoch, timed, and its score.

        Args:
            epoch: trains; gives the mean loss.
            score: judges afterwards; NaN where the loss does.
        """
        for _ in self.each():
            start = perf_counter()
            loss = epoch()
            seconds = perf_counter() - start
            judged = score()
            self.tell(seconds=seconds, score=loss if judged != judged else judged)

    def each(self) -> Iterator[None]:
        """Gives turns until there is none any more."""
        while True:
            self.wait()
            yield
