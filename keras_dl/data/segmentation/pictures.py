"""Image files to segment, each in its own size."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import ARCHIVES, IMAGES, Listing, Member, notice_left_out, scan
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import read_regular, user_path
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.unreadable import Unreadable

__all__ = ["read_pictures"]


def read_pictures(
    inputs: Sequence[str],
    channels: int,
    white: float | None = None,
    unreadable: Unreadable | None = None,
) -> Iterator[tuple[str, np.ndarray]]:
    """Decodes image files one by one.

    Args:
        inputs: image files, folders (recursive) or archives.
        channels: 1 or 3.
        white: number that was white in the training data's files of more than 8 bits; None
            decides by each file.
        unreadable: list that the names of files that cannot be read are added to, with the
            reasons; None: the first such file ends the reading.

    Yields:
        (path, pixels (height, width, channels) uint8).

    Raises:
        DatasetError: if a path is missing, holds no images, or a file cannot be decoded.
    """
    for source in inputs:
        try:
            files = _list_files(user_path(source))
        except DatasetError as error:
            _skip(source, error, unreadable)
            continue
        for name, file in files.items():
            try:
                (size,) = read_sizes([file])
                pixels = stack_images(decode_images([file], size, white).images, channels)[0]
            except DatasetError as error:
                _skip(name, error, unreadable)
            else:
                yield name, to_bytes(pixels)


def _list_files(path: Path) -> dict[str, Member]:
    if not path.exists():
        raise DatasetError(f"`inputs` must exist. Received: {path}")
    inside = path.is_dir() or path.name.lower().endswith(ARCHIVES)
    single = Member(PurePosixPath(path.name), partial(read_regular, path))
    listing = scan(path, IMAGES) if inside else Listing([single], [], [])
    if not listing.members:
        raise DatasetError(f"`inputs` must hold image files. Received: {path}")
    notice_left_out(listing, "images")
    return {str(path / file.path) if inside else str(path): file for file in listing.members}


def _skip(name: str, error: DatasetError, unreadable: Unreadable | None) -> None:
    if unreadable is None:
        raise error
    unreadable.append((name, str(error)))
