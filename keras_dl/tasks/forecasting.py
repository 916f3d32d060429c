"""Forecasting of a time series, compared with forecasts without a network."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.series import read_series
from keras_dl.losses import ScaledSquaredError
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task

__all__ = ["Forecasting", "compile_forecaster", "task"]


def compile_forecaster(data: Data, model: keras.Model, optimizer: Any) -> keras.Model:
    """Compiles a model in units of the series: squared error over the variance of train, and "mae".

    Args:
        data: as `forecast_windows` loads it.
        model: from (batch, context, 1) to (batch, horizon).
        optimizer: a Keras optimizer.

    Returns:
        The same model.
    """
    deviation = float(data.train.y.std()) or 1.0
    loss = ScaledSquaredError([deviation] * data.train.y.shape[1])
    model.compile(optimizer, loss, metrics=[keras.metrics.MeanAbsoluteError("mae")])
    return model


class Forecasting(Task):
    """Forecasts of the values that follow a window of a series."""

    name = "forecasting"
    test_metrics = ("mae", "rmse", "mase")

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of the mean absolute, root mean squared and scaled error."""
        scale = float(data.extras.get("scale", 0.0))

        def evaluate(model: Any, split: Split) -> dict[str, float]:
            errors = np.asarray(outputs(model, split.x), "float64") - split.y
            numbers = {
                "mae": float(np.abs(errors).mean()),
                "rmse": float(np.sqrt(np.square(errors).mean())),
            }
            return numbers | ({"mase": numbers["mae"] / scale} if scale else {})

        return (evaluate,)

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the errors of the forecasts without a network, and figures.

        Args:
            model: from windows to forecasts.
            data: as `forecast_windows` loads it.

        Returns:
            "last_value_mae", "last_season_mae" and "linear_mae"; "skill", the share of the best
            one's error that the network saves, below 0 where it is worse; figures "error_by_step"
            and "forecasts".
        """
        baselines = data.extras.get("baselines", {})
        forecasts = {"network": np.asarray(outputs(model, data.test.x), "float64"), **baselines}
        errors = {name: np.abs(values - data.test.y) for name, values in forecasts.items()}
        numbers = {f"{name}_mae": float(errors[name].mean()) for name in baselines}
        if numbers and min(numbers.values()) > 0:
            numbers["skill"] = 1 - float(errors["network"].mean()) / min(numbers.values())
        return {
            **numbers,
            "error_by_step": plots.error_by_step({n: e.mean(axis=0) for n, e in errors.items()}),
            "forecasts": plots.forecasts(data.test.x[..., 0], data.test.y, forecasts),
        }

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Forecasts the values that follow the end of each series.

        Args:
            run: a forecaster.
            inputs: CSV files, as in training, or names of series.

        Yields:
            The forecast of each; one that cannot be read or is too short gets an error.

        Raises:
            ValueError: if the run has no preprocessor of series.
        """
        if run.preprocessor is None:
            raise ValueError("`run_id` must name a run whose model takes series. Received: another")
        for source in inputs:
            try:
                window = run.preprocessor([read_series(source).values])
            except (DatasetError, ValueError) as error:
                yield Prediction(source, "", error=str(error))
                continue
            values = np.asarray(outputs(run.model, window), "float64")[0]
            columns = {f"step_{i}": float(value) for i, value in enumerate(values, 1)}
            yield Prediction(source, ", ".join(f"{v:.6g}" for v in values), columns=columns)


task = Forecasting()
