"""Images with a class number per pixel, before they become a data set."""

from typing import NamedTuple

import numpy as np

__all__ = ["VOID", "LabelledImages", "Pair", "voc_colours"]

VOID = 255  # label of unlabelled pixels in masks of users, as in PASCAL VOC

Pair = tuple[np.ndarray, np.ndarray]


class LabelledImages(NamedTuple):
    """Images and masks by split, and the meaning of the labels.

    Attributes:
        name: short name of the data set.
        source: where the bytes came from, in words.
        train: images (n, height, width, channels) and masks (n, height, width), both uint8.
        validation: the same, or None to cut a share of train.
        test: the same, or None to cut a share of train.
        names: one name per class; label i of a mask is names[i].
        ignore: label of unlabelled pixels, or None.
        colours: (red, green, blue) of each class, 0..255.
        white: number that was white in the images' source, see `keras_dl.data.Images`.
    """

    name: str
    source: str
    train: Pair
    validation: Pair | None
    test: Pair | None
    names: tuple[str, ...]
    ignore: int | None
    colours: tuple[tuple[int, int, int], ...]
    white: float = 255.0


def voc_colours(count: int) -> tuple[tuple[int, int, int], ...]:
    """Returns the first colours of PASCAL VOC's palette: distinct, class 0 black.

    Args:
        count: number of classes, up to 256.

    Returns:
        (red, green, blue) in 0..255, one per class.

    Example:
        >>> voc_colours(3)
        ((0, 0, 0), (128, 0, 0), (0, 128, 0))
    """
    colours = []
    for index in range(count):
        # Bits 0, 1, 2, then 3, 4, 5, … of the class number are the channels' bits 7, 6, ….
        channels = [
            sum((index >> (3 * bit + channel) & 1) << (7 - bit) for bit in range(3))
            for channel in range(3)
        ]
        colours.append((channels[0], channels[1], channels[2]))
    return tuple(colours)
