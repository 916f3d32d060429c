"""Time series: reading, and windows for forecasts."""

from keras_dl.data.series.baselines import forecast_baselines
from keras_dl.data.series.sources import SERIES, Series, read_series
from keras_dl.data.series.windows import SeriesWindow, forecast_windows

__all__ = [
    "SERIES",
    "Series",
    "SeriesWindow",
    "forecast_baselines",
    "forecast_windows",
    "read_series",
]
