"""The layers between raw examples and a network, kept in the model that is saved."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl.data.dataset import Data
from keras_dl.data.specs import Images

if TYPE_CHECKING:
    import keras

__all__ = ["scaled"]


def scaled(
    data: Data, net: "keras.Model", augmentation: Sequence[Callable[[Any], Any]] = ()
) -> "keras.Model":
    """A model that takes raw examples: augmentation, scaling, then the network.

    Pixels 0..255 are divided by 255; features of tables are shifted and divided so that each has
    mean 0 and variance 1 over the train split. Whoever loads the saved model feeds it raw data and
    cannot scale them wrongly.

    Args:
        data: what the network is trained on.
        net: takes scaled float32 examples (batch, *data.input_shape).
        augmentation: layers on raw examples (batch, *data.input_shape) that change them while
            training and pass them on otherwise.

    Returns:
        A functional model named as `net`, from raw examples to the outputs of `net`.

    Raises:
        ValueError: if `net` takes another shape.
    """
    # Whoever only loads data should not wait for Keras.
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
    # In float32 also under mixed precision: half floats have gaps of 1 from 2048 on.
    scaling = (
        keras.layers.Rescaling(1 / 255, dtype="float32", name="scaling")
        if image
        else _normalization(data.train.x)
    )
    return keras.Model(inputs, net(scaling(x)), name=net.name)


def _normalization(x: np.ndarray) -> Any:
    import keras

    mean, variance = x.mean(axis=0, dtype=np.float64), x.var(axis=0, dtype=np.float64)
    # A feature that is constant in train would be divided by almost nothing in test.
    variance = np.where(variance > 0, variance, 1.0)
    return keras.layers.Normalization(
        mean=mean.tolist(), variance=variance.tolist(), dtype="float32", name="scaling"
    )
