"""Convolutional stacks of generators and discriminators."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.layers import SpectralNormalization
from keras_dl.models._check import check_count, check_image_shape

__all__ = ["INITIAL_STDDEV", "downsample", "linear_output", "upsample"]

LEAK = 0.2
INITIAL_STDDEV = 0.02  # of the weights; Radford et al., 2016, section 4


def upsample(x: keras.KerasTensor, output_shape: Sequence[int], filters: int) -> Any:
    """Maps vectors to images by transposed convolutions, each of which doubles the sides.

    Args:
        x: (batch, dim).
        output_shape: (height, width, channels) of the images.
        filters: filters of the last layer but one; each layer before it has twice as many.

    Returns:
        (batch, height, width, channels) float32 in [-1, 1].
    """
    check_count("filters", filters, "it is the number of filters of the last layer but one")
    stages = _stages(output_shape, "output_shape")
    height, width = (int(side) >> stages for side in output_shape[:2])
    widest = filters << (stages - 1)
    dense = keras.layers.Dense(
        height * width * widest, use_bias=False, **_initializer(), name="project"
    )
    x = keras.layers.Reshape((height, width, widest), name="start")(dense(x))
    x = _norm_relu(x, "start")
    for stage in range(1, stages):
        x = _up(widest >> stage, f"up{stage}")(x)
        x = _norm_relu(x, f"up{stage}")
    # float32 even under mixed precision: pixels have 256 levels.
    return _up(int(output_shape[2]), "image", activation="tanh", dtype="float32")(x)


def downsample(
    image: keras.KerasTensor, filters: int, *, batch_norm: bool, spectral_norm: bool
) -> Any:
    """Maps images to features by strided convolutions, each of which halves the sides.

    Args:
        image: (batch, height, width, channels).
        filters: filters of the first layer; each further one has twice as many.
        batch_norm: whether to normalize all layers but the first.
        spectral_norm: whether to divide kernels by their largest singular value.

    Returns:
        Flat features (batch, dim).
    """
    check_count("filters", filters, "it is the number of filters of the first layer")
    stages = _stages(image.shape[1:], "input_shape")
    x = image
    for stage in range(stages):
        down = f"down{stage + 1}"
        options = {"padding": "same", "use_bias": not batch_norm, **_initializer()}
        layer = keras.layers.Conv2D(filters << stage, 4, 2, **options, name=down)
        x = _normalized(layer, spectral_norm)(x)
        if batch_norm and stage > 0:
            x = keras.layers.BatchNormalization(momentum=0.9, name=f"{down}_norm")(x)
        x = keras.layers.LeakyReLU(LEAK, name=f"{down}_leaky")(x)
    return keras.layers.Flatten(name="flat")(x)


def linear_output(
    x: keras.KerasTensor, units: int = 1, *, spectral_norm: bool, name: str = "logit"
) -> Any:
    """Computes linear float32 outputs of flat features.

    Args:
        x: features (batch, dim).
        units: number of outputs.
        spectral_norm: whether to divide the kernel by its largest singular value.
        name: name of the layer.

    Returns:
        (batch, units).
    """
    last = keras.layers.Dense(units, use_bias=False, **_initializer(), dtype="float32", name=name)
    return _normalized(last, spectral_norm)(x)


def _normalized(layer: keras.Layer, spectral_norm: bool) -> keras.Layer:
    if not spectral_norm:
        return layer
    return SpectralNormalization(layer, name=f"{layer.name}_spectral", dtype=layer.dtype_policy)


def _stages(shape: Sequence[Any], name: str) -> int:
    """Number of halvings of both sides until one is 4 or less or odd, two for 8 pixels."""
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


def _initializer() -> dict[str, Any]:
    return {"kernel_initializer": keras.initializers.RandomNormal(stddev=INITIAL_STDDEV)}


def _up(filters: int, name: str, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2DTranspose(
        filters, 4, 2, padding="same", use_bias=False, **_initializer(), name=name, **options
    )


def _norm_relu(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
