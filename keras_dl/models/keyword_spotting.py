"""Small-footprint networks that spot keywords in log-mel spectrograms of a short window."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_dl.models._blocks import drop
from keras_dl.models._check import check_classes, check_count, check_rate, check_shape

__all__ = ["PUBLISHED", "cnn_trad_fpool3", "ds_cnn"]

PUBLISHED = {
    "cnn_trad_fpool3": {
        "trainable_parameters": 244_516,
        "input_shape": (40, 32, 1),
        "num_classes": 4,
        "output_shapes": {
            "conv1": (33, 13, 64),
            "pool1": (11, 13, 64),
            "conv2": (8, 4, 64),
            "linear": (32,),
            "hidden": (128,),
            "logits": (4,),
        },
        "source": "Sainath and Parada 2015, table 1, printed as 244.2 thousand without biases: "
        "20·8·64 + 10·4·64·64 + 8·4·64·32 + 32·128 + 128·4, biases 64 + 64 + 32 + 128 + 4",
    },
    "ds_cnn": {
        "trainable_parameters": 23_180,
        "input_shape": (10, 49, 1),
        "num_classes": 12,
        "output_shapes": {
            "conv": (5, 25, 64),
            "block1_depthwise": (5, 25, 64),
            "block4_pointwise_relu": (5, 25, 64),
            "pool": (64,),
            "logits": (12,),
        },
        "source": "DS-CNN-S of Zhang et al. 2017, table 4: 10·4·64 + 4·(9·64 + 64·64) + 64·12+12, "
        "scales and offsets 9·2·64; 2.66 million multiply-adds, printed as 5.4 million operations",
    },
}


def cnn_trad_fpool3(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    filters: int = 64,
    dropout: float = 0.0,
    name: str = "cnn_trad_fpool3",
) -> keras.Model:
    """Two convolutions over frequency and time, the first pooled by 3 in frequency.

    Behind them are a linear layer of 32 units, which holds the number of weights down, and a layer
    of 128 rectified ones.

    Args:
        input_shape: (bands, frames, 1) of a spectrogram, at least 19 bands and 29 frames; 40 and 32
            in the paper.
        num_classes: number of classes.
        filters: of each convolution; 64 in the paper.
        dropout: share of the hidden units dropped in training.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, bands, frames, 1) to float32 logits (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a spectrogram is too small, `filters` below 1 or `dropout` outside [0, 1).

    Reference:
        Sainath and Parada, 2015, Convolutional Neural Networks for Small-footprint Keyword
        Spotting, Interspeech, section 3.1 and table 1.
    """
    _check(input_shape, num_classes, filters, dropout, smallest=(19, 29))
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Conv2D(filters, (8, 20), activation="relu", name="conv1")(inputs)
    x = keras.layers.MaxPooling2D((3, 1), name="pool1")(x)
    x = keras.layers.Conv2D(filters, (4, 10), activation="relu", name="conv2")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    x = keras.layers.Dense(32, name="linear")(x)
    x = keras.layers.Dense(128, activation="relu", name="hidden")(x)
    x = drop(x, "hidden", dropout)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def ds_cnn(
    input_shape: Sequence[int],
    num_classes: int,
    *,
    filters: int = 64,
    blocks: int = 4,
    dropout: float = 0.0,
    name: str = "ds_cnn",
) -> keras.Model:
    """DS-CNN: a convolution of stride 2, then depthwise-separable ones, averaged over the window.

    Convolutions have no bias, because the batch normalization behind each has an offset.

    Args:
        input_shape: (bands, frames, 1) of a spectrogram; 10 coefficients and 49 frames in the
            paper.
        num_classes: number of classes.
        filters: of each convolution; 64 in the small net of the paper, 172 in the medium one.
        blocks: pairs of a depthwise 3×3 convolution and a 1×1 convolution.
        dropout: share of the averaged features dropped in training.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, bands, frames, 1) to float32 logits (batch, num_classes).

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a size is too small or `dropout` outside [0, 1).

    Reference:
        Zhang, Suda, Lai and Chandra, 2017, Hello Edge: Keyword Spotting on Microcontrollers,
        arXiv:1711.07128, section 4.4; sizes in the authors' train_commands.txt.
    """
    _check(input_shape, num_classes, filters, dropout, smallest=(2, 2))
    check_count("blocks", blocks, "it is the number of depthwise-separable convolutions")
    inputs = keras.Input(tuple(map(int, input_shape)), name="input")
    x = keras.layers.Conv2D(
        filters, (4, 10), strides=2, padding="same", use_bias=False, name="conv"
    )(inputs)
    x = _norm_and_relu(x, "conv")
    for block in (f"block{number}" for number in range(1, blocks + 1)):
        x = keras.layers.DepthwiseConv2D(
            3, padding="same", use_bias=False, name=f"{block}_depthwise"
        )(x)
        x = _norm_and_relu(x, f"{block}_depthwise")
        x = keras.layers.Conv2D(filters, 1, use_bias=False, name=f"{block}_pointwise")(x)
        x = _norm_and_relu(x, f"{block}_pointwise")
    x = drop(keras.layers.GlobalAveragePooling2D(name="pool")(x), "pool", dropout)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def _norm_and_relu(x: Any, label: str) -> Any:
    # Runs are short: Keras' momentum of 0.99 would lag behind the weights.
    x = keras.layers.BatchNormalization(momentum=0.9, name=f"{label}_norm")(x)
    return keras.layers.ReLU(name=f"{label}_relu")(x)


def _check(
    input_shape: Any, classes: int, filters: int, dropout: float, smallest: tuple[int, int]
) -> None:
    check_shape(input_shape)
    if len(input_shape) != 3 or min(a - b for a, b in zip(input_shape, smallest, strict=False)) < 0:
        raise ValueError(
            "`input_shape` must be (bands, frames, 1) with at least {} bands and {} frames. "
            "Received: input_shape={}".format(*smallest, tuple(input_shape))
        )
    check_classes(classes)
    check_count("filters", filters, "it is the number of filters of a convolution")
    check_rate("dropout", dropout)
