"""Decodes image files to pixels, and says which ones cannot be."""

import io
import struct
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from keras_dl.data.archives import Member
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.resizing import fit

__all__ = ["decode", "header_sizes", "stacked"]

Result = TypeVar("Result")

# Photographs of today's cameras pass; a small file that claims to be huge is refused unread.
MAX_PIXELS = 100_000_000
# From this share of gray images on, a stray coloured one is taken for a slip and turned gray.
MOSTLY_GRAY = 0.9
ORIENTATION = 0x0112  # EXIF tag; 5..8 lie on their side


def header_sizes(members: Sequence[Member]) -> set[tuple[int, int]]:
    """The (height, width) in pixels that occur, read from the files' headers.

    Raises:
        DatasetError: if files are no images; it names the first three and counts them.
    """
    return set(_each(lambda member: _upright_size(_opened(member)), members))


def decode(members: Sequence[Member], size: tuple[int, int]) -> list[np.ndarray]:
    """Pixels of image files, brought to one size: gray (height, width), else (height, width, 3).

    Palettes become RGB, transparent parts white, 16-bit gray its upper 8 bits; a photograph is
    turned upright by its EXIF tag; an animation gives its first frame.

    Args:
        members: the files.
        size: (height, width) in pixels.

    Raises:
        DatasetError: if files cannot be decoded; it names the first three and counts them.
    """
    return _each(lambda member: _pixels(_opened(member), size), members)


def stacked(arrays: Sequence[np.ndarray], channels: int | None = None) -> np.ndarray:
    """Decoded images as one array (n, height, width, channels) uint8.

    Args:
        arrays: images (height, width) or (height, width, 3), at least one.
        channels: 1 or 3, or None: 1 where at least nine of ten images are gray, else 3.
    """
    if channels is None:
        channels = 1 if np.mean([a.ndim == 2 for a in arrays]) >= MOSTLY_GRAY else 3
    mode, rank = ("L", 2) if channels == 1 else ("RGB", 3)
    stack = np.empty((len(arrays), *arrays[0].shape[:2], channels), np.uint8)
    for slot, array in zip(stack, arrays, strict=True):
        same = array if array.ndim == rank else np.asarray(Image.fromarray(array).convert(mode))
        slot[...] = same.reshape(slot.shape)
    return stack


def _each(work: Callable[[Member], Result], members: Sequence[Member]) -> list[Result]:
    results, bad = [], []
    for member in members:
        try:
            results.append(work(member))
        # What Pillow's decoders raise on damaged files.
        except (OSError, SyntaxError, ValueError, struct.error, EOFError) as error:
            if isinstance(error, PermissionError | DatasetError):
                raise
            bad.append(str(member.path))
    if bad:
        raise DatasetError(
            f"`dataset` must hold images that can be decoded; remove or replace {len(bad)} of "
            f"{len(members)} files. Received: {', '.join(bad[:3])}{', …' if len(bad) > 3 else ''}"
        )
    return results


def _opened(member: Member) -> Image.Image:
    content = member.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content))
        if image.width * image.height <= MAX_PIXELS:
            return image
    except Image.DecompressionBombError:
        pass
    raise DatasetError(
        f"`dataset` must hold images of at most {MAX_PIXELS // 10**6} million pixels; "
        f"a small file that unpacks to more is refused. Received: {member.path}"
    )


def _upright_size(image: Image.Image) -> tuple[int, int]:
    on_its_side = image.getexif().get(ORIENTATION, 1) >= 5
    width, height = image.size
    return (width, height) if on_its_side else (height, width)


def _pixels(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits gray, as 0..65535
        values = np.asarray(image).astype(np.float32)
        image = Image.fromarray((values / (257 if values.max() > 255 else 1)).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    array = np.asarray(fit(image.convert("L" if image.mode in "1L" else "RGB"), size))
    # Gray pictures are often saved as RGB; equal channels tell.
    gray = array.ndim == 3 and (array == array[..., :1]).all()
    return array[..., 0] if gray else array
