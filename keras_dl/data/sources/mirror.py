"""Data sets of a local mirror: the folder that KERAS_DL_DATA names."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from keras_dl.data import archives, locations
from keras_dl.data.arrays import read_npz
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.registry import CLASSES, DATASETS

__all__ = ["find", "read_jpegs"]

SUFFIXES = ("", ".npz", ".csv", *archives.ARCHIVES)


def find(name: str) -> Path | None:
    """Returns the file or folder of a data set in the mirror, or None.

    Args:
        name: a registered name, whose files must all exist (returns the first one); or the name of
            a folder, `.npz` file, CSV file or archive in the mirror, without its ending.
    """
    folder = locations.mirror_folder()
    if folder is None:
        return None
    if name in DATASETS and not all((folder / file).exists() for file in DATASETS[name].more):
        return None
    names = (
        [DATASETS[name].file] if name in DATASETS else [f"{name}{suffix}" for suffix in SUFFIXES]
    )
    return next((folder / n for n in names if n and (folder / n).exists()), None)


def read_jpegs(path: Path, name: str) -> Raw:
    """Decodes an `.npz` file of concatenated JPEG files and their offsets.

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
            files = [io.BytesIO(content[start:stop]) for start, stop in pairwise(offsets)]
            x = [np.asarray(Image.open(file, formats=["JPEG"])) for file in files]
        except (OSError, Image.DecompressionBombError) as error:
            raise DatasetError(
                f"`dataset` must hold JPEG images. Received: {path} ({error})"
            ) from None
        pairs[split] = np.stack(x), arrays[f"y_{split}"]
    source = f"a JPEG conversion in {path}; scores are not comparable with published ones"
    return Raw(name, source, class_names=CLASSES.get(name), **pairs)
