"""Finds a data set by name or path: the order in which places are asked."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.archives import ARCHIVES
from keras_dl.data.arrays import from_mapping, read_npz
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.images.folders import read_classes
from keras_dl.data.images.idx import has_idx, read_idx_folder
from keras_dl.data.registry import KNOWN
from keras_dl.data.sources import embedded, mirror, tfds
from keras_dl.data.sources.downloads import check_listed
from keras_dl.data.tables import read_csv
from keras_dl.utils.matching import close_match

__all__ = ["find", "prepare"]

FORMS = (
    "four IDX files in a folder, an .npz file, a folder or archive (tar, tar.gz, zip) of images "
    "by class, or a .csv file"
)
SUFFIXES = (".npz", ".csv", *ARCHIVES)
# Where only a lossy copy is at hand, it is taken under its own name.
STAND_INS = {"cifar10": "cifar10_jpeg"}


def find(dataset: str | Path, image_size: int | None, at_least: int | None) -> Raw:
    """The data set of that name or at that path.

    Args:
        dataset: a known name, a path, a name in the mirror, or a name of TensorFlow Datasets.
        image_size: side of the square image files are brought to, in pixels, or None.
        at_least: pixels the shorter side of image files must have, or None.

    Raises:
        DatasetUnavailable: if no place has it.
        DatasetError: if it is there and cannot be used.
    """
    name = str(dataset)
    try:
        # A known name means the known set, also where a folder of that name happens to stand.
        if isinstance(dataset, str) and (name in KNOWN or not _is_path(name)):
            return _named(name, image_size, at_least)
        return _at(Path(dataset).expanduser(), image_size, at_least)
    except PermissionError as error:
        raise DatasetError(
            f"`dataset` must be readable; change its permissions. Received: {error.filename}"
        ) from None


def prepare(name: str) -> Path:
    """Makes a data set ready for fast loading; what needs no preparation is only found.

    Args:
        name: a known name, or one of TensorFlow Datasets.

    Returns:
        The folder or file that holds the set.

    Raises:
        DatasetUnavailable: if no place has it.
    """
    home = KNOWN[name].home if name in KNOWN else "official"
    if home == "made":
        return prepare(KNOWN[name].file)
    if home == "embedded":
        return embedded.folder(name)
    if home == "mirror":
        found = mirror.find(name)
        if found is None:
            raise _unavailable(name, [])
        return found
    folder = _prepared(name)
    tfds.read(name, folder)  # decodes once, so that every later load is fast
    return folder


def _named(name: str, image_size: int | None, at_least: int | None) -> Raw:
    home, kind = (KNOWN[name].home, KNOWN[name].kind) if name in KNOWN else (None, "image")
    others = {"text": "texts", "pairs": "pairs of images", "masks": "images with masks"}
    if kind in others:
        raise DatasetError(
            f"`dataset` must hold labelled images or a table here; {name} holds {others[kind]}. "
            f"Received: dataset={name!r}"
        )
    if home == "embedded":
        return embedded.read(name)
    folder = locations.prepared(name) if home != "mirror" else None
    if folder is not None:
        return tfds.read(name, folder)
    name = STAND_INS.get(name, name) if mirror.find(STAND_INS.get(name, name)) else name
    found = mirror.find(name)
    if found is not None and (name not in KNOWN or KNOWN[name].home == "mirror"):
        if found.is_file():
            check_listed(found)
        if name == "cifar10_jpeg":
            return mirror.read_jpegs(found, name)
        return _at(found, image_size, at_least)._replace(name=name)
    if home == "mirror":
        raise _unavailable(name, [])
    return tfds.read(name, _prepared(name))


def _prepared(name: str) -> Path:
    base = name.split("/")[0]
    if base not in KNOWN and base not in tfds.names():
        spellings = [*KNOWN, *tfds.names()]
        raise _unavailable(name, ["TensorFlow Datasets does not know the name"], spellings)
    try:
        return tfds.prepare(name, mirror.find(base))
    except DatasetUnavailable as error:
        raise _unavailable(name, [f"TensorFlow Datasets: {error}"]) from None


def _is_path(name: str) -> bool:
    if Path(name).expanduser().exists() or name.startswith((".", "~")):
        return True
    if name.lower().endswith(SUFFIXES):
        return True
    # "emnist/letters" is a configuration of a data set, if there is one of that name.
    configuration = re.fullmatch(r"[a-z0-9_]+/[A-Za-z0-9_.-]+", name)
    return os.sep in name and not (configuration and name.split("/")[0] in tfds.names())


def _at(path: Path, image_size: int | None, at_least: int | None) -> Raw:
    lower = path.name.lower()
    name = re.sub(r"(\.tar)?\.[a-z]+$", "", path.name, flags=re.IGNORECASE)
    if not path.exists():
        raise DatasetUnavailable(
            f"`dataset` must be a path that exists{_close_path(path)}. Received: dataset='{path}'"
        )
    if path.is_file() and path.stat().st_size == 0:
        raise DatasetError(f"`dataset` must not be an empty file. Received: {path}")
    if path.is_dir() and has_idx(path):
        return read_idx_folder(path, path.resolve().name, str(path))
    if path.is_dir():
        return read_classes(path, path.resolve().name, str(path), image_size, at_least)
    if lower.endswith(ARCHIVES):
        return read_classes(path, name, str(path), image_size, at_least)
    if lower.endswith(".npz"):
        return from_mapping(read_npz(path), str(path), name)
    if lower.endswith(".csv"):
        return read_csv(path, name, str(path))
    raise DatasetError(f"`dataset` must be {FORMS}. Received: {path}")


def _close_path(path: Path) -> str:
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    close = close_match(path.name, siblings)
    return "" if close is None else f" (did you mean {path.parent / close}?)"


def _unavailable(name: str, tried: list[str], spellings: Iterable[str] = ()) -> DatasetUnavailable:
    close = close_match(name, spellings)
    folder = locations.mirror()
    entry = KNOWN.get(name)
    place = f"{folder or '<folder>'}/{(entry.file if entry else '') or name}"
    setting = "" if folder else " and set KERAS_DL_DATA=<folder>"
    looked = [f"a path {Path(name).absolute()}", f"prepared in {locations.official() / name}",
              f"the mirror {folder}" if folder else "a mirror (KERAS_DL_DATA is not set)",
              *tried]  # fmt: skip
    embedded_sets = [n for n, k in KNOWN.items() if k.home == "embedded" and k.kind != "text"]
    meant = "" if close is None else f" (did you mean {close}?)"
    return DatasetUnavailable(
        f"`dataset` must be a data set that is at hand{meant}; looked for {'; '.join(looked)}. "
        f"Put its files at {place}{setting}, or give a path to {FORMS}. "
        f"At hand without files: {', '.join(embedded_sets)}. "
        f"Received: dataset='{name}'"
    )
