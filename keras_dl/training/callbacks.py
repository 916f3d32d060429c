"""Callbacks of every training: evaluators, failure detection, checkpoints and early stops.

They run in this order, so that an evaluator's metric may be the objective, and a diverged epoch
is never the best one. The user's own stand before the checkpoints, which hold what they change.
"""

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

import keras

from keras_dl.backend.random_state import set_random_state
from keras_dl.data import Split
from keras_dl.errors import Diverged, TimedOut
from keras_dl.recipe import Objective
from keras_dl.training import checkpoint
from keras_dl.training.checkpoint import Checkpoint, State
from keras_dl.training.evaluators import Evaluators

__all__ = [
    "Checkpointing",
    "Evaluation",
    "FailureDetector",
    "callback_names",
    "check_callbacks",
    "objective_value",
]

DIVERGENCE = 100.0  # times the first loss (at least 1): far beyond any bad start seen
# Share of a training's time that checkpoints may take, after the first epochs. An epoch of iris
# lasts as long as writing one: then not every epoch leaves one, and a kill loses the last few.
SAVING_SHARE, ALWAYS_SAVED = 0.1, 10


class Evaluation(keras.callbacks.Callback):
    """Adds the evaluators' metrics on validation to the epoch's, as `val_<name>`.

    Args:
        evaluators: of the training.
        split: the validation split.
    """

    def __init__(self, evaluators: Evaluators, split: Split) -> None:
        super().__init__()
        self.evaluators, self.split = evaluators, split

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates; callbacks after this one see the metrics."""
        metrics = self.evaluators.validate(self.model, self.split, logs or {})
        if logs is not None:
            logs.update(metrics)


class Checkpointing(keras.callbacks.Callback):
    """Records best weights, history and checkpoint; stops by patience or by the median rule.

    Args:
        objective: metric that decides which weights are best; None: the last ones.
        progress: state and best weights of the stage; changed in place.
        save: writes the checkpoint.
        listener: called when a checkpoint is on disk, with each epoch (from 1) that it holds and
            its metrics; with an objective, "objective" is its best value so far.
        patience: epochs without improvement before stopping; None: never.
        median_threshold: value that the best so far must reach after epoch 1, 2, …; NaN: none.
    """

    def __init__(
        self,
        objective: Objective | None,
        progress: Checkpoint,
        save: Callable[[], None],
        listener: Callable[[int, dict[str, float]], None],
        patience: int | None = None,
        median_threshold: tuple[float, ...] = (),
    ) -> None:
        super().__init__()
        self.objective, self.progress, self.save, self.listener = (
            objective,
            progress,
            save,
            listener,
        )
        self.patience, self.median_threshold = patience, median_threshold
        self._begun, self._saving = time.monotonic(), 0.0
        self._first_epoch = progress.state.epoch
        self._pending: list[tuple[int, dict[str, float]]] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Goes on with the random numbers of the checkpoint; before this, Keras draws some."""
        set_random_state(self.progress.random)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the epoch, decides whether to stop, and saves."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        state = self.progress.state
        state.epoch = epoch + 1
        for name, number in values.items():
            state.history.setdefault(name, []).append(number)
        if self.objective is not None:
            values = {"objective": self._record_best(self.objective, values), **values}
            state.stopped = self._decide(self.objective)
        self._pending.append((state.epoch, values))
        early = state.epoch <= self._first_epoch + ALWAYS_SAVED
        if early or self._saving <= SAVING_SHARE * (time.monotonic() - self._begun):
            self._flush()
        if state.stopped:
            self.model.stop_training = True  # type: ignore[union-attr]

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves the last epochs."""
        if self._pending:
            self._flush()

    def _record_best(self, objective: Objective, values: dict[str, float]) -> float:
        model: Any = self.model
        state, value = self.progress.state, objective_value(objective, values)
        if objective.better(value, than=state.best):
            state.best, state.best_epoch = value, state.epoch
            self.progress.best[:] = checkpoint.snapshot(model)
        return value if state.best is None else state.best

    def _decide(self, objective: Objective) -> str:
        state, thresholds = self.progress.state, self.median_threshold
        threshold = thresholds[state.epoch - 1] if state.epoch <= len(thresholds) else math.nan
        if state.best is not None and objective.better(threshold, than=state.best):
            return "median"
        patient = self.patience is None or state.epoch - state.best_epoch < self.patience
        return "" if patient else "patience"

    def _flush(self) -> None:
        start = time.monotonic()
        self.save()
        self._saving += time.monotonic() - start
        pending, self._pending = self._pending, []
        for epoch, values in pending:
            self.listener(epoch, values)


class FailureDetector(keras.callbacks.Callback):
    """Ends a training whose loss has diverged or whose time is up.

    Args:
        state: holds the loss of the first step.
        deadline: by `time.monotonic()`; infinite for no limit.
        timeout: seconds of the limit, for the message.

    Raises:
        Diverged: if the loss is NaN, infinite or a hundred times the first one.
        TimedOut: if the deadline has passed.
    """

    def __init__(
        self, state: State, deadline: float = math.inf, timeout: float | None = None
    ) -> None:
        super().__init__()
        self.state, self.deadline, self.timeout = state, deadline, timeout

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Checks the clock, and every tenth step the loss."""
        if time.monotonic() > self.deadline:
            raise TimedOut(f"took longer than {self.timeout or 0:g} s")
        # The logged loss is a running mean: a NaN stays in it, so every tenth step is enough.
        if batch % 10 == 0:
            self._check(logs or {}, f"step {batch + 1} of epoch {self.state.epoch + 1}")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Checks the epoch's loss."""
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


def callback_names(callbacks: Iterable[object]) -> str:
    """Returns the names of the callbacks' classes, with commas between."""
    return ",".join(type(callback).__name__ for callback in callbacks)


def check_callbacks(callbacks: object) -> list[keras.callbacks.Callback]:
    """Returns the user's callbacks as a list.

    Raises:
        TypeError: if one is not an instance of `keras.callbacks.Callback`.
    """
    listed: list[Any] = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks]
    for callback in listed:
        if not isinstance(callback, keras.callbacks.Callback):
            kind = f"class {callback.__name__}" if isinstance(callback, type) else repr(callback)
            raise TypeError(
                "`callbacks` must be instances of keras.callbacks.Callback in a list, and a "
                "function that returns such a list for tune, compare and ablate. "
                f"Received: {kind}"
            )
    return listed


def objective_value(objective: Objective, values: dict[str, float]) -> float:
    """Returns the objective among an epoch's metrics.

    Args:
        objective: names the metric.
        values: metrics by Keras' names.

    Raises:
        ValueError: if the metric is not among them; lists those that are.
    """
    if objective.name not in values:
        raise ValueError(
            f"`objective` must be one of the metrics that training reports: {', '.join(values)}. "
            f"Received: objective={objective.name!r}"
        )
    return values[objective.name]
