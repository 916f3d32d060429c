"""Forecasts without a network: what a network has to beat."""

from collections.abc import Mapping

import numpy as np

__all__ = ["forecast_baselines"]

RIDGE = 1e-3  # of the standardized least squares; short series have fewer windows than weights


def forecast_baselines(
    values: np.ndarray,
    starts: Mapping[str, np.ndarray],
    context: int,
    horizon: int,
    period: int | None,
) -> dict[str, np.ndarray]:
    """Forecasts the test windows of a series in three ways.

    Args:
        values: the series, (n,).
        starts: numbers of the first values to meet, (windows,), of "train" and "test".
        context: values that the linear forecast sees.
        horizon: values of a forecast.
        period: values of a season; None leaves the seasonal forecast out.

    Returns:
        "last_value"; "last_season", the latest known value of the same place in the season; and
        "linear", a linear autoregression for each step ahead, fitted on train by least squares;
        each (windows, horizon).

    Reference:
        Hyndman and Athanasopoulos, 2021, Forecasting: Principles and Practice, section 5.2.
    """
    first, ahead = starts["test"][:, None], np.arange(horizon)
    baselines = {"last_value": np.repeat(values[first - 1], horizon, axis=1)}
    if period is not None and period <= starts["test"][0]:
        baselines["last_season"] = values[first + ahead % period - period]
    windows = {
        name: values[rows[:, None] + np.arange(-context, 0)] for name, rows in starts.items()
    }
    mean, deviation = values[: starts["train"][-1]].mean(), values[: starts["train"][-1]].std()
    x = {name: (part - mean) / (deviation or 1.0) for name, part in windows.items()}
    y = (values[starts["train"][:, None] + ahead] - mean) / (deviation or 1.0)
    weights = _least_squares(_with_one(x["train"]), y)
    baselines["linear"] = mean + (deviation or 1.0) * (_with_one(x["test"]) @ weights)
    return baselines


def _with_one(x: np.ndarray) -> np.ndarray:
    return np.hstack([x, np.ones((len(x), 1))])


def _least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Ridge regression by additional rows; the bias, in the last column, is free."""
    penalty = np.sqrt(RIDGE * len(x)) * np.eye(x.shape[1])
    penalty[-1] = 0
    rows = np.vstack([x, penalty])
    return np.linalg.lstsq(rows, np.vstack([y, np.zeros((len(penalty), y.shape[1]))]), rcond=None)[
        0
    ]
