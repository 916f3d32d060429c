"""Decodes image files to arrays of pixels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from keras_dl.data.archives import Member
from keras_dl.data.dataset import MAX_BYTES
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.deep_files import decode_deep, is_deep
from keras_dl.data.images.formats import map_members, open_image
from keras_dl.data.images.resizing import crop_and_resize
from keras_dl.data.reading import fact, notice
from keras_dl.utils.text import list_first, plural

__all__ = ["Decoded", "decode_images", "read_sizes", "stack_images", "upright_size"]

# With at least this share of gray images, the remaining coloured ones are converted to gray.
MOSTLY_GRAY = 0.9
ORIENTATION = 0x0112  # EXIF tag; 5..8 are rotated by 90°
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R 601, as Pillow's


class Decoded(NamedTuple):
    """Decoded image files.

    Attributes:
        images: (height, width) or (height, width, 3) pixels 0..255, uint8; float32 for files of
            more than 8 bits.
        sizes: (height, width) before resizing.
        white: number that was white in files of more than 8 bits; 255 without such files.
    """

    images: list[np.ndarray]
    sizes: set[tuple[int, int]]
    white: float


def read_sizes(members: Sequence[Member]) -> set[tuple[int, int]]:
    """Returns the set of (height, width) in pixels, read from the headers of the files.

    Raises:
        DatasetError: if files are no images; the message has their number and the first three.
    """
    return set(map_members(lambda member: upright_size(open_image(member)), members))


def decode_images(
    members: Sequence[Member], size: tuple[int, int], white: float | None = None
) -> Decoded:
    """Decodes image files to one size: gray ones (height, width), others (height, width, 3).

    Palettes are converted to RGB, transparent pixels to white. The EXIF orientation is applied. Of
    an animation, the first frame is used. Files of more than 8 bits share one unit, see
    `common_white`, and keep their grey levels.

    Args:
        members: the files; all of a data set at once, so that they share one unit.
        size: (height, width) in pixels.
        white: number that is white in the files of more than 8 bits of the training data, for
            inputs of a trained model; None decides by the range of all files.

    Raises:
        DatasetError: if files cannot be decoded; the message has their number and the first three.
    """
    memory = len(members) * size[0] * size[1] * 3
    if memory > MAX_BYTES:
        raise DatasetError(
            f"`image_size` must leave the images within {MAX_BYTES >> 30} GiB of memory. Received: "
            f"{len(members)} images of {size[0]}×{size[1]} pixels, {memory / 2**30:.1f} GiB"
        )
    sizes: set[tuple[int, int]] = set()
    several: list[str] = []  # files with more than one picture
    coarse: list[str] = []  # files in colours of 16 bits

    def decode(member: Member) -> np.ndarray | None:
        image = open_image(member)
        raw_mode = _raw_mode(image)  # before the size, whose EXIF data may stand behind the pixels
        sizes.add(upright_size(image))
        if getattr(image, "is_animated", False) and image.format != "PSD":  # layers
            several.append(str(member.path))
        if is_deep(image):
            return None
        if "16" in raw_mode:
            coarse.append(str(member.path))
        return _decode(image, size)

    images = map_members(decode, members)
    rest = [member for member, image in zip(members, images, strict=True) if image is None]
    deep, white = decode_deep(rest, size, white)
    if not deep:
        fact("value range", "0..255 in uint8, white is 255")
    elif len(deep) < len(images):
        whole = f"of {len(images):,} images"
        notice(f"{plural(len(deep), f'{whole} has', f'{whole} have')} more than 8 bits.")
    _notice(several, "file holds", "files hold", "several pictures, of which the first is read")
    _notice(coarse, "file has", "files have", "16 bits per colour, which Pillow reads as 8")
    order = iter(deep)
    return Decoded([next(order) if i is None else i for i in images], sizes, white)


def stack_images(arrays: Sequence[np.ndarray], channels: int | None = None) -> np.ndarray:
    """Stacks decoded images to one array (n, height, width, channels), uint8 or float32.

    Args:
        arrays: images (height, width) or (height, width, 3), at least one; a single one of float32
            makes the result float32.
        channels: 1 or 3; None: 1 if at least 90 % of the images are gray, else 3.
    """
    if channels is None:
        channels = 1 if np.mean([a.ndim == 2 for a in arrays]) >= MOSTLY_GRAY else 3
        other = sum((a.ndim == 2) != (channels == 1) for a in arrays)
        if other:
            kinds = ("coloured", "grey") if channels == 1 else ("grey", "coloured")
            whole = f"of {len(arrays):,} images"
            words = f"{whole} is {kinds[0]} and becomes", f"{whole} are {kinds[0]} and become"
            notice(f"{plural(other, *words)} {kinds[1]}.")
    dtype = np.result_type(*{array.dtype for array in arrays})
    stack = np.empty((len(arrays), *arrays[0].shape[:2], channels), dtype)
    for slot, array in zip(stack, arrays, strict=True):
        slot[...] = _with_channels(array, channels).reshape(slot.shape)
    return stack


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Returns (height, width) after the rotation that the EXIF orientation demands."""
    rotated = image.getexif().get(ORIENTATION, 1) >= 5
    width, height = image.size
    return (width, height) if rotated else (height, width)


def _decode(image: Image.Image, size: tuple[int, int]) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    array = np.asarray(crop_and_resize(image.convert("L" if image.mode in "1L" else "RGB"), size))
    # Gray images are often saved as RGB with three equal channels.
    gray = array.ndim == 3 and (array == array[..., :1]).all()
    return array[..., 0] if gray else array


def _raw_mode(image: Image.Image) -> str:
    """Returns Pillow's name of the file's own number format, such as "RGB;16B"; "" without one."""
    tile = getattr(image, "tile", None)
    arguments = tile[0][3] if tile else ""
    mode = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return mode if isinstance(mode, str) else ""


def _with_channels(array: np.ndarray, channels: int) -> np.ndarray:
    if (array.ndim == 2) == (channels == 1):
        return array
    if array.dtype == np.uint8:
        return np.asarray(Image.fromarray(array).convert("L" if channels == 1 else "RGB"))
    return array @ LUMINANCE if channels == 1 else np.repeat(array[..., None], 3, axis=-1)


def _notice(names: Sequence[str], one: str, several: str, what: str) -> None:
    if names:
        notice(f"{plural(len(names), one, several)} {what}: {list_first(names)}.")
