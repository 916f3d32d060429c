"""The 20 official one-shot runs of Omniglot."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from keras_dl.data.dataset import Split
from keras_dl.data.errors import DatasetError

__all__ = ["RUNS_FILE", "WAY", "official_runs"]

RUNS_FILE = "all_runs.zip"
RUNS, WAY = 20, 20
LARGEST = 100_000  # bytes of a member; the images have some hundred
LINE = re.compile(r"run\d+/test/item(\d+)\.png run\d+/training/class(\d+)\.png")


def official_runs(path: Path, *, image_size: int = 28) -> Split:
    """Reads the runs: 20 characters of one alphabet, each with one image to learn and one to name.

    Args:
        path: all_runs.zip of the data set's authors, 105×105 pixels, dark ink.
        image_size: side in pixels; pixels are selected (nearest neighbour), as in the file of
            28×28 pixels.

    Returns:
        `x` (20, 20, 2, image_size, image_size, 1) uint8, ink 255: by run and class the image to
        learn and the image to name; `y` (20,) int32, the numbers of the runs.

    Raises:
        DatasetError: if an image or its class is missing or cannot be read.

    Reference:
        Lake, Salakhutdinov and Tenenbaum, 2015, Human-level concept learning through probabilistic
        program induction, Science 350; file omniglot/python/one-shot-classification/all_runs.zip.
    """
    x = np.zeros((RUNS, WAY, 2, image_size, image_size, 1), np.uint8)
    try:
        with zipfile.ZipFile(path) as archive:
            for run in range(RUNS):
                folder = f"run{run + 1:02d}"
                pairs = LINE.findall(_read(archive, f"{folder}/class_labels.txt").decode())
                classes = [int(number) for _, number in pairs]
                if sorted(classes) != list(range(1, WAY + 1)):
                    raise ValueError(f"{folder}/class_labels.txt does not name {WAY} classes")
                for item, number in pairs:
                    names = f"training/class{number}.png", f"test/item{item}.png"
                    for kind, name in enumerate(names):
                        image = _read(archive, f"{folder}/{name}")
                        x[run, int(number) - 1, kind] = _ink(image, image_size)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError(
            f"`{RUNS_FILE}` must hold the {RUNS} runs of Omniglot's authors. "
            f"Received: {path} ({error})"
        ) from None
    return Split(x, np.arange(RUNS, dtype=np.int32))


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST:
        raise ValueError(f"{name} has more than {LARGEST} bytes")
    return archive.read(name)


def _ink(content: bytes, size: int) -> np.ndarray:
    """Returns (size, size, 1) uint8; ink is 255."""
    image = Image.open(io.BytesIO(content), formats=["PNG"]).convert("L")
    small = image.resize((size, size), Image.Resampling.NEAREST)
    return 255 - np.asarray(small)[..., None]
