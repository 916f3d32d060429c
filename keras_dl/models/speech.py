"""Acoustic models: networks from log-mel frames to labels or states by frame."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_dl.models._blocks import drop
from keras_dl.models._check import check_classes, check_count, check_rate

__all__ = ["PUBLISHED", "ctc_encoder", "frame_network"]

PUBLISHED = {
    "ctc_encoder": {
        "trainable_parameters": 96_267,
        "arguments": {"bands": 40, "num_labels": 10},
        "output_shapes": {
            "subsampling": (None, 64),
            "block4_add": (None, 64),
            "logits": (None, 11),
        },
        "source": "40·5·64+64 + 4·(64·5·64+64 + 2·64) + 64·11+11; the net is ours",
    },
    "frame_network": {
        "trainable_parameters": 186_655,
        "arguments": {"bands": 40, "num_states": 31},
        "output_shapes": {"context": (None, 256), "hidden2": (None, 256), "logits": (None, 31)},
        "source": "40·11·256+256 + 256·256+256 + 256·31+31: a dense net on eleven frames",
    },
}


def ctc_encoder(
    bands: int,
    num_labels: int,
    *,
    filters: int = 64,
    blocks: int = 4,
    kernel_size: int = 5,
    dropout: float = 0.1,
    mean: float = 0.0,
    spread: float = 1.0,
    name: str = "ctc_encoder",
) -> keras.Model:
    """A residual convolutional network over time with half as many outputs as frames.

    Frames that are 0 in all bands are padding: they stay 0 in each layer, so that the outputs of a
    recording do not depend on how far its batch is padded.

    Args:
        bands: mel bands of a frame.
        num_labels: number of labels; the blank is added.
        filters: of each convolution.
        blocks: residual blocks; block i has dilation 2^(i-1) up to 8.
        kernel_size: frames under a filter, odd.
        dropout: share of the bands, and of the outputs of each block, dropped in training.
        mean: of the log energies in train, which is subtracted.
        spread: their standard deviation, which they are divided by.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, frames, bands) to float32 logits
        (batch, ⌈frames/2⌉, 1 + num_labels); label 0 is the blank.

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a size is too small, `kernel_size` even or `dropout` outside [0, 1).

    Reference:
        Graves et al., 2006, Connectionist Temporal Classification, for the outputs. The network is
        ours: residual blocks as in He et al., 2016, dilated as in van den Oord et al., 2016.
    """
    _check(bands, num_labels, dropout)
    check_count("filters", filters, "it is the number of filters of a convolution")
    check_count("blocks", blocks, "it is the number of residual blocks")
    if kernel_size % 2 == 0:
        raise ValueError(
            f"`kernel_size` must be odd, to have a middle. Received: kernel_size={kernel_size}"
        )
    inputs = keras.Input((None, bands), name="frames")
    x, mask = _scaled(inputs, mean, spread)
    x = keras.layers.SpatialDropout1D(dropout, name="band_dropout")(x)
    # Not padding="same": with stride 2 its left side depends on whether the length is even.
    x = keras.layers.ZeroPadding1D(kernel_size // 2, name="margin")(x)
    x = keras.layers.Conv1D(filters, kernel_size, strides=2, name="subsampling")(x)
    mask = mask[:, ::2]
    x = ops.relu(x) * mask
    for number in range(1, blocks + 1):
        x = _block(x, mask, f"block{number}", kernel_size, min(2 ** (number - 1), 8), dropout)
    logits = keras.layers.Dense(num_labels + 1, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def _block(
    x: Any, mask: Any, name: str, kernel_size: int, dilation: int, dropout: float
) -> keras.KerasTensor:
    filters = x.shape[-1]
    y = keras.layers.LayerNormalization(name=f"{name}_norm")(x) * mask
    y = keras.layers.Conv1D(
        filters, kernel_size, padding="same", dilation_rate=dilation, name=f"{name}_conv"
    )(y)
    y = drop(keras.layers.ReLU(name=f"{name}_relu")(y), name, dropout) * mask
    return keras.layers.Add(name=f"{name}_add")([x, y])


def frame_network(
    bands: int,
    num_states: int,
    *,
    units: Sequence[int] = (256, 256),
    context: int = 5,
    dropout: float = 0.2,
    mean: float = 0.0,
    spread: float = 1.0,
    name: str = "frame_network",
) -> keras.Model:
    """Dense layers on each frame and its neighbours: the network of a hybrid recogniser.

    The first dense layer on `2·context + 1` spliced frames is a convolution over time. Frames that
    are 0 in all bands are padding and count as mean ones.

    Args:
        bands: mel bands of a frame.
        num_states: states of the hidden Markov model.
        units: width of each hidden layer.
        context: frames on each side.
        dropout: share of hidden units dropped in training.
        mean: of the log energies in train, which is subtracted.
        spread: their standard deviation, which they are divided by.
        name: name of the model.

    Returns:
        An uncompiled model from (batch, frames, bands) to float32 logits
        (batch, frames, num_states).

    Raises:
        TypeError: if a size is not an integer or `dropout` not a number.
        ValueError: if a size is too small or `dropout` outside [0, 1).

    Reference:
        Dahl, Yu, Deng and Acero, 2012, Context-Dependent Pre-Trained Deep Neural Networks for
        Large-Vocabulary Speech Recognition, IEEE Transactions on Audio, Speech, and Language
        Processing 20, section IV; eleven frames in section V.
    """
    _check(bands, num_states, dropout)
    check_count("context", context, "it is the number of frames on each side", least=0)
    for number, width in enumerate(units):
        check_count(f"units[{number}]", width, "it is the width of a hidden layer")
    inputs = keras.Input((None, bands), name="frames")
    x, _ = _scaled(inputs, mean, spread)
    first = keras.layers.Conv1D(
        units[0], 2 * context + 1, padding="same", activation="relu", name="context"
    )
    x = drop(first(x), "context", dropout)
    for number, width in enumerate(units[1:], start=2):
        x = keras.layers.Dense(width, "relu", name=f"hidden{number}")(x)
        x = drop(x, f"hidden{number}", dropout)
    logits = keras.layers.Dense(num_states, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def _check(bands: int, outputs: int, dropout: float) -> None:
    check_count("bands", bands, "it is the number of mel bands of a frame")
    check_classes(outputs)
    check_rate("dropout", dropout)


def _scaled(inputs: Any, mean: float, spread: float) -> tuple[Any, Any]:
    """Returns standardized frames, padding 0, and the mask (batch, frames, 1)."""
    mask = ops.cast(ops.any(ops.not_equal(inputs, 0.0), axis=-1, keepdims=True), "float32")
    scaling = keras.layers.Rescaling(1 / spread, offset=-mean / spread, name="scaling")
    return scaling(inputs) * mask, mask
