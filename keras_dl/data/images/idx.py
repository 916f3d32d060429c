"""Images and labels in the four IDX files of MNIST and its relatives."""

import math
import re
from pathlib import Path
from typing import IO, Any

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
from keras_dl.data.reading import notice
from keras_dl.utils.text import list_first, plural

__all__ = ["has_idx", "read_idx", "read_idx_folder"]

KINDS = {"x": ("images", 3), "y": ("labels", 1)}
SPLITS = {"train": "train", "t10k": "test", "test": "test", "validation": "validation",
          "valid": "validation", "val": "validation", "dev": "validation"}  # fmt: skip


def has_idx(folder: Path) -> bool:
    """Returns True if a file of the folder is named like one of MNIST."""
    return any(_place(file.name) for file in folder.iterdir() if file.is_file())


def read_idx_folder(folder: Path, name: str, source: str) -> Raw:
    """Reads the IDX files of a folder, gzipped or not: images and labels of one or more splits.

    The splits are train, t10k (or test) and validation; a single pair, of whatever split, is train.

    Args:
        folder: with files such as train-images-idx3-ubyte and train-labels-idx1-ubyte.gz.
        name: short name of the data set.
        source: origin of the files, in words.

    Raises:
        DatasetError: if one is missing, corrupt, there are two of a kind, or images and labels
            differ in number.
    """
    paths = _find(folder)
    missing = [f"{split} {KINDS['y' if 'x' in of_split else 'x'][0]}"
               for split, of_split in paths.items() if len(of_split) == 1]  # fmt: skip
    if len(paths) == 1:
        paths = {"train": next(iter(paths.values()))}
    if missing or "train" not in paths:
        raise DatasetError(
            "`dataset` must hold IDX files in pairs, images and labels of train and of t10k. "
            f"Received: {folder} without {', '.join(missing) or 'train images and labels'}"
        )
    pairs: Any = {}
    for split, of_split in paths.items():
        x, y = read_idx(of_split["x"]), read_idx(of_split["y"])
        if len(x) != len(y):
            raise DatasetError(
                "`dataset` must have one label per image. Received: "
                f"{len(x)} images in {of_split['x']} and {len(y)} labels in {of_split['y']}"
            )
        pairs[split] = x, y
    return Raw(name, source, **pairs)


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


def _find(folder: Path) -> dict[str, dict[str, Path]]:
    """Returns the paths of images "x" and labels "y" by split; other files get a notice."""
    paths: dict[str, dict[str, Path]] = {}
    others = []
    # Sorted, so that x-ubyte precedes x-ubyte.gz, its packed copy.
    for file in sorted(folder.iterdir()):
        place = _place(file.name) if file.is_file() else None
        if place is None:
            others.append(file.name)
            continue
        split, axis = place
        first = paths.setdefault(split, {}).setdefault(axis, file)
        if file not in (first, first.with_name(f"{first.name}.gz")):
            raise DatasetError(
                f"`dataset` must hold one file of {split} {KINDS[axis][0]}; put each set into a "
                f"folder of its own. Received: {first.name} and {file.name} in {folder}"
            )
    count = sum(map(len, paths.values()))
    if others:
        whole = f"of {len(others) + count} files"
        words = plural(len(others), f"{whole} is", f"{whole} are")
        notice(f"{words} left out: {list_first(others)}.")
    return paths


def _place(name: str) -> tuple[str, str] | None:
    """Returns split and "x" or "y" of a file name; None for other files."""
    lower = name.lower().removesuffix(".gz")
    for axis, (word, rank) in KINDS.items():
        if word in lower and f"idx{rank}" in lower:
            words = re.split(r"[^a-z0-9]+", lower)
            return next((SPLITS[w] for w in words if w in SPLITS), "train"), axis
    return None
