"""Image files to segment, each in its own size."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import ARCHIVES, IMAGES, Member, image_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.image_files import decode, header_sizes, stacked

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
        path = Path(source).expanduser()
        if not path.exists():
            raise DatasetError(f"`inputs` must exist. Received: {path}")
        inside = path.is_dir() or path.name.lower().endswith(ARCHIVES)
        files = (
            image_members(path) if inside else [Member(PurePosixPath(path.name), path.read_bytes)]
        )
        if not files:
            raise DatasetError(f"`inputs` must hold {', '.join(IMAGES)} files. Received: {path}")
        for file in files:
            (size,) = header_sizes([file])
            yield (
                str(path / file.path) if inside else str(path),
                stacked(decode([file], size), channels)[0],
            )
