"""Forecasters of a time series: recurrent, convolutional and linear."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.models._blocks import drop
from keras_dl.models._check import check_choice, check_count, check_rate

__all__ = ["BASES", "CELLS", "PUBLISHED", "forecaster", "in_units"]

CELLS = ("lstm", "gru", "tcn", "linear")
BASES = ("last_value", "last_season", "none")
KERNEL = 3  # values under a filter of "tcn"
PUBLISHED = {
    "forecaster": {
        "trainable_parameters": 4_748,
        "arguments": {"context": 24, "horizon": 12},
        "output_shapes": {"layer1": (32,), "forecast": (12,)},
        "source": "4·32·(1+32+1) + 32·12+12: an LSTM and a dense layer; the net is ours",
    },
}


def forecaster(
    context: int,
    horizon: int,
    *,
    cell: str = "lstm",
    units: int = 32,
    layers: int = 1,
    dropout: float = 0.0,
    name: str = "forecaster",
) -> keras.Model:
    """Forecasts the values that follow a window of a series, all steps ahead at once.

    Args:
        context: number of values of the window.
        horizon: number of values to forecast.
        cell: "lstm" or "gru"; "tcn", a temporal convolutional network whose block i has dilation
            2^(i-1), as many blocks as see the whole window; or "linear".
        units: of each recurrent layer, filters of each convolution; not used by "linear".
        layers: number of recurrent layers.
        dropout: share dropped behind each layer in training, in [0, 1).
        name: name of the model.

    Returns:
        An uncompiled model from (batch, context, 1) to (batch, horizon), both standardized.

    Raises:
        TypeError: if a size is no integer or `dropout` no number.
        ValueError: if a size is below 1, `cell` unknown or `dropout` outside [0, 1).

    Reference:
        Bai, Kolter and Koltun, 2018, An Empirical Evaluation of Generic Convolutional and Recurrent
        Networks for Sequence Modeling, arXiv:1803.01271, section 3, for "tcn".
    """
    check_count("context", context, "it is the number of values of the window")
    check_count("horizon", horizon, "it is the number of values to forecast")
    check_count("units", units, "it is the width of each layer")
    check_count("layers", layers, "it is the number of recurrent layers")
    check_choice("cell", cell, CELLS)
    check_rate("dropout", dropout)
    inputs: Any = keras.Input((context, 1), name="window")
    if cell == "linear":
        x = keras.layers.Flatten(name="flat")(inputs)
    elif cell == "tcn":
        x = _convolutions(inputs, units, dropout)
    else:
        x = _recurrent(inputs, cell, units, layers, dropout)
    outputs = keras.layers.Dense(horizon, dtype="float32", name="forecast")(x)
    return keras.Model(inputs, outputs, name=name)


def _recurrent(
    x: keras.KerasTensor, cell: str, units: int, layers: int, dropout: float
) -> keras.KerasTensor:
    kind = keras.layers.LSTM if cell == "lstm" else keras.layers.GRU
    for number in range(1, layers + 1):
        x = kind(units, return_sequences=number < layers, name=f"layer{number}")(x)
        x = drop(x, f"layer{number}", dropout)
    return x


def _convolutions(x: keras.KerasTensor, filters: int, dropout: float) -> keras.KerasTensor:
    """Blocks of two convolutions with dilations 1, 2, 4, … until the last output sees it all."""
    context, field, number = x.shape[1], 1, 0
    while field < context:
        number += 1
        dilation = 2 ** (number - 1)
        x = _temporal_block(x, f"block{number}", filters, dilation, dropout)
        field += 2 * (KERNEL - 1) * dilation
    last: Any = x[:, -1]
    return last


def _temporal_block(
    x: keras.KerasTensor, name: str, filters: int, dilation: int, dropout: float
) -> keras.KerasTensor:
    """Two causal dilated convolutions with ReLU, added to their input.

    Args:
        x: (batch, time, channels).
        name: prefix of the layers' names.
        filters: of each convolution; the input is projected where it has other channels.
        dilation: distance of the values under a filter.
        dropout: share dropped behind each convolution in training.

    Returns:
        (batch, time, filters).
    """
    y = x
    for number in (1, 2):
        y = keras.layers.Conv1D(
            filters,
            KERNEL,
            padding="causal",
            dilation_rate=dilation,
            activation="relu",
            kernel_initializer="he_normal",
            name=f"{name}_conv{number}",
        )(y)
        y = drop(y, f"{name}_conv{number}", dropout)
    if x.shape[-1] != filters:
        x = keras.layers.Conv1D(filters, 1, name=f"{name}_projection")(x)
    return keras.layers.Activation("relu", name=f"{name}_relu")(
        keras.layers.Add(name=f"{name}_add")([x, y])
    )


def in_units(
    net: keras.Model, values: np.ndarray, *, log: bool, base: str, period: int | None = None
) -> keras.Model:
    """Wraps a forecaster of standardized values into one of a series in its own units.

    Args:
        net: from `forecaster`.
        values: of the series in train, of any shape; their mean and deviation standardize.
        log: whether the net works on logarithms, for seasons that grow with the values.
        base: what the net's outputs are added to: "last_value" of the window, "last_season", the
            latest value in it of the same place in the season, or "none". The net sees the
            differences from the last value unless it is "none".
        period: values of a season, for "last_season".

    Returns:
        An uncompiled model from (batch, context, 1) to (batch, horizon); with `log` forecasts from
        values that are not above 0 are not finite.

    Raises:
        ValueError: if `log` and a value is not above 0, `base` is unknown, or "last_season" and the
            window holds no season.

    Reference:
        Zeng et al., 2022, Are Transformers Effective for Time Series Forecasting?,
        arXiv:2205.13504, section 3.2, for "last_value".
    """
    history, context = np.asarray(values, "float64"), net.input_shape[1]
    _check_units(history, context, log, base, period)
    history = np.log(history) if log else history
    mean, deviation = float(history.mean()), float(history.std()) or 1.0
    inputs = keras.Input((context, 1), name="values")
    x: Any = ops.log(inputs) if log else inputs
    x = keras.layers.Rescaling(1 / deviation, -mean / deviation, name="standardized")(x)
    last = x[:, -1:]
    forecast: Any = net(x if base == "none" else ops.subtract(x, last))
    if base == "last_value":
        forecast = ops.add(forecast, last[..., 0])
    elif base == "last_season" and period is not None:
        places = [context - period + ahead % period for ahead in range(net.output_shape[1])]
        forecast = ops.add(forecast, ops.take(x[..., 0], places, axis=1))
    forecast = keras.layers.Rescaling(deviation, mean, dtype="float32", name="units")(forecast)
    return keras.Model(inputs, ops.exp(forecast) if log else forecast, name=net.name)


def _check_units(
    values: np.ndarray, context: int, log: bool, base: str, period: int | None
) -> None:
    check_choice("base", base, BASES)
    if log and values.min() <= 0:
        raise ValueError(
            "`log` must be False for a series with values that are not above 0. "
            f"Received: log=True, smallest value {values.min():.6g}"
        )
    if base == "last_season" and (period is None or period > context):
        raise ValueError(
            '`base` must be "last_value" or "none" where the window holds no season, which has '
            f"`period` values. Received: base={base!r}, period={period}, context={context}"
        )
