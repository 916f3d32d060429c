"""Images and labels in the four IDX files of MNIST and its relatives."""

import math
from fnmatch import fnmatch
from pathlib import Path
from typing import IO

import numpy as np

from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import (
    CHUNK,
    open_unpacked,
    read_limited,
    refuse_damaged,
    unpacked_limit,
)

__all__ = ["FILES", "has_idx", "read_idx", "read_idx_folder"]

FILES = {
    "x_train": ("*train-images*idx3*",),
    "y_train": ("*train-labels*idx1*",),
    "x_test": ("*t10k-images*idx3*", "*test-images*idx3*"),
    "y_test": ("*t10k-labels*idx1*", "*test-labels*idx1*"),
}


def has_idx(folder: Path) -> bool:
    """Returns True if a file of the folder is named like one of the four."""
    return any(_find(folder, patterns) for patterns in FILES.values())


def read_idx_folder(folder: Path, name: str, source: str) -> Raw:
    """Reads the four IDX files of a folder, gzipped or not.

    Args:
        folder: with images and labels of train and of t10k (or test).
        name: short name of the data set.
        source: origin of the files, in words.

    Raises:
        DatasetError: if one is missing, corrupt, or images and labels differ in number.
    """
    paths = {key: _find(folder, patterns) for key, patterns in FILES.items()}
    missing = [FILES[key][0] for key, path in paths.items() if path is None]
    if missing:
        raise DatasetError(
            "`dataset` must hold four IDX files: images and labels of train and of t10k. "
            f"Received: {folder} without {', '.join(missing)}"
        )
    arrays = {key: read_idx(path) for key, path in paths.items() if path}
    for split in ("train", "test"):
        x, y = arrays[f"x_{split}"], arrays[f"y_{split}"]
        if len(x) != len(y):
            raise DatasetError(
                "`dataset` must have one label per image. Received: "
                f"{len(x)} images in {paths[f'x_{split}']} and {len(y)} labels "
                f"in {paths[f'y_{split}']}"
            )
    train, test = ((arrays[f"x_{s}"], arrays[f"y_{s}"]) for s in ("train", "test"))
    return Raw(name, source, train, test=test)


def read_idx(path: Path) -> np.ndarray:
    """Reads one IDX file of bytes: labels (n,) or images (n, height, width), uint8.

    Raises:
        DatasetError: if the gzip stream is damaged, the magic number is another, or the file is
            shorter or longer than its header says.
    """
    kind = "a whole gzip file" if path.name.endswith(".gz") else "a whole IDX file"
    with refuse_damaged(path, kind), open_unpacked(path) as file:
        return _parse(file, path)


def _parse(file: IO[bytes], path: Path) -> np.ndarray:
    magic = file.read(4)
    rank = 3 if "idx3" in path.name else 1
    if magic != bytes([0, 0, 8, rank]):
        raise DatasetError(
            f"`{path.name}` must begin with the IDX magic number 0000080{rank} "
            f"({'images' if rank == 3 else 'labels'} of bytes). "
            f"Received: {magic.hex() or 'an empty file'} in {path}"
        )
    shape = tuple(int.from_bytes(file.read(4), "big") for _ in range(rank))
    count = math.prod(shape)
    limit = unpacked_limit(path)
    if not 0 <= count <= limit:
        raise DatasetError(
            f"`{path.name}` must hold at most {limit >> 20} MiB, for its size. "
            f"Received: shape {shape} in {path}"
        )
    content = read_limited(file, limit + CHUNK, path)
    if len(content) != count:
        length = "more" if len(content) > count else f"{len(content)}"
        raise DatasetError(
            f"`{path.name}` must hold the {count} bytes that its header says, shape {shape}. "
            f"Received: {length} bytes in {path}"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _find(folder: Path, patterns: tuple[str, ...]) -> Path | None:
    # Sorted, so that x-ubyte precedes x-ubyte.gz.
    files = sorted(p for p in folder.iterdir() if p.is_file())
    return next((p for p in files if any(fnmatch(p.name.lower(), w) for w in patterns)), None)
