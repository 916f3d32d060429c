"""Tiny data sets on disk, in the formats that `load` reads."""

import gzip
from pathlib import Path

import numpy as np
from PIL import Image

NAMES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}


def arrays(n=40, classes=4, shape=(6, 5)):
    """Pixels and labels; each class occurs equally often."""
    x = np.random.default_rng(0).integers(0, 256, (n, *shape)).astype(np.uint8)
    return x, (np.arange(n) % classes).astype(np.uint8)


def idx_bytes(array):
    header = bytes([0, 0, 8, array.ndim])
    return header + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def idx_folder(folder: Path, zipped=True):
    (x, y), (x_test, y_test) = arrays(), arrays(8)
    for key, array in {"x_train": x, "y_train": y, "x_test": x_test, "y_test": y_test}.items():
        name = NAMES[key] if zipped else NAMES[key].removesuffix(".gz")
        content = idx_bytes(array)
        (folder / name).write_bytes(gzip.compress(content) if zipped else content)
    return folder


def image_folder(folder: Path, counts, sizes=((8, 8),), colour=False, suffix=".png"):
    """Images as class/i.png, or train/class/i.png for classes named so; sizes are (h, w)."""
    random = np.random.default_rng(0)
    for label, count in counts.items():
        (folder / label).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            shape = (*sizes[i % len(sizes)], *((3,) if colour else ()))
            pixels = random.integers(0, 256, shape).astype(np.uint8)
            Image.fromarray(pixels).save(folder / label / f"{i:03d}{suffix}")
    return folder
