"""A search's best trials in a notebook: one table that is updated in place."""

import importlib
import time
from collections.abc import Mapping, Sequence

from keras_dl.execution.journal import Trial
from keras_dl.recipe import Objective
from keras_dl.space import Hyper
from keras_dl.tuning.leaderboard import leaderboard
from keras_dl.utils.notebook import table_to_html, to_html

__all__ = ["LiveTable"]

PAUSE = 1.0  # seconds between two updates that show running trials alone


class LiveTable:
    """Shows the best trials below the cell that runs the search.

    Args:
        objective: name and direction of the score.
        searched: hyperparameters whose values the rows show.
    """

    def __init__(self, objective: Objective, searched: Mapping[str, Hyper]) -> None:
        self._objective, self._searched = objective, searched
        self._display = importlib.import_module("IPython.display")
        self._handle = self._display.display(self._display.HTML(""), display_id=True)
        self._shown = 0.0

    def show(self, trials: Sequence[Trial], title: str, *, now: bool = True) -> None:
        """Replaces the table.

        Args:
            trials: all trials that have ended.
            title: plain text above it.
            now: False leaves out an update that follows another within a second.
        """
        if not now and time.monotonic() - self._shown < PAUSE:
            return
        self._shown = time.monotonic()
        table = leaderboard(list(trials), self._objective, self._searched)
        self._handle.update(self._display.HTML(to_html(title, [table_to_html(table)])))
