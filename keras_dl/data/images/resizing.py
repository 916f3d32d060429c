"""Resizing of images to one size."""

from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image, ImageOps

__all__ = ["DEFAULT_SIDE", "common_size", "crop_and_resize", "resize"]

# Side of images of various sizes if no size is requested.
DEFAULT_SIDE = 32


def common_size(
    sizes: Collection[tuple[int, ...]], image_size: int | None, at_least: int | None
) -> tuple[int, int]:
    """Returns the (height, width) that all images are resized to.

    Args:
        sizes: (height, width) of the images, in pixels.
        image_size: side of a square in pixels, or None to keep the size of equal images.
        at_least: minimum length of the shorter side in pixels, or None; images of various sizes
            become squares of this side.
    """
    if image_size is not None:
        return image_size, image_size
    if len(set(sizes)) > 1:
        side = at_least or DEFAULT_SIDE
        return side, side
    height, width = next(iter(sizes))
    grow = max(1.0, (at_least or 1) / min(height, width))
    return round(height * grow), round(width * grow)


def crop_and_resize(image: Image.Image, size: tuple[int, ...]) -> Image.Image:
    """Crops the largest centred part with the target aspect ratio and resizes it bilinearly.

    Args:
        image: PIL image.
        size: (height, width) in pixels.
    """
    height, width = size
    if image.size == (width, height):
        return image
    # Pillow widens its bilinear filter when it shrinks an image, which is antialiasing.
    return ImageOps.fit(image, (width, height), method=Image.Resampling.BILINEAR)


def resize(images: Sequence[np.ndarray] | np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Resizes images of any sizes and stacks them to (n, height, width, channels) uint8.

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
        slot[...] = np.asarray(crop_and_resize(image, size)).reshape(slot.shape)
    return stack
