"""Resizing of images to one size."""

from collections.abc import Collection, Sequence

import numpy as np
from PIL import Image, ImageOps

__all__ = ["DEFAULT_SIDE", "common_size", "crop_and_resize", "resize", "resize_image"]

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
    """Resizes images of any sizes and stacks them to (n, height, width, channels).

    Args:
        images: arrays (height, width, channels) of one type, uint8 or float32; channels 1 or 3,
            equal for all.
        size: (height, width) in pixels.
    """
    if isinstance(images, np.ndarray) and images.shape[1:3] == size:
        return images
    channels = images[0].shape[-1] if len(images) else 1
    dtype = images[0].dtype if len(images) else np.dtype(np.uint8)
    stack = np.empty((len(images), *size, channels), dtype)
    for slot, array in zip(stack, images, strict=True):
        slot[...] = resize_image(array, size)
    return stack


def resize_image(array: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Crops and resizes one image, see `crop_and_resize`.

    Args:
        array: (height, width, channels) uint8 or float32, channels 1 or 3.
        size: (height, width) in pixels.
    """
    # Pillow has no mode of three floats.
    if array.shape[-1] == 1 or array.dtype != np.uint8:
        bands = [Image.fromarray(band) for band in np.moveaxis(array, -1, 0)]
        return np.stack([np.asarray(crop_and_resize(band, size)) for band in bands], axis=-1)
    return np.asarray(crop_and_resize(Image.fromarray(array), size))
