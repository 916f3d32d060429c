"""Compilation of a model by the kind of its targets: classes or numbers."""

from typing import Any

import keras

from keras_dl.data import Data, Values
from keras_dl.losses import ScaledSquaredError
from keras_dl.tasks.classification import compile_classifier

__all__ = ["compile_for_targets"]


def compile_for_targets(
    data: Data, model: keras.Model, optimizer: Any, *, label_smoothing: float = 0.0
) -> keras.Model:
    """Compiles a classifier where the data have classes, else a regression.

    The outputs of a regression are numbers in units of the target: a last layer multiplies them by
    the standard deviation of train and adds its mean. Its loss is the mean squared error divided by
    that variance, the unexplained share 1 − R²; its metric "mae" has the target's unit.

    Args:
        data: its targets decide; those of train are standardised.
        model: from raw examples to (batch, `data.num_outputs`).
        optimizer: a Keras optimizer.
        label_smoothing: of a classifier; see `compile_classifier`.

    Returns:
        The same model, or one with the layer `units` behind it.

    Raises:
        ValueError: if labels of a regression shall be smoothed.
    """
    if not isinstance(data.targets, Values):
        return compile_classifier(model, optimizer, label_smoothing=label_smoothing)
    if label_smoothing:
        raise ValueError(
            "`label_smoothing` must be 0 where the targets are numbers. "
            f"Received: label_smoothing={label_smoothing}"
        )
    y = data.train.y.reshape(len(data.train.y), -1).astype("float64")
    mean, deviation = y.mean(axis=0), y.std(axis=0)
    deviation[deviation == 0] = 1.0
    units = keras.layers.Rescaling(deviation.tolist(), mean.tolist(), dtype="float32", name="units")
    regressor = keras.Model(model.inputs, units(model.outputs[0]), name=model.name)
    regressor.compile(
        optimizer,
        ScaledSquaredError(deviation.tolist()),
        metrics=[keras.metrics.MeanAbsoluteError("mae")],
    )
    return regressor
