"""The one function that gives a recipe its data, and what there is to choose from."""

import os
from pathlib import Path
from typing import Any

from keras_dl.data import locations
from keras_dl.data.arrays import from_arrays
from keras_dl.data.assemble import assemble, reshaped
from keras_dl.data.dataset import Data
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.mnist_m import mnist_m
from keras_dl.data.registry import KNOWN
from keras_dl.data.sources import embedded, lookup, mirror

__all__ = ["describe", "load"]


def load(
    dataset: Any,
    *,
    batch_size: int = 128,
    image_size: int | None = None,
    at_least: int | None = None,
) -> Data:
    """A data set in memory, from a name, a path or arrays of the caller's own.

    Names are looked for among the sets embedded in scikit-learn, those that TensorFlow Datasets
    has prepared, the local mirror that KERAS_DL_DATA names, and the downloads of TensorFlow
    Datasets. A path is a folder with four IDX files, an `.npz` file, a folder or archive of images
    by class, or a CSV file. Arrays come as (x, y), (x_train, y_train, x_test, y_test),
    ((x_train, y_train), (x_test, y_test)), a dict with those keys, or tf.data.Datasets.

    Without a test split, a fifth of the examples is cut off for it; without a validation split, a
    tenth of train; both stratified by class and the same in every run. Images are uint8 pixels
    0..255 (n, height, width, channels), tables float32 (n, features) in their own units.

    Args:
        dataset: name, path, `Data` or arrays.
        batch_size: examples per step.
        image_size: images are brought to a square of this many pixels: the shorter side resized,
            the longer cropped around the centre. None keeps images that are all of one size.
        at_least: without image_size, images smaller than this many pixels are enlarged to it;
            images of various sizes become squares of it, or of 32.

    Raises:
        DatasetUnavailable: if no place has the set; says within seconds where to put which file.
        DatasetError: if the data cannot be used; says which part and what is expected.

    Example:
        >>> load("digits", image_size=28).input_shape
        (28, 28, 1)
    """
    for name, value in (("batch_size", batch_size), ("image_size", image_size),
                        ("at_least", at_least)):  # fmt: skip
        optional = name != "batch_size" and value is None
        if not optional and (not isinstance(value, int) or value < 1):
            raise DatasetError(f"`{name}` must be a whole number above 0. Received: {name}={value}")
    if isinstance(dataset, str) and dataset in KNOWN and KNOWN[dataset].home == "made":
        base = KNOWN[dataset].file
        plain = load(base, batch_size=batch_size, image_size=image_size, at_least=at_least)
        return mnist_m(plain, photos="embedded" if KNOWN[base].home == "embedded" else "auto")
    if isinstance(dataset, Data):
        return reshaped(dataset, batch_size, image_size, at_least)
    if isinstance(dataset, str | os.PathLike):
        place = dataset if isinstance(dataset, str) else Path(dataset)
        raw = lookup.find(place, image_size, at_least)
    else:
        raw = from_arrays(dataset)
    return assemble(raw, batch_size, image_size, at_least)


def describe() -> list[dict[str, str]]:
    """One row per data set: name, kind, size, where it is now, and licence.

    Looks at folders only; nothing is imported or downloaded.
    """
    rows = [
        {"name": name, "kind": known.kind, "size": known.size, "where": _where(name),
         "licence": known.licence}
        for name, known in KNOWN.items()
    ]  # fmt: skip
    others = {f.parent.parent.name for f in locations.official().glob("*/*/dataset_info.json")}
    return rows + [
        {"name": name, "kind": "", "size": "", "where": _where(name), "licence": ""}
        for name in sorted(others - set(KNOWN))
    ]


def _where(name: str) -> str:
    home = KNOWN[name].home if name in KNOWN else "official"
    if home == "made":
        return f"made from {KNOWN[name].file}: {_where(KNOWN[name].file)}"
    if home == "embedded":
        owner = "Python" if KNOWN[name].kind == "text" else "scikit-learn"
        return f"embedded in {owner} ({embedded.folder(name)})"
    folder = locations.prepared(name) if home == "official" else None
    if folder:
        return f"prepared ({folder})"
    found = mirror.find(name)
    if found and name in lookup.STAND_INS:
        return f"mirror, as {lookup.STAND_INS[name]} ({found})"
    if found:
        return f"mirror ({found})"
    if home == "official":
        return "not available" if locations.offline() else "download"
    return f"not available; its place: <KERAS_DL_DATA>/{KNOWN[name].file}"
