"""Data sets from a local mirror: the folder that KERAS_DL_DATA names."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from keras_dl.data import archives, locations
from keras_dl.data.arrays import read_npz
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.registry import CLASSES, KNOWN

__all__ = ["find", "read_jpegs"]

SUFFIXES = ("", ".npz", ".csv", *archives.ARCHIVES)


def find(name: str) -> Path | None:
    """The file or folder that the mirror has under a name, or None.

    Known sets have their own place, the first of their files, which all must be there; any other
    `name` may be a folder, an `.npz` or CSV file or an archive that stands in the mirror.
    """
    folder = locations.mirror()
    if folder is None:
        return None
    if name in KNOWN and not all((folder / file).exists() for file in KNOWN[name].more):
        return None
    names = [KNOWN[name].file] if name in KNOWN else [f"{name}{suffix}" for suffix in SUFFIXES]
    return next((folder / n for n in names if n and (folder / n).exists()), None)


def read_jpegs(path: Path, name: str) -> Raw:
    """Decodes an `.npz` that holds JPEG files end to end, and where each begins.

    Args:
        path: file with jpeg_train, offsets_train, y_train and the same of test.
        name: short name of the data set.

    Raises:
        DatasetError: if an image cannot be decoded.
    """
    arrays = read_npz(path)
    pairs = {}
    for split in ("train", "test"):
        content, offsets = arrays[f"jpeg_{split}"].tobytes(), arrays[f"offsets_{split}"]
        try:
            archives = [io.BytesIO(content[start:stop]) for start, stop in pairwise(offsets)]
            x = [np.asarray(Image.open(file)) for file in archives]
        except OSError as error:
            raise DatasetError(
                f"`dataset` must hold JPEG images. Received: {path} ({error})"
            ) from None
        pairs[split] = np.stack(x), arrays[f"y_{split}"]
    source = f"a JPEG conversion in {path}; scores are not comparable with published ones"
    return Raw(name, source, class_names=CLASSES.get(name), **pairs)
