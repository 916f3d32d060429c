"""What a stage uses: it counts epochs, steps, examples and seconds, and ends at its allotment."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras

from keras_dl.backend.compiled_loop import CompiledLoop
from keras_dl.training.allotment import Allotment
from keras_dl.training.checkpoint import State
from keras_dl.utils.text import clock, plural

__all__ = ["TimedProgress", "Usage", "describe_usage", "is_used_up", "usage_metrics", "used_by"]


class Usage(keras.callbacks.Callback):
    """Adds what an epoch uses to the state, and stops the training when its allotment is used up.

    The clock starts after the first step of a process, which compiles. In the epoch in which the
    allotment is used up, validation and checkpoint follow as after any other.

    Args:
        state: changed in place, before the checkpoint is written.
        num_examples: training examples of an epoch.
        batch_size: examples of a step.
        callbacks: of the same `fit`; compiled loops among them run ahead of its count of steps.
        steps: steps of the whole stage; None: no limit.
        seconds: seconds of the whole stage; None: no limit.
    """

    def __init__(
        self,
        state: State,
        num_examples: int,
        batch_size: int,
        callbacks: Iterable[keras.callbacks.Callback] = (),
        *,
        steps: float | None = None,
        seconds: float | None = None,
    ) -> None:
        super().__init__()
        self.state, self.steps, self.seconds = state, steps, seconds
        self._num_examples, self._batch_size = num_examples, batch_size
        self._loops = [c for c in callbacks if isinstance(c, CompiledLoop)]
        self._since: float | None = None  # of the seconds that the state does not have yet
        self._counted = 0  # steps of this epoch

    def used_seconds(self) -> float:
        """Returns the seconds used by now."""
        running = 0.0 if self._since is None else time.monotonic() - self._since
        return self.state.seconds + running

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Stops when the allotment is used up and all computed steps are counted."""
        if self._since is None:
            self._since = time.monotonic()
        self._counted = batch + 1
        if self.steps is not None and self.state.steps + self._counted >= self.steps:
            self.model.stop_training = True  # type: ignore[union-attr]
        if self.seconds is None or any(loop.uncounted for loop in self._loops):
            return
        if self.used_seconds() >= self.seconds:
            self.model.stop_training = True  # type: ignore[union-attr]

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the epoch; the time of its checkpoint belongs to the next one."""
        self.state.steps += self._counted
        self.state.examples += min(self._counted * self._batch_size, self._num_examples)
        self.state.seconds, self._since = self.used_seconds(), time.monotonic()
        if self.seconds is not None and self.state.seconds >= self.seconds:
            self.model.stop_training = True  # type: ignore[union-attr]


class TimedProgress(keras.callbacks.ProgbarLogger):
    """Keras' progress bar, with the time of the budget in place of the number of epochs.

    Args:
        usage: of the same `fit`.
    """

    def __init__(self, usage: Usage) -> None:
        super().__init__()
        self._usage = usage

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Takes Keras' settings; how many epochs there will be is not known."""
        super().set_params({**params, "epochs": 1})

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Prints `Epoch 3, 1:10 of 10:00`."""
        used, allotted = clock(self._usage.used_seconds()), clock(self._usage.seconds or 0.0)
        print(f"Epoch {epoch + 1}, {used} of {allotted}", flush=True)
        super().on_epoch_begin(epoch, logs)


def is_used_up(state: State, unit: str, allotted: float) -> bool:
    """Returns whether a stage has used what it may.

    Args:
        state: of the stage.
        unit: "steps" or "seconds".
        allotted: number of them.
    """
    return (state.steps if unit == "steps" else state.seconds) >= allotted


def used_by(states: Sequence[State]) -> dict[str, float]:
    """Returns epochs, steps, examples and seconds of all stages together, by name.

    Args:
        states: of the stages at their end.
    """
    return {
        "epochs": float(sum(state.epoch for state in states)),
        "steps": float(sum(state.steps for state in states)),
        "examples": float(sum(state.examples for state in states)),
        "seconds": sum(state.seconds for state in states),
    }


def usage_metrics(used: Mapping[str, float], allotment: Allotment | None) -> dict[str, float]:
    """Returns what MLflow's run gets: `used/steps`, …, and the steps that schedules expect.

    Args:
        used: as `used_by` returns it.
        allotment: of the training; None: no steps are planned by a measured speed.
    """
    metrics = {f"used/{name}": value for name, value in used.items()}
    return metrics if allotment is None else metrics | {"planned_steps": allotment.planned_steps}


def describe_usage(metrics: Mapping[str, float]) -> str:
    """Returns `2,000 steps in 5 epochs, 63,232 examples, 12.3 s`.

    Args:
        metrics: of a run, as `usage_metrics` returns them.
    """
    epochs, steps = int(metrics["used/epochs"]), int(metrics["used/steps"])
    return (
        f"{plural(steps, 'step', 'steps')} in {plural(epochs, 'epoch', 'epochs')}, "
        f"{int(metrics['used/examples']):,} examples, {metrics['used/seconds']:.1f} s"
    )
