"""Conversion of arrays of images to pixels 0..255, (n, height, width, channels)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.images.units import STATE, Extent, extent, find_whites
from keras_dl.data.reading import fact, notice

__all__ = ["Pixels", "scale", "to_bytes", "to_pixels"]

TOLERANCE = 1e-3  # of a level; k/255 in float32 is less than that from k
CHUNK = 1 << 20  # numbers that are tested at a time
DARK = 64  # a set whose brightest pixel is below a quarter of white gets a notice

Images = np.ndarray | list[np.ndarray]


class Pixels(NamedTuple):
    """Images in pixels and the unit that they had.

    Attributes:
        images: arrays (n, height, width, channels), or lists of (height, width, channels), in the
            order of the splits; uint8, or float32 in 0..255.
        white: number of the source that became 255.
    """

    images: list[Images]
    white: float


def to_pixels(splits: Mapping[str, Images], white: float | None = None) -> Pixels:
    """Converts images to pixels 0..255 with a channel axis, by one decision for all splits.

    The pixels are uint8 if all are whole levels of 8 bits, else float32: 10-, 12- and 16-bit
    numbers and finely graded floats keep their grey levels. Bools and integers that are only 0 or
    1 become 0 and 255. Floats that exceed the range by less than 10 % of white are clipped with a
    notice.

    Args:
        splits: by name, arrays (n, height, width) or (n, height, width, channels), or lists of
            images of various sizes; channels 1 or 3.
        white: number that is white in the training data, for inputs of a trained model; None:
            the option `white`, else by type and range, see `common_white`.

    Raises:
        DatasetError: for another shape, channel count or range, for splits of different ranges,
            and for NaN or inf.
    """
    shaped = {name: _with_channels(images) for name, images in splits.items()}
    extents = {name: extent(images) for name, images in shaped.items()}
    white, whites, assumed = find_whites(extents, white)
    parts = [(a, whites[name]) for name, images in shaped.items() for a in _arrays(images)]
    exact = all(_are_levels(array, own) for array, own in parts)
    _record(extents, white, exact=exact, assumed=assumed)
    images = [_map(images, whites[name], exact) for name, images in shaped.items()]
    _notice_clipped([part for part in parts if part[0].dtype.kind == "f"])
    return Pixels(images, white)


def scale(array: np.ndarray, white: float, *, exact: bool) -> np.ndarray:
    """Returns pixels 0..255 of numbers 0..white: rounded to uint8 if `exact`, else float32.

    Args:
        array: numbers of any shape.
        white: number that becomes 255.
        exact: True if the pixels are whole numbers.
    """
    if array.dtype == np.uint8 and white == 255:
        return array if exact else array.astype(np.float32)
    pixels = array.astype(np.float32)
    pixels *= np.float32(255 / white)
    np.clip(pixels, 0, 255, out=pixels)
    return np.rint(pixels).astype(np.uint8) if exact else pixels


def to_bytes(pixels: np.ndarray) -> np.ndarray:
    """Rounds pixels 0..255 to uint8, for pictures to look at.

    Args:
        pixels: uint8, or float32 in 0..255, of any shape.
    """
    return pixels if pixels.dtype == np.uint8 else np.rint(pixels).astype(np.uint8)


def _map(images: Images, white: float, exact: bool) -> Images:
    if isinstance(images, np.ndarray):
        return scale(images, white, exact=exact)
    return [scale(image, white, exact=exact) for image in images]


def _arrays(images: Images) -> Iterable[np.ndarray]:
    return [images] if isinstance(images, np.ndarray) else images


def _with_channels(images: Images) -> Images:
    if isinstance(images, list):
        return [_check(image[None])[0] for image in images]
    return _check(images)


def _check(x: np.ndarray) -> np.ndarray:
    x = x[..., None] if x.ndim == 3 else x
    if x.shape[-1] not in (1, 3):
        first = " Channels stand last: use np.moveaxis(x, 1, -1)." if x.shape[1] in (1, 3) else ""
        raise DatasetError(
            "`x` must have 1 (gray) or 3 (RGB) channels on its last axis; "
            f"alpha and other bands must be removed.{first} Received: shape={x.shape}"
        )
    if 0 in x.shape[1:]:
        raise DatasetError(f"`x` must hold images with pixels. Received: shape={x.shape}")
    return x


def _are_levels(array: np.ndarray, white: float) -> bool:
    """Returns True if all numbers of an array are whole levels of 8 bits."""
    if array.dtype.kind in "biu" and white in (1, 255):
        return True
    flat = array.reshape(-1)
    # In chunks: most sets of finer levels show them in the first one.
    for start in range(0, flat.size, CHUNK):
        pixels = np.clip(flat[start : start + CHUNK] * np.float32(255 / white), 0, 255)
        if np.abs(pixels - np.rint(pixels)).max() > TOLERANCE:
            return False
    return True


def _record(extents: Mapping[str, Extent], white: float, *, exact: bool, assumed: bool) -> None:
    types = tuple(dict.fromkeys(name for values in extents.values() for name in values.types))
    high = max(values.high for values in extents.values())
    whole = Extent(types, min(values.low for values in extents.values()), high)
    levels = "" if exact else "; finer than 8 bits, float32 pixels 0..255"
    fact("value range", f"{whole}, white is {white:g}{levels}")
    if assumed and types == ("uint8",) and 1 < high < DARK:
        notice(f"The images are dark: the brightest pixel is {high:g} of 255.")
    if assumed and white > 255:
        bits = int(np.log2(white + 1))
        notice(f"Pixels up to {high:g} are taken as {bits} bits: white is {white:g}. {STATE}.")


def _notice_clipped(parts: list[tuple[np.ndarray, float]]) -> None:
    outside = sum(int(((a < 0) | (a > white)).sum()) for a, white in parts)
    if outside:
        low = min(float(a.min()) for a, _ in parts)
        high = max(float(a.max()) for a, _ in parts)
        count = sum(a.size for a, _ in parts)
        white = parts[0][1]
        verbs = ("lies", "is") if outside == 1 else ("lie", "are")
        notice(
            f"{outside:,} of {count:,} pixels {verbs[0]} outside of 0..{white:g} "
            f"({low:.9g}..{high:.9g}) and {verbs[1]} clipped."
        )
