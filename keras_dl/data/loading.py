"""Loading of data sets by name, path or arrays, and the list of available sets."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from keras_dl.data import locations
from keras_dl.data.arrays import Pipeline, from_arrays
from keras_dl.data.assemble import assemble, resize_data
from keras_dl.data.dataset import Data
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.mnist_m import mnist_m
from keras_dl.data.reading import recorded
from keras_dl.data.reading_options import option, reading_options
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources import embedded, lookup, mirror
from keras_dl.data.specs import Classes, Values
from keras_dl.data.targets import Task

__all__ = ["DatasetLike", "check_task", "describe", "load"]

# A name, a path, arrays in one of the forms of `load`, or data that are loaded already.
DatasetLike: TypeAlias = (
    str | os.PathLike[str] | Sequence[Any] | Mapping[str, Any] | Pipeline | Data
)


@recorded
def load(
    dataset: DatasetLike,
    *,
    batch_size: int = 128,
    image_size: int | None = None,
    at_least: int | None = None,
    target: str | int | None = None,
    task: Task | None = None,
    header: bool | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    white: float | None = None,
    columns: Mapping[str, str] | Sequence[str] = (),
) -> Data:
    """Loads a data set into memory from a name, a path or arrays.

    Names are searched in this order: sets embedded in scikit-learn, sets prepared by TensorFlow
    Datasets, the local mirror that KERAS_DL_DATA names, downloads of TensorFlow Datasets. A path is
    a folder with four IDX files, an `.npz` file, a folder or archive of images by class, or a CSV
    file. Arrays are (x, y), (x_train, y_train, x_test, y_test), ((x_train, y_train), (x_test,
    y_test)), a dict with those keys, or tf.data.Datasets.

    A missing test split is 20 % of the examples, a missing validation split 10 % of train; both are
    stratified by class and the same in every run. Images are pixels 0..255
    (n, height, width, channels), uint8, or float32 if they are finer than 8 bits; all
    splits have one unit. Tables are float32 (n, features) in their own units.

    Args:
        dataset: name, path, `Data` or arrays.
        batch_size: examples per step.
        image_size: side of the square images in pixels: the shorter side is resized, the longer
            one cropped around the centre. None keeps the size of images that are all equal.
        at_least: minimum size in pixels if `image_size` is None: smaller images are enlarged,
            images of various sizes become squares of this side, or of 32 pixels.
        target: column of the target in a CSV file, by name or, without a header, by number from 0;
            None: the column label, class or target, else the last one.
        task: "classification" or "regression"; None: text and few whole numbers are classes, other
            numbers are regression targets.
        header: whether the first line of a CSV file holds names; None: by its content.
        delimiter: character between the columns of a CSV file; None: by its content.
        encoding: encoding of a CSV file; None: UTF-8.
        columns: kinds of columns of a table, `{"size": "S<M<L", "hour": "circular:24"}`:
            numerical, nominal (one-hot), skip, circular with its period (sine and cosine), or the
            ranks of an ordinal one; others by their content.
        white: number that is white in images of more than 8 bits or another unit, such as 4095 for
            12 bits; None: by type and range of all images.

    Raises:
        DatasetUnavailable: if no source has the set; the message names the file to provide.
        DatasetError: if the data cannot be used; the message names the part and the requirement.

    Example:
        >>> load("digits", image_size=28).input_shape
        (28, 28, 1)
    """
    for name, value in (("batch_size", batch_size), ("image_size", image_size),
                        ("at_least", at_least)):  # fmt: skip
        optional = name != "batch_size" and value is None
        if not optional and (not isinstance(value, int) or value < 1):
            raise DatasetError(f"`{name}` must be a whole number above 0. Received: {name}={value}")
    stated = reading_options(
        target=target,
        task=task,
        header=header,
        delimiter=delimiter,
        encoding=encoding,
        white=white,
        columns=tuple(f"{name}={kind}" for name, kind in columns.items())
        if isinstance(columns, Mapping)
        else tuple(columns),
    )
    with stated:
        return _load(dataset, batch_size, image_size, at_least)


def _load(
    dataset: DatasetLike, batch_size: int, image_size: int | None, at_least: int | None
) -> Data:
    if isinstance(dataset, str) and dataset in DATASETS and DATASETS[dataset].home == "derived":
        base = DATASETS[dataset].file
        source = load(base, batch_size=batch_size, image_size=image_size, at_least=at_least)
        return mnist_m(source, photos="bsds500" if dataset.endswith("_m") else "embedded")
    if isinstance(dataset, Data):
        check_task(dataset)
        return resize_data(dataset, batch_size, image_size, at_least)
    if isinstance(dataset, str | os.PathLike):
        name_or_path = dataset if isinstance(dataset, str) else Path(dataset)
        raw = lookup.find(name_or_path, image_size, at_least)
    else:
        raw = from_arrays(dataset)
    return assemble(raw, batch_size, image_size, at_least)


def check_task(data: Data) -> None:
    """Compares the option `task` with the targets of loaded data.

    Raises:
        DatasetError: if they differ.
    """
    task = option("task")
    kinds = {"classification": Classes, "regression": Values}
    if task is not None and not isinstance(data.targets, kinds[str(task)]):
        raise DatasetError(
            f"`task` must be that of the data, whose targets are {type(data.targets).__name__}. "
            f"Received: task={task!r}"
        )


def describe() -> list[dict[str, str]]:
    """Returns one row per data set: name, kind, size, location and licence.

    Checks folders only; imports and downloads nothing.
    """
    rows = [
        {"name": name, "kind": entry.kind, "size": entry.size, "where": _location(name),
         "licence": entry.licence}
        for name, entry in DATASETS.items()
    ]  # fmt: skip
    others = {f.parent.parent.name for f in locations.tfds_folder().glob("*/*/dataset_info.json")}
    return rows + [
        {"name": name, "kind": "", "size": "", "where": _location(name), "licence": ""}
        for name in sorted(others - set(DATASETS))
    ]


def _location(name: str) -> str:
    home = DATASETS[name].home if name in DATASETS else "tfds"
    if home == "derived":
        return f"derived from {DATASETS[name].file}: {_location(DATASETS[name].file)}"
    if home == "embedded":
        owner = "Python" if DATASETS[name].kind == "text" else "scikit-learn"
        return f"embedded in {owner} ({embedded.folder(name)})"
    folder = locations.find_prepared(name) if home == "tfds" else None
    if folder:
        return f"prepared ({folder})"
    path = mirror.find(name)
    if path and name in lookup.SUBSTITUTES:
        return f"mirror, as {lookup.SUBSTITUTES[name]} ({path})"
    if path:
        return f"mirror ({path})"
    if home == "tfds":
        return "not available" if locations.is_offline() else "download"
    return f"not available; expected at <KERAS_DL_DATA>/{DATASETS[name].file}"
