"""What watches a training: best weights and checkpoints, early stops, divergence, the clock."""

import math
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl.errors import Diverged, TimedOut
from keras_dl.recipe import Objective
from keras_dl.training import checkpoint
from keras_dl.training.checkpoint import State
from keras_dl.training.job import Listener

__all__ = ["Checkpointing", "FailureDetector"]

DIVERGENCE = 100.0  # times the first loss (at least 1): far beyond any bad start seen
# Of a training's time that checkpoints may take, after the first epochs. An epoch of iris lasts as
# long as writing one: then not every epoch leaves one, and a kill loses the few since the last.
SAVING, FIRST = 0.1, 10


class Checkpointing(keras.callbacks.Callback):
    """Keeps best weights, history and checkpoint; stops by patience or by the median rule.

    Args:
        objective: what "best" means.
        state: where training stands; changed in place.
        best: best weights so far, as `checkpoint.snapshot` gives them; changed in place.
        folder: where the checkpoint goes, after each epoch unless writing takes too long for that.
        listener: called after the checkpoint is on disk, with the epoch (from 1) and its metrics,
            of which "objective" is the best value so far; for all epochs since the last one.
        patience: epochs without improvement before stopping; None: never.
        median_threshold: value that the best so far must reach after epoch 1, 2, …; NaN: none.
    """

    def __init__(
        self,
        objective: Objective,
        state: State,
        best: list[np.ndarray],
        folder: Path,
        listener: Listener,
        patience: int | None = None,
        median_threshold: tuple[float, ...] = (),
    ) -> None:
        super().__init__()
        self.objective, self.state, self.best, self.folder = objective, state, best, folder
        self.listener, self.patience = listener, patience
        self.median_threshold = median_threshold
        self.stopped = ""
        self._begun, self._saving, self._first = time.monotonic(), 0.0, state.epoch
        self._untold: list[tuple[int, dict[str, float]]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keeps, saves, tells and decides."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        value = objective_value(self.objective, values)
        state = self.state
        state.epoch, state.jit_compile = epoch + 1, bool(self.model.jit_compile)  # type: ignore[union-attr]
        for name, number in values.items():
            state.history.setdefault(name, []).append(number)
        if self.objective.better(value, than=state.best):
            state.best, state.best_epoch = value, state.epoch
            self.best[:] = checkpoint.snapshot(self.model)
        best = value if state.best is None else state.best
        self._untold.append((state.epoch, {"objective": best, **values}))
        early = state.epoch <= self._first + FIRST
        if early or self._saving <= SAVING * (time.monotonic() - self._begun):
            self._save()
        self._stop_early()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves and tells what is left."""
        if self._untold:
            self._save()

    def _save(self) -> None:
        start = time.monotonic()
        checkpoint.save(self.folder, self.model, self.state, self.best)
        self._saving += time.monotonic() - start
        untold, self._untold = self._untold, []
        for epoch, values in untold:
            self.listener(epoch, values)

    def _stop_early(self) -> None:
        state = self.state
        if self.patience is not None and state.epoch - state.best_epoch >= self.patience:
            self.stopped = "patience"
        reached = state.epoch <= len(self.median_threshold)
        threshold = self.median_threshold[state.epoch - 1] if reached else math.nan
        if state.best is not None and self.objective.better(threshold, than=state.best):
            self.stopped = "median"
        if self.stopped:
            self.model.stop_training = True  # type: ignore[union-attr]


class FailureDetector(keras.callbacks.Callback):
    """Ends a training whose loss has diverged or whose time is up.

    Args:
        state: holds the loss of the first step.
        timeout: seconds from now; None for no limit.

    Raises:
        Diverged: if the loss is NaN, infinite or a hundred times the first one.
        TimedOut: if `timeout` seconds have passed.
    """

    def __init__(self, state: State, timeout: float | None = None) -> None:
        super().__init__()
        self.state, self.timeout = state, timeout
        self.deadline = math.inf if timeout is None else time.monotonic() + timeout

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the clock, and now and then at the loss."""
        if time.monotonic() > self.deadline:
            raise TimedOut(f"took longer than {self.timeout:g} s")
        # The logged loss is a running mean: a NaN stays in it, so every tenth look is enough.
        if batch % 10 == 0:
            self._check(logs or {}, f"step {batch + 1} of epoch {self.state.epoch + 1}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Looks at the epoch's loss."""
        self._check(logs or {}, f"epoch {epoch + 1}")

    def _check(self, logs: dict[str, Any], where: str) -> None:
        if "loss" not in logs:
            return
        loss = float(logs["loss"])
        if self.state.first_loss is None and math.isfinite(loss):
            self.state.first_loss = loss
        limit = DIVERGENCE * max(1.0, abs(self.state.first_loss or 1.0))
        if not math.isfinite(loss) or abs(loss) > limit:
            raise Diverged(f"loss {loss:g} at {where}")


def objective_value(objective: Objective, values: dict[str, float]) -> float:
    """Reads the objective from an epoch's metrics.

    Raises:
        ValueError: if the metric is not among them; lists those that are.
    """
    if objective.name not in values:
        raise ValueError(
            f"`objective` must be one of the metrics that training reports: {', '.join(values)}. "
            f"Received: objective={objective.name!r}"
        )
    return values[objective.name]
