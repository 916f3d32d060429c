"""Lookup of data sets by name or path."""

import errno
import os
import re
from collections.abc import Iterable
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.archives import ARCHIVES
from keras_dl.data.arrays import from_mapping, read_npz
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import open_regular, user_path
from keras_dl.data.images.folders import read_classes
from keras_dl.data.images.idx import has_idx, read_idx_folder
from keras_dl.data.images.listed import find_list, read_listed
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources import embedded, mirror, tfds
from keras_dl.data.sources.downloads import check_listed
from keras_dl.data.tables import read_csv
from keras_dl.utils.matching import close_match

__all__ = ["find", "prepare"]

FORMS = (
    "four IDX files in a folder, an .npz file, a folder or archive (tar, tar.gz, zip) of images "
    "by class, or a .csv or .tsv file"
)
TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
SUFFIXES = (".npz", *TABLES, *ARCHIVES)
# If the mirror has only a lossy copy, it is loaded under the name of the copy.
SUBSTITUTES = {"cifar10": "cifar10_jpeg"}


def find(dataset: str | Path, image_size: int | None, at_least: int | None) -> Raw:
    """Finds the data set of a name or path.

    Names are searched in the order: registry, TensorFlow Datasets (prepared), mirror, TensorFlow
    Datasets (download).

    Args:
        dataset: a registered name, a path, a name in the mirror, or a name of TensorFlow Datasets.
        image_size: side of the square that image files are resized to, in pixels, or None.
        at_least: minimum length of the shorter side of image files in pixels, or None.

    Raises:
        DatasetUnavailable: if no source has it.
        DatasetError: if it exists and cannot be used.
    """
    name = str(dataset)
    try:
        # A registered name takes precedence over a folder of that name in the working directory.
        if isinstance(dataset, str) and (name in DATASETS or not _is_path(name)):
            return _read_by_name(name, image_size, at_least)
        return _read_path(user_path(dataset), image_size, at_least)
    except PermissionError as error:
        raise DatasetError(
            f"`dataset` must be readable; change its permissions. Received: {error.filename}"
        ) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DatasetError(
            f"`dataset` must be readable; {error.strerror or error}. "
            f"Received: {error.filename or dataset}"
        ) from None


def prepare(name: str) -> Path:
    """Prepares a data set for fast loading; sets that need no preparation are only located.

    Args:
        name: a registered name, or one of TensorFlow Datasets.

    Returns:
        The folder or file of the set.

    Raises:
        DatasetUnavailable: if no source has it.
    """
    home = DATASETS[name].home if name in DATASETS else "tfds"
    if home == "derived":
        return prepare(DATASETS[name].file)
    if home == "embedded":
        return embedded.folder(name)
    if home == "mirror":
        path = mirror.find(name)
        if path is None:
            raise _unavailable(name, [])
        return path
    folder = _prepare(name)
    tfds.read(name, folder)  # decodes once, so that later loads are fast
    return folder


def _read_by_name(name: str, image_size: int | None, at_least: int | None) -> Raw:
    home, kind = (DATASETS[name].home, DATASETS[name].kind) if name in DATASETS else (None, "image")
    others = {
        "text": "texts",
        "pairs": "pairs of images",
        "masks": "images with masks",
        "graph": "a graph",
        "speech": "recordings of words",
        "captions": "images with captions",
    }
    if kind in others:
        raise DatasetError(
            f"`dataset` must hold labelled images or a table here; {name} holds {others[kind]}. "
            f"Received: dataset={name!r}"
        )
    if home == "embedded":
        return embedded.read(name)
    folder = locations.find_prepared(name) if home != "mirror" else None
    if folder is not None:
        return tfds.read(name, folder)
    name = SUBSTITUTES.get(name, name) if mirror.find(SUBSTITUTES.get(name, name)) else name
    path = mirror.find(name)
    if path is not None and (name not in DATASETS or DATASETS[name].home == "mirror"):
        if path.is_file():
            check_listed(path)
        if name == "cifar10_jpeg":
            return mirror.read_jpegs(path, name)
        return _read_path(path, image_size, at_least)._replace(name=name)
    if home == "mirror":
        raise _unavailable(name, [])
    return tfds.read(name, _prepare(name))


def _prepare(name: str) -> Path:
    base = name.split("/")[0]
    if base not in DATASETS and base not in tfds.list_names():
        spellings = [*DATASETS, *tfds.list_names()]
        raise _unavailable(name, ["TensorFlow Datasets does not know the name"], spellings)
    try:
        return tfds.prepare(name, mirror.find(base))
    except DatasetUnavailable as error:
        raise _unavailable(name, [f"TensorFlow Datasets: {error}"]) from None


def _is_path(name: str) -> bool:
    if user_path(name).exists() or name.startswith((".", "~")):
        return True
    if name.lower().endswith(SUFFIXES):
        return True
    # "emnist/letters" is a configuration of a data set, if TensorFlow Datasets has one.
    configuration = re.fullmatch(r"[a-z0-9_]+/[A-Za-z0-9_.-]+", name)
    return os.sep in name and not (configuration and name.split("/")[0] in tfds.list_names())


def _read_path(path: Path, image_size: int | None, at_least: int | None) -> Raw:
    lower = path.name.lower()
    name = re.sub(r"(\.tar|\.[ct]sv)?\.[a-z]+$", "", path.name, flags=re.IGNORECASE)
    if not path.exists():
        raise DatasetUnavailable(
            f"`dataset` must be a path that exists{_close_path(path)}. Received: dataset='{path}'"
        )
    if not path.is_dir():
        open_regular(path).close()
    if path.is_file() and path.stat().st_size == 0:
        raise DatasetError(f"`dataset` must not be an empty file. Received: {path}")
    if path.is_dir() and has_idx(path):
        return read_idx_folder(path, path.resolve().name, str(path))
    if path.is_dir() and (table := find_list(path)) is not None:
        return read_listed(path, table, image_size, at_least)
    if path.is_dir():
        return read_classes(path, path.resolve().name, str(path), image_size, at_least)
    if lower.endswith(ARCHIVES):
        return read_classes(path, name, str(path), image_size, at_least)
    if lower.endswith(".npz"):
        return from_mapping(read_npz(path), str(path), name)
    if lower.endswith(TABLES):
        return read_csv(path, name, str(path))
    raise DatasetError(f"`dataset` must be {FORMS}. Received: {path}")


def _close_path(path: Path) -> str:
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    close = close_match(path.name, siblings)
    return "" if close is None else f" (did you mean {path.parent / close}?)"


def _unavailable(name: str, tried: list[str], spellings: Iterable[str] = ()) -> DatasetUnavailable:
    close = close_match(name, spellings)
    folder = locations.mirror_folder()
    entry = DATASETS.get(name)
    location = f"{folder or '<folder>'}/{(entry.file if entry else '') or name}"
    setting = "" if folder else " and set KERAS_DL_DATA=<folder>"
    searched = [f"a path {Path(name).absolute()}", f"prepared in {locations.tfds_folder() / name}",
              f"the mirror {folder}" if folder else "a mirror (KERAS_DL_DATA is not set)",
              *tried]  # fmt: skip
    embedded_sets = [n for n, k in DATASETS.items() if k.home == "embedded" and k.kind != "text"]
    meant = "" if close is None else f" (did you mean {close}?)"
    return DatasetUnavailable(
        f"`dataset` must be a data set that is available{meant}; searched {'; '.join(searched)}. "
        f"Put its files at {location}{setting}, or pass a path to {FORMS}. "
        f"Available without files: {', '.join(embedded_sets)}. "
        f"Received: dataset='{name}'"
    )
