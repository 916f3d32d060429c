"""A KerasTuner oracle whose suggestions come from a `Suggester`."""

from typing import Any

import keras_tuner as kt
import numpy as np

from keras_dl.tuning.suggesters import Record, Suggester

__all__ = ["SuggestingOracle"]


class SuggestingOracle(kt.Oracle):
    """Asks a suggester for the values of each trial.

    Args:
        suggester: suggests raw values from the trials so far.
        **options: arguments of `keras_tuner.Oracle`, its `hyperparameters` among them.

    Attributes:
        recorded: raw values that the next trial gets without asking the suggester, or None.
        raw: raw values of all trials by their ids. KerasTuner adds to a trial's own values
            defaults of what has none.
        costs: second objective of ended trials by their ids; empty without one.
    """

    def __init__(self, suggester: Suggester, **options: Any) -> None:
        super().__init__(**options)
        self._suggester = suggester
        self.recorded: dict[str, Any] | None = None
        self.raw: dict[str, dict[str, Any]] = {}
        self.costs: dict[str, float] = {}

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Returns status and values of the next trial, as KerasTuner asks for them."""
        values, self.recorded = self.recorded, None
        if values is None:
            values = self._suggester.suggest(self._records())
        if values is None:
            return {"status": "STOPPED"}
        self.raw[trial_id] = dict(values)
        return {"status": "RUNNING", "values": values}

    def _records(self) -> list[Record]:
        sign = 1.0 if self.objective.direction == "max" else -1.0
        records = []
        for trial_id in self.start_order:
            trial = self.trials[trial_id]
            score = trial.score if trial.status == "COMPLETED" else None
            better = None if score is None or not np.isfinite(score) else sign * score
            ended = trial.status in ("COMPLETED", "FAILED")
            records.append(Record(self.raw[trial_id], ended, better, self.costs.get(trial_id)))
        return records
