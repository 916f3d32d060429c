"""Callbacks of every training: evaluators, failure detection, checkpoints and early stops.

They run in this order, so that an evaluator's metric may be the objective, and a diverged epoch
is never the best one.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_dl.backend.random_state import set_random_state
from keras_dl.data import Split
from keras_dl.errors import Diverged, TimedOut
from keras_dl.recipe import Objective
from keras_dl.tasks.base import Evaluator
from keras_dl.training import checkpoint
from keras_dl.training.checkpoint import Checkpoint, State

__all__ = ["Checkpointing", "Evaluation", "FailureDetector", "evaluated", "objective_value"]

DIVERGENCE = 100.0  # times the first loss (at least 1): far beyond any bad start seen
# Share of a training's time that checkpoints may take, after the first epochs. An epoch of iris
# lasts as long as writing one: then not every epoch leaves one, and a kill loses the last few.
SAVING_SHARE, ALWAYS_SAVED = 0.1, 10


class Evaluation(keras.callbacks.Callback):
    """Adds the evaluators' metrics on validation to the epoch's, as `val_<name>`.

    Args:
        evaluators: functions from (model, split) to metrics by name.
        split: the validation split.
    """

    def __init__(self, evaluators: Sequence[Evaluator], split: Split) -> None:
        super().__init__()
        self.evaluators, self.split = evaluators, split

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Evaluates; callbacks after this one see the metrics."""
        metrics = evaluated(self.evaluators, self.model, self.split)
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in metrics.items()})


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


def evaluated(
    evaluators: Sequence[Evaluator], model: keras.Model | None, split: Split
) -> dict[str, float]:
    """Returns the metrics of all evaluators.

    Args:
        evaluators: functions from (model, split) to metrics by name.
        model: the model to evaluate.
        split: validation or test.

    Raises:
        ValueError: if two evaluators return a metric of the same name.
    """
    metrics: dict[str, float] = {}
    for evaluator in evaluators:
        for name, value in evaluator(model, split).items():  # type: ignore[arg-type]
            if name in metrics:
                raise ValueError(
                    f"`evaluators` must return different metrics. Received: {name!r} twice"
                )
            metrics[name] = float(value)
    return metrics


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
