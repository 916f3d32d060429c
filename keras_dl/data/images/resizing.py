"""Brings images of any size to one size."""

from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image, ImageOps

__all__ = ["DEFAULT_SIDE", "common_size", "fit", "resized"]

# What images of various sizes are brought to when nobody asks for a size.
DEFAULT_SIDE = 32


def common_size(
    sizes: Collection[tuple[int, ...]], image_size: int | None, at_least: int | None
) -> tuple[int, int]:
    """The (height, width) all images are brought to.

    Args:
        sizes: the (height, width) that occur, in pixels.
        image_size: side of a square in pixels, or None to keep equal sizes as they are.
        at_least: pixels the shorter side must have, or None; various sizes become this square.
    """
    if image_size is not None:
        return image_size, image_size
    if len(set(sizes)) > 1:
        side = at_least or DEFAULT_SIDE
        return side, side
    height, width = next(iter(sizes))
    grow = max(1.0, (at_least or 1) / min(height, width))
    return round(height * grow), round(width * grow)


def fit(image: Image.Image, size: tuple[int, ...]) -> Image.Image:
    """The image's largest centred part of the wanted aspect, resized bilinearly, antialiased.

    Args:
        image: any PIL image.
        size: (height, width) in pixels.
    """
    height, width = size
    if image.size == (width, height):
        return image
    # Pillow's bilinear filter widens when it shrinks, which is the antialiasing.
    return ImageOps.fit(image, (width, height), method=Image.Resampling.BILINEAR)


def resized(images: Sequence[np.ndarray] | np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Stacks images of any sizes to (n, height, width, channels) uint8.

    Args:
        images: arrays (height, width, channels) uint8, channels 1 or 3, equal for all.
        size: (height, width) in pixels.
    """
    if isinstance(images, np.ndarray) and images.shape[1:3] == size:
        return images
    channels = images[0].shape[-1] if len(images) else 1
    stack = np.empty((len(images), *size, channels), np.uint8)
    for slot, array in zip(stack, images, strict=True):
        image = Image.fromarray(array[..., 0] if channels == 1 else array)
        slot[...] = np.asarray(fit(image, size)).reshape(slot.shape)
    return stack
