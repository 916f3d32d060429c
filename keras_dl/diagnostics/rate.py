"""Learning-rate range test."""

import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

__all__ = ["LearningRateTest", "learning_rate_finder", "suggest_rate"]

DIVERGED = 4.0  # times the lowest loss: the test stops


@dataclass(frozen=True)
class LearningRateTest:
    """Result of a learning-rate range test.

    Attributes:
        rates: learning rate of each step, (steps,).
        losses: loss of each step, before its update, (steps,).
        smoothed: exponential moving average of the losses, bias-corrected, (steps,).
        suggestion: rate at which the smoothed loss decreases fastest.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float


def learning_rate_finder(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    *,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
    batch_size: int = 128,
    smoothing: float = 0.9,
    seed: int = 0,
) -> LearningRateTest:
    """Trains for a few steps with an exponentially increasing learning rate.

    All variables of the model, its optimizer and its metrics, and the learning rate are restored
    exactly; the model may be trained already.

    Args:
        model: compiled and built, with any optimizer.
        x: raw examples (n, …).
        y: targets of `x`.
        low: learning rate of the first step.
        high: learning rate of the last step. The test stops before if the loss exceeds four times
            its lowest smoothed value or is not finite.
        steps: largest number of steps.
        batch_size: examples per step.
        smoothing: decay of the moving average, in [0, 1).
        seed: seed of the order of the examples.

    Returns:
        Rates, losses and the suggested rate.

    Raises:
        ValueError: if `model` is not compiled, the rates are not 0 < low < high, `steps` is below 3
            or `smoothing` lies outside [0, 1).

    Reference:
        Smith, 2017, Cyclical learning rates for training neural networks, arXiv:1506.01186, section
        3.3; there the rate grows linearly. The exponential growth and the smoothing are those of
        Howard's fastai.
    """
    _check(model, low, high, steps, smoothing)
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.metrics_variables, *optimizer.variables]
    before = [np.array(keras.ops.convert_to_numpy(v.value)) for v in variables]
    rate = optimizer._learning_rate
    compiled, model.train_function = model.train_function, None  # compiled with the old rate
    # A schedule: an assigned variable would remain among the optimizer's variables.
    start = int(np.asarray(keras.ops.convert_to_numpy(optimizer.iterations.value)))
    optimizer._learning_rate = _ExponentialGrowth(low, (high / low) ** (1 / (steps - 1)), start)
    rates = np.geomspace(low, high, steps)
    try:
        losses = _losses(model, x, y, steps, batch_size, smoothing, seed)
    finally:
        optimizer._learning_rate = rate
        model.train_function = compiled
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
    smoothed = _moving_average(losses, smoothing)
    rates = rates[: len(losses)]
    return LearningRateTest(rates, losses, smoothed, suggest_rate(rates, smoothed))


class _ExponentialGrowth(keras.optimizers.schedules.LearningRateSchedule):
    """Returns `low` at step `start` and grows by `factor` with each step."""

    def __init__(self, low: float, factor: float, start: int) -> None:
        super().__init__()
        self.low, self.factor, self.start = low, factor, start

    def __call__(self, step: Any) -> Any:
        step_now: Any = keras.ops.cast(step, "float32")
        growth: Any = keras.ops.power(self.factor, step_now - self.start)
        return self.low * growth

    def get_config(self) -> dict[str, Any]:
        return {"low": self.low, "factor": self.factor, "start": self.start}


def _losses(
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    steps: int,
    size: int,
    smoothing: float,
    seed: int,
) -> np.ndarray:
    random = np.random.default_rng(seed)
    order = np.empty(0, dtype=int)
    losses: list[float] = []
    lowest = math.inf
    for _ in range(steps):
        if len(order) < min(size, len(x)):
            order = random.permutation(len(x))
        batch, order = order[:size], order[size:]
        model.reset_metrics()  # otherwise the loss is a mean over steps
        losses.append(float(model.train_on_batch(x[batch], y[batch], return_dict=True)["loss"]))
        lowest = min(lowest, float(_moving_average(np.array(losses), smoothing)[-1]))
        if not math.isfinite(losses[-1]) or losses[-1] > DIVERGED * max(lowest, 1e-12):
            break
    return np.array(losses)


def _moving_average(losses: np.ndarray, smoothing: float) -> np.ndarray:
    running, averages = 0.0, []
    for step, loss in enumerate(losses, start=1):
        running = smoothing * running + (1 - smoothing) * float(loss)
        averages.append(running / (1 - smoothing**step))
    return np.array(averages)


def suggest_rate(rates: np.ndarray, smoothed: np.ndarray) -> float:
    """Returns the rate at which the smoothed loss decreases fastest over the logarithmic rate.

    Args:
        rates: increasing learning rates, (steps,).
        smoothed: smoothed losses, (steps,).

    Raises:
        ValueError: if fewer than 3 losses are finite.
    """
    fine = np.isfinite(smoothed)
    if fine.sum() < 3:
        raise ValueError(
            "`smoothed` must hold 3 finite losses or more; start from a lower rate. "
            f"Received: {int(fine.sum())} finite losses"
        )
    slopes = np.gradient(smoothed[fine], np.log(rates[fine]))
    return float(rates[fine][np.argmin(slopes)])


def _check(model: keras.Model, low: float, high: float, steps: int, smoothing: float) -> None:
    if not getattr(model, "compiled", False) or not model.built:
        raise ValueError(f"`model` must be built and compiled. Received: {model.name!r}")
    if not 0 < low < high:
        raise ValueError(f"`low` must lie between 0 and `high`. Received: low={low}, high={high}")
    if steps < 3:
        raise ValueError(f"`steps` must be 3 or more. Received: steps={steps}")
    if not 0 <= smoothing < 1:
        raise ValueError(f"`smoothing` must lie in [0, 1). Received: smoothing={smoothing}")
