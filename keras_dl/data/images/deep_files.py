"""Gray image files of more than 8 bits, all in one unit."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps

from keras_dl.data.archives import Member
from keras_dl.data.images.formats import map_members, open_image
from keras_dl.data.images.pixels import scale
from keras_dl.data.images.resizing import resize_image
from keras_dl.data.images.units import STATE, Extent, extent, find_whites
from keras_dl.data.reading import fact, notice
from keras_dl.utils.text import plural

__all__ = ["decode_deep", "is_deep"]


def is_deep(image: Image.Image) -> bool:
    """Returns True for gray images of integers or floats of more than 8 bits."""
    return image.mode.startswith("I") or image.mode == "F"


def decode_deep(
    members: Sequence[Member], size: tuple[int, int], white: float | None
) -> tuple[list[np.ndarray], float]:
    """Decodes gray files of more than 8 bits by one unit for all.

    Args:
        members: the files.
        size: (height, width) in pixels.
        white: number that is white in the training data; None: the option `white`, else by the
            range of all files.

    Returns:
        Pixels 0..255, (height, width) float32, or uint8 if they are whole numbers in all files;
        and the number that is white, 255 if there are no files.

    Raises:
        DatasetError: if files cannot be decoded, or have no common unit.
    """
    if not members:
        return [], 255.0
    # Twice: the unit follows from all files, which need not be in memory at the same time.
    extents = map_members(lambda member: extent(_numbers(member)), members)
    white = _find_white(extents, white)
    images = [
        resize_image(scale(_numbers(member), white, exact=False)[..., None], size)[..., 0]
        for member in members
    ]
    if all((image == np.rint(image)).all() for image in images):
        images = [image.astype(np.uint8) for image in images]
    return images, white


def _find_white(extents: Sequence[Extent], white: float | None) -> float:
    floats = [e for e in extents if e.types[0].startswith("float")]
    integers = [e for e in extents if not e.types[0].startswith("float")]
    groups = {"files of floats": floats, "files of integers": integers}
    joined = {name: _join(group) for name, group in groups.items() if group}
    white, _, assumed = find_whites(joined, white)
    if assumed and white > 255:
        words = "of more than 8 bits"
        words = plural(len(integers), f"file {words} has", f"files {words} have")
        notice(
            f"{words} pixels up to {_join(integers).high:g}, taken as "
            f"{round(np.log2(white + 1))} bits: white is {white:g}. {STATE}."
        )
    files = plural(len(extents), "file", "files")
    fact("value range", f"{_join(extents)}, white is {white:g} ({files})")
    return white


def _numbers(member: Member) -> np.ndarray:
    """Returns the numbers of a file: float32, or integers as uint16 where they fit."""
    values = np.asarray(ImageOps.exif_transpose(open_image(member)))
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    return values.astype(np.uint16) if 0 <= values.min() <= values.max() < 2**16 else values


def _join(extents: Sequence[Extent]) -> Extent:
    types = tuple(dict.fromkeys(name for e in extents for name in e.types))
    return Extent(types, min(e.low for e in extents), max(e.high for e in extents))
