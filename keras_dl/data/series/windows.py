"""Windows of a time series: the values that a forecast sees and those that it has to meet."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import fact, recorded
from keras_dl.data.serialization import register_preprocessor
from keras_dl.data.series.baselines import forecast_baselines
from keras_dl.data.series.sources import read_series
from keras_dl.data.specs import Spec, Values
from keras_dl.utils.checks import check_count

__all__ = ["SeriesWindow", "forecast_windows"]

TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1  # of the values; the latest ones are test


@register_preprocessor("series_window")
@dataclass(frozen=True)
class SeriesWindow:
    """Takes the last values of a series as the input of a forecast.

    Args:
        context: number of values that the forecast sees.
    """

    context: int

    def __call__(self, inputs: Any) -> np.ndarray:
        """Returns the last values of each series, (series, context, 1) float32.

        Raises:
            ValueError: if a series is shorter than the context.
        """
        for values in inputs:
            if len(values) < self.context:
                raise ValueError(
                    f"`inputs` must be series of at least {self.context} values, which a forecast "
                    f"sees. Received: {len(values)}"
                )
        last = [np.asarray(values, "float32")[-self.context :] for values in inputs]
        return np.stack(last)[..., None]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"context": self.context}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "SeriesWindow":
        """Returns the window of a config."""
        return cls(**config)


@recorded
def forecast_windows(
    dataset: Any = "airline_passengers",
    *,
    context: int = 24,
    horizon: int = 12,
    period: int | None = None,
    batch_size: int = 32,
) -> Data:
    """Loads a series as windows: `context` values, and the `horizon` values that follow them.

    The last fifth of the values is test and the tenth before it validation. All values to meet lie
    within their split; the values that a forecast sees may lie before it.

    Args:
        dataset: see `keras_dl.data.series.read_series`; or a return value of this function.
        context: number of values that a forecast sees.
        horizon: number of values that it has to meet.
        period: values of a season, for the seasonal baseline; None: that of the named set, and no
            seasonal baseline for others.
        batch_size: windows per step.

    Returns:
        x (n, context, 1) float32 and y (n, horizon) float32 in units of the series.
        `extras["baselines"]`: see `forecast_baselines`; `extras["period"]`; `extras["scale"]`: the
        mean absolute error of the forecast by the value one period (or one value) before, in train.

    Raises:
        DatasetUnavailable: if there is no such set or path.
        DatasetError: if the series cannot be used, or is too short for the windows.
        TypeError: if a number of values is no integer.
        ValueError: if one is below 1.
    """
    check_count("context", context, "it is the number of values that a forecast sees")
    check_count("horizon", horizon, "it is the number of values to forecast")
    if period is not None:
        check_count("period", period, "it is the number of values of a season")
    if isinstance(dataset, Data):
        if not isinstance(dataset.preprocessor, SeriesWindow):
            raise DatasetError(f"`dataset` must be a time series. Received: {dataset.name}")
        return replace(dataset, batch_size=batch_size)
    series = read_series(dataset)
    period = series.period if period is None else period
    values, count = series.values, len(series.values)
    bounds = _bounds(count, context, horizon)
    when = f", {series.times[0]} to {series.times[-1]}" if series.times else ""
    fact("series", f"{count:,} values{when}; season: {period or 'not stated'}")
    fact("cut", f"by time: train {bounds[1]:,}, validation {bounds[2] - bounds[1]:,}, test "
         f"{count - bounds[2]:,} values")  # fmt: skip
    starts = {
        name: np.arange(max(bounds[i], context), bounds[i + 1] - horizon + 1)
        for i, name in enumerate(SPLITS)
    }
    lag = period if period and period < bounds[1] else 1
    return Data.from_splits(
        series.name,
        {name: _windows(values, first, context, horizon) for name, first in starts.items()},
        inputs=Spec(),
        targets=Values(),
        source=series.source,
        batch_size=batch_size,
        preprocessor=SeriesWindow(context),
        extras={
            "baselines": forecast_baselines(values, starts, context, horizon, period),
            "period": period,
            "scale": float(np.abs(values[lag : bounds[1]] - values[: bounds[1] - lag]).mean()),
        },
    )


def _bounds(count: int, context: int, horizon: int) -> tuple[int, int, int, int]:
    """First value of each split, and the number of values."""
    test = count - round(TEST_SHARE * count)
    validation = test - max(round(VALIDATION_SHARE * count), horizon)
    if validation < context + horizon + 1 or count - test < horizon:
        raise DatasetError(
            f"`dataset` must have more values for `context` {context} and `horizon` {horizon}: "
            "windows of train, validation and test. "
            f"Received: {count} values, the first {max(validation, 0)} for train"
        )
    return 0, validation, test, count


def _windows(values: np.ndarray, first: np.ndarray, context: int, horizon: int) -> Split:
    """Windows whose first value to meet has these numbers."""
    rows = first[:, None]
    x = values[rows + np.arange(-context, 0)]
    y = values[rows + np.arange(horizon)]
    return Split(x[..., None].astype("float32"), y.astype("float32"))
