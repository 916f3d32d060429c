"""Decodes image files to arrays of pixels."""

import io
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from keras_dl.data.archives import Member
from keras_dl.data.dataset import MAX_BYTES
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.resizing import crop_and_resize

__all__ = ["decode_images", "read_sizes", "stack_images"]

Result = TypeVar("Result")

# Pillow's own limit, about the resolution of cameras; a small file whose header claims more is a
# decompression bomb.
MAX_PIXELS = 89_478_485
# With at least this share of gray images, the remaining coloured ones are converted to gray.
MOSTLY_GRAY = 0.9
ORIENTATION = 0x0112  # EXIF tag; 5..8 are rotated by 90°


def read_sizes(members: Sequence[Member]) -> set[tuple[int, int]]:
    """Returns the set of (height, width) in pixels, read from the headers of the files.

    Raises:
        DatasetError: if files are no images; the message has their number and the first three.
    """
    return set(_map_members(lambda member: _upright_size(_open(member)), members))


def decode_images(members: Sequence[Member], size: tuple[int, int]) -> list[np.ndarray]:
    """Decodes image files to one size: gray ones (height, width), others (height, width, 3).

    Palettes are converted to RGB, transparent pixels to white, 16-bit gray to its upper 8 bits.
    The EXIF orientation is applied. Of an animation, the first frame is used.

    Args:
        members: the files.
        size: (height, width) in pixels.

    Raises:
        DatasetError: if files cannot be decoded; the message has their number and the first three.
    """
    memory = len(members) * size[0] * size[1] * 3
    if memory > MAX_BYTES:
        raise DatasetError(
            f"`image_size` must leave the images within {MAX_BYTES >> 30} GiB of memory. Received: "
            f"{len(members)} images of {size[0]}×{size[1]} pixels, {memory / 2**30:.1f} GiB"
        )
    return _map_members(lambda member: _decode(_open(member), size), members)


def stack_images(arrays: Sequence[np.ndarray], channels: int | None = None) -> np.ndarray:
    """Stacks decoded images to one array (n, height, width, channels) uint8.

    Args:
        arrays: images (height, width) or (height, width, 3), at least one.
        channels: 1 or 3; None: 1 if at least 90 % of the images are gray, else 3.
    """
    if channels is None:
        channels = 1 if np.mean([a.ndim == 2 for a in arrays]) >= MOSTLY_GRAY else 3
    mode, rank = ("L", 2) if channels == 1 else ("RGB", 3)
    stack = np.empty((len(arrays), *arrays[0].shape[:2], channels), np.uint8)
    for slot, array in zip(stack, arrays, strict=True):
        same = array if array.ndim == rank else np.asarray(Image.fromarray(array).convert(mode))
        slot[...] = same.reshape(slot.shape)
    return stack


def _map_members(function: Callable[[Member], Result], members: Sequence[Member]) -> list[Result]:
    results, bad = [], []
    for member in members:
        try:
            results.append(function(member))
        except (PermissionError, DatasetError):
            raise
        except Exception:  # Pillow's decoders raise any error on damaged files
            bad.append(str(member.path))
    if bad:
        raise DatasetError(
            f"`dataset` must hold images that can be decoded; remove or replace {len(bad)} of "
            f"{len(members)} files. Received: {', '.join(bad[:3])}{', …' if len(bad) > 3 else ''}"
        )
    return results


def _open(member: Member) -> Image.Image:
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
    rotated = image.getexif().get(ORIENTATION, 1) >= 5
    width, height = image.size
    return (width, height) if rotated else (height, width)


def _decode(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits gray, as 0..65535
        values = np.asarray(image).astype(np.float32)
        image = Image.fromarray((values / (257 if values.max() > 255 else 1)).astype(np.uint8))
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    array = np.asarray(crop_and_resize(image.convert("L" if image.mode in "1L" else "RGB"), size))
    # Gray images are often saved as RGB with three equal channels.
    gray = array.ndim == 3 and (array == array[..., :1]).all()
    return array[..., 0] if gray else array
