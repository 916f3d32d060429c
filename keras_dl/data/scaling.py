"""Scaling and augmentation as part of the saved model."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl.data.dataset import Data
from keras_dl.data.specs import Images

if TYPE_CHECKING:
    import keras

__all__ = ["with_scaling"]


def with_scaling(
    data: Data,
    net: "keras.Model",
    augmentation: Sequence[Callable[..., Any]] = (),
) -> "keras.Model":
    """Returns a model on raw examples: augmentation, scaling, then the network.

    Pixels 0..255 are divided by 255; features of tables are standardised to mean 0 and variance 1
    over the train split. The saved model includes the scaling and is applied to raw data.

    Args:
        data: training data.
        net: takes scaled float32 examples (batch, *data.input_shape).
        augmentation: layers on raw examples (batch, *data.input_shape) that are active in training
            only.

    Returns:
        A functional model named as `net`, from raw examples to the outputs of `net`.

    Raises:
        ValueError: if `net` takes another shape.
    """
    # Loading data must not wait for the import of Keras.
    import keras

    if tuple(net.input_shape[1:]) != data.input_shape:
        raise ValueError(
            "`net` must take the data's examples. "
            f"Received: net.input_shape={net.input_shape}, data.input_shape={data.input_shape}"
        )
    image = isinstance(data.inputs, Images)
    inputs = keras.Input(data.input_shape, name="pixels" if image else "features")
    x = inputs
    for layer in augmentation:
        x = layer(x)
    # float32 also under mixed precision: float16 has a spacing of 2 above 2048.
    scaling = (
        keras.layers.Rescaling(1 / 255, dtype="float32", name="scaling")
        if image
        else _normalization(data.train.x)
    )
    return keras.Model(inputs, net(scaling(x)), name=net.name)


def _normalization(x: np.ndarray) -> "keras.layers.Normalization":
    import keras

    mean, variance = x.mean(axis=0, dtype=np.float64), x.var(axis=0, dtype=np.float64)
    # A feature that is constant in train would otherwise be divided by almost 0.
    variance = np.where(variance > 0, variance, 1.0)
    return keras.layers.Normalization(
        mean=mean.tolist(), variance=variance.tolist(), dtype="float32", name="scaling"
    )
