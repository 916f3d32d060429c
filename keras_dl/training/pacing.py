"""Learning-rate schedules that follow the clock, for trainings whose steps are not known."""

from collections.abc import Callable
from typing import Any

import keras

from keras_dl.training.usage import Usage

__all__ = ["ClockedRate", "Schedules"]

UPDATES = 500  # of the rate in a stage, at most

Schedule = Callable[[float], Any]


class Schedules:
    """The schedules of a training's optimizers, which get a variable learning rate in their place.

    An optimizer is changed before its variables are built, and is then one with a constant rate.
    Those inside a `PlayerOptimizer` keep their schedules.
    """

    def __init__(self) -> None:
        self._taken: list[tuple[keras.Optimizer, Schedule]] = []

    def take(self, optimizer: keras.Optimizer) -> Schedule | None:
        """Returns the schedule of an optimizer, None if its rate is constant.

        Args:
            optimizer: of a compiled model, not built unless its schedule was taken before.
        """
        optimizer = _inner(optimizer)
        for other, schedule in self._taken:
            if other is optimizer:
                return schedule
        schedule: Any = optimizer._learning_rate
        if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
            return None
        rate = keras.Variable(_rate(schedule, 0.0), name="learning_rate", trainable=False)
        optimizer._track_variable(rate)
        optimizer._learning_rate = rate
        self._taken.append((optimizer, schedule))
        return schedule


class ClockedRate(keras.callbacks.Callback):
    """Sets the learning rate by the used share of the time.

    Args:
        schedule: takes a step up to `planned_steps`.
        usage: of the same `fit`, with a limit of seconds.
        planned_steps: steps for which the schedule was made.
    """

    def __init__(self, schedule: Schedule, usage: Usage, planned_steps: int) -> None:
        super().__init__()
        self._schedule, self._usage, self._planned = schedule, usage, planned_steps
        self._next = 0.0  # share of the time

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Sets the rate of a resumed training too."""
        self._update()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Sets the rate of the next steps."""
        if self._share() >= self._next:
            self._update()

    def _share(self) -> float:
        return min(1.0, self._usage.used_seconds() / (self._usage.seconds or 1.0))

    def _update(self) -> None:
        model: Any = self.model
        share = self._share()
        self._next = share + 1 / UPDATES
        if keras.backend.backend() == "jax" and getattr(model, "_jax_state", None):
            model.jax_state_sync()  # else the step's state overwrites the rate
        rate = _rate(self._schedule, share * self._planned)
        _inner(model.optimizer)._learning_rate.assign(rate)


def _inner(optimizer: Any) -> Any:
    scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    return optimizer.inner_optimizer if scaled else optimizer


def _rate(schedule: Schedule, step: float) -> float:
    value: Any = keras.ops.convert_to_numpy(schedule(step))
    return float(value)
