"""Formats of image files that are read, and the opening of a file without surprises."""

import functools
import io
import warnings
from collections.abc import Callable, Sequence
from typing import TypeVar

from PIL import Image

from keras_dl.data.archives import Member
from keras_dl.data.errors import DatasetError
from keras_dl.utils.text import list_first

__all__ = ["map_members", "open_image"]

Result = TypeVar("Result")

# Named one by one: Pillow would start Ghostscript for EPS and parse stubs of foreign formats.
FORMATS = (
    *("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "JPEG2000", "AVIF", "PPM", "TGA", "ICO", "CUR"),
    *("DIB", "ICNS", "PCX", "DCX", "SGI", "SUN", "IM", "MSP", "XBM", "XPM", "PSD", "QOI", "DDS"),
    *("BLP", "FTEX", "FITS", "FLI", "GBR", "PIXAR", "PCD"),
)
# Pillow's own limit, about the resolution of cameras; a small file whose header claims more is a
# decompression bomb.
MAX_PIXELS = 89_478_485


def open_image(member: Member) -> Image.Image:
    """Reads the header of an image file.

    Args:
        member: the file.

    Raises:
        DatasetError: for more pixels than a camera has.
        OSError: if the content is no image of one of the formats.
    """
    content = member.read()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=_formats())
        if image.width * image.height <= MAX_PIXELS:
            return image
    except Image.DecompressionBombError:
        pass
    raise DatasetError(
        f"`dataset` must hold images of at most {MAX_PIXELS // 10**6} million pixels; "
        f"a small file that unpacks to more is refused. Received: {member.path}"
    )


def map_members(function: Callable[[Member], Result], members: Sequence[Member]) -> list[Result]:
    """Applies a function to files and collects the names of those that cannot be decoded.

    Args:
        function: decodes a file.
        members: the files.

    Raises:
        DatasetError: if files cannot be decoded; the message has their number and the first three.
    """
    results, bad = [], []
    for member in members:
        try:
            results.append(function(member))
        except (PermissionError, DatasetError):
            raise
        except Exception:  # Pillow's decoders raise any error on damaged files
            bad.append(str(member.path))
    if bad:
        whole = f" of {len(members)} files" if len(members) > 1 else " the file"
        count = f" {len(bad)}" if len(members) > 1 else ""
        raise DatasetError(
            f"`dataset` must hold images that can be decoded; remove or replace{count}{whole}. "
            f"Received: {list_first(bad)}"
        )
    return results


@functools.cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)  # Pillow may lack a codec
