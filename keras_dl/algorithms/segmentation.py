"""Segmentation models: augmentation and scaling in the graph, loss over the labelled pixels."""

import keras
import numpy as np

from keras_dl.data import Data, Masks
from keras_dl.data.segmentation import median_frequency_weights
from keras_dl.layers import RandomSymmetry, RandomView, RestoreSymmetry, RestoreView
from keras_dl.losses import PixelCrossentropy

__all__ = ["compile_segmenter", "masks_of", "with_symmetries", "with_views"]


def masks_of(data: Data) -> Masks:
    """Returns the targets of a data set for segmentation.

    Raises:
        ValueError: if they are no masks.
    """
    if not isinstance(data.targets, Masks):
        raise ValueError(
            "`data` must have masks as targets, a class number per pixel. "
            f"Received: {data.name}, with {type(data.targets).__name__}"
        )
    return data.targets


def with_views(
    data: Data,
    net: keras.Model,
    *,
    shift: int = 0,
    flip: bool = False,
    standardize: bool = True,
) -> keras.Model:
    """Puts augmentation and scaling in front of a network, for images of any height and width.

    Each channel is shifted and divided so that it has mean 0 and variance 1 over the train split.

    Args:
        data: train split whose channels are measured.
        net: takes scaled images (batch, height, width, channels), gives logits per pixel.
        shift: largest shift while training in pixels, either way.
        flip: whether half of the images are mirrored while training.
        standardize: give the channels mean 0 and variance 1; else pixels are divided by 255, for
            networks with weights of other images.

    Returns:
        A functional model named as `net`, from pixels 0..255 to the logits of `net`.
    """
    channels = data.input_shape[-1]
    pixels = keras.Input((None, None, channels), dtype="uint8", name="pixels")
    views, moves = RandomView(shift, flip, name="views")(pixels)
    scaling = _scaling(data) if standardize else keras.layers.Rescaling(1 / 255, name="scaling")
    logits = RestoreView(dtype="float32", name="restored")([net(scaling(views)), moves])
    return keras.Model(pixels, logits, name=net.name)


def with_symmetries(data: Data, net: keras.Model) -> keras.Model:
    """Puts the symmetries of the square and scaling in front of a network.

    In training each image, which has to be square, is turned and mirrored at random; its logits are
    moved back to the places of the labels. Channels are scaled as in `with_views`.

    Args:
        data: train split whose channels are measured.
        net: takes scaled images (batch, height, width, channels), gives logits per pixel, or a list
            of them.

    Returns:
        A functional model named as `net`, from pixels 0..255 to the logits of `net`.
    """
    pixels = keras.Input((None, None, data.input_shape[-1]), dtype="uint8", name="pixels")
    views, moves = RandomSymmetry(name="views")(pixels)
    logits = [
        RestoreSymmetry(dtype="float32", name=f"restored{number}")([maps, moves])
        for number, maps in enumerate(keras.tree.flatten(net(_scaling(data)(views))))
    ]
    return keras.Model(pixels, logits if len(logits) > 1 else logits[0], name=net.name)


def compile_segmenter(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    data: Data,
    *,
    balance: float = 0.0,
) -> keras.Model:
    """Compiles a model that gives logits per pixel: cross-entropy over the labelled pixels.

    Args:
        model: from pixels 0..255 to logits (batch, height, width, classes).
        optimizer: a Keras optimizer.
        data: its targets say which label is left out; its train split weights the classes.
        balance: exponent of the median-frequency weights of the classes; 0 weights all by 1.

    Returns:
        The same model.

    Raises:
        ValueError: if the targets are no masks.
    """
    ignore, weights = masks_of(data).ignore, None
    if balance:
        weights = median_frequency_weights(
            data.train.y, data.num_classes, power=float(balance)
        ).tolist()
    model.compile(optimizer, PixelCrossentropy(ignore, weights))
    return model


def _scaling(data: Data) -> keras.layers.Layer:
    """Gives each channel mean 0 and variance 1 over the train split."""
    axes = (0, 1, 2)
    mean = data.train.x.mean(axis=axes, dtype=np.float64)
    # A channel that is constant in train would be divided by almost nothing in test.
    variance = np.maximum(data.train.x.var(axis=axes, dtype=np.float64), 1.0)
    return keras.layers.Normalization(
        mean=mean.tolist(), variance=variance.tolist(), dtype="float32", name="scaling"
    )
