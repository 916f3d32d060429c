"""Parts of convolutional players: from a vector to an image, and from an image to a vector."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers import SpectralNormalization
from keras_dl.models._check import check_count, check_image_shape

__all__ = ["NORMAL", "grown", "score", "shrunk"]

LEAK = 0.2
NORMAL = 0.02  # standard deviation of the initial weights; Radford et al., 2016, section 4


def grown(x: Any, output_shape: Sequence[int], filters: int) -> Any:
    """From vectors to a few pixels with many channels, then twice as large in each layer."""
    check_count("filters", filters, "so many maps has the last layer but one")
    stages = _stages(output_shape, "output_shape")
    height, width = (int(side) >> stages for side in output_shape[:2])
    wide = filters << (stages - 1)
    dense = keras.layers.Dense(height * width * wide, use_bias=False, **_normal(), name="project")
    x = keras.layers.Reshape((height, width, wide), name="start")(dense(x))
    x = _rectified(x, "start")
    for stage in range(1, stages):
        x = _up(wide >> stage, f"up{stage}")(x)
        x = _rectified(x, f"up{stage}")
    # float32 even under mixed precision: pixels have 256 levels.
    return _up(int(output_shape[2]), "image", activation="tanh", dtype="float32")(x)


def shrunk(image: Any, filters: int, *, batch_norm: bool, spectral_norm: bool) -> Any:
    """Half as large in each layer, with twice the channels, then flat."""
    check_count("filters", filters, "so many maps has the first layer")
    stages = _stages(image.shape[1:], "input_shape")
    x = image
    for stage in range(stages):
        down = f"down{stage + 1}"
        options = {"padding": "same", "use_bias": not batch_norm, **_normal()}
        layer = keras.layers.Conv2D(filters << stage, 4, 2, **options, name=down)
        x = _normalised(layer, spectral_norm)(x)
        if batch_norm and stage > 0:
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"{down}_norm")(x)
        x = keras.layers.LeakyReLU(LEAK, name=f"{down}_leaky")(x)
    return keras.layers.Flatten(name="flat")(x)


def score(x: Any, units: int = 1, *, spectral_norm: bool, name: str = "logit") -> Any:
    """Linear float32 outputs of flat features."""
    last = keras.layers.Dense(units, use_bias=False, **_normal(), dtype="float32", name=name)
    return _normalised(last, spectral_norm)(x)


def _normalised(layer: Any, spectral_norm: bool) -> Any:
    if not spectral_norm:
        return layer
    return SpectralNormalization(layer, name=f"{layer.name}_spectral", dtype=layer.dtype_policy)


def _stages(shape: Sequence[Any], name: str) -> int:
    """How often both sides can be halved from more than 4 pixels, or twice from 8."""
    check_image_shape(shape, smallest=8)
    height, width, stages = int(shape[0]), int(shape[1]), 0
    while (min(height, width) > 4 or stages < 2) and height % 2 == width % 2 == 0:
        height, width, stages = height // 2, width // 2, stages + 1
    if not stages:
        raise ValueError(
            f"`{name}` must have even sides; each layer doubles or halves them. "
            f"Received: {name}={tuple(shape)}"
        )
    return stages


def _normal() -> dict[str, Any]:
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=NORMAL)}


def _up(filters: int, name: str, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters, 4, 2, padding="same", use_bias=False, **_normal(), name=name, **options
    )


def _rectified(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
