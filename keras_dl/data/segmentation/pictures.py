"""Image files to segment, each in its own size."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

import numpy as np

from keras_dl.data.archives import ARCHIVES, IMAGES, Member, list_image_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import read_regular, user_path
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images

__all__ = ["read_pictures"]


def read_pictures(inputs: Sequence[str], channels: int) -> Iterator[tuple[str, np.ndarray]]:
    """Decodes image files one by one.

    Args:
        inputs: image files, folders (recursive) or archives.
        channels: 1 or 3.

    Yields:
        (path, pixels (height, width, channels) uint8).

    Raises:
        DatasetError: if a path is missing, holds no images, or a file cannot be decoded.
    """
    for source in inputs:
        path = user_path(source)
        if not path.exists():
            raise DatasetError(f"`inputs` must exist. Received: {path}")
        inside = path.is_dir() or path.name.lower().endswith(ARCHIVES)
        files = (
            list_image_members(path)
            if inside
            else [Member(PurePosixPath(path.name), partial(read_regular, path))]
        )
        if not files:
            raise DatasetError(f"`inputs` must hold {', '.join(IMAGES)} files. Received: {path}")
        for file in files:
            (size,) = read_sizes([file])
            yield (
                str(path / file.path) if inside else str(path),
                stack_images(decode_images([file], size), channels)[0],
            )
