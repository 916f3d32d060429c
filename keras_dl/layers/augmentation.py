"""Augmentation of images by name."""

from collections.abc import Sequence

import keras

from keras_dl.layers.random_distortion import RandomDistortion
from keras_dl.layers.random_shift import RandomShift

__all__ = ["augmentation_layers"]

KINDS = ("shift", "flip", "shift_flip", "distort")
SHIFTED = 8  # the largest shift is this part of the shorter side: 4 of 32 pixels, as for CIFAR


def augmentation_layers(kind: str | None, input_shape: Sequence[int]) -> list[keras.layers.Layer]:
    """Returns layers that change images in training and leave them as they are otherwise.

    Args:
        kind: "shift", by up to an eighth of the shorter side in both directions; "flip", half of
            the images left to right, which letters and digits do not bear; "shift_flip", both;
            "distort", shifted, scaled, squeezed and sheared as handwriting; None: no layer.
        input_shape: (height, width, channels) of one image.

    Raises:
        ValueError: if the examples are no images, or `kind` is unknown.

    Reference:
        He, Zhang, Ren and Sun, 2015, arXiv:1512.03385, section 4.2, for shift_flip; LeCun et al.,
        1998, section III.A, for distort.
    """
    if kind is None:
        return []
    if len(input_shape) != 3:
        raise ValueError(
            f"`augmentation` must be left out for data that are no images. Received: "
            f"augmentation={kind!r}, examples of shape {tuple(input_shape)}"
        )
    if kind not in KINDS:
        raise ValueError(
            f"`augmentation` must be one of {', '.join(KINDS)}. Received: augmentation={kind!r}"
        )
    if kind == "distort":
        return [RandomDistortion()]
    pixels = max(1, min(input_shape[:2]) // SHIFTED) if "shift" in kind else 0
    return [RandomShift(pixels, flip="flip" in kind)]
