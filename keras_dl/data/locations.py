"""Folders and environment variables with the locations of data sets."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from keras_dl.data.errors import DatasetError
from keras_dl.utils import files

__all__ = [
    "describe_locations",
    "find_prepared",
    "is_offline",
    "locked",
    "mirror_folder",
    "tfds_folder",
]


def tfds_folder() -> Path:
    """Returns the folder of TensorFlow Datasets: KERAS_DL_TFDS_DIR, TFDS_DATA_DIR or default."""
    named = os.environ.get("KERAS_DL_TFDS_DIR") or os.environ.get("TFDS_DATA_DIR")
    return Path(named or "~/tensorflow_datasets").expanduser()


def mirror_folder() -> Path | None:
    """Returns the local mirror that KERAS_DL_DATA names, or None.

    Raises:
        DatasetError: if the variable names no folder.
    """
    named = os.environ.get("KERAS_DL_DATA")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DatasetError(
            f"`KERAS_DL_DATA` must name a folder with data sets, or be unset. Received: {named}"
        )
    return folder


def is_offline() -> bool:
    """Returns True if KERAS_DL_OFFLINE forbids connections."""
    return os.environ.get("KERAS_DL_OFFLINE", "0") not in ("", "0", "false")


def find_prepared(name: str) -> Path | None:
    """Returns the folder of the newest version that TensorFlow Datasets has prepared, or None.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
    """
    folders = [file.parent for file in (tfds_folder() / name).glob("*/dataset_info.json")]
    return max(folders, key=_version, default=None)


def describe_locations() -> dict[str, str]:
    """Returns the locations that are searched, by name, in words."""
    folder = tfds_folder()
    return {
        "TensorFlow Datasets": f"{folder}{'' if folder.is_dir() else ' (does not exist yet)'}",
        "KERAS_DL_DATA": os.environ.get("KERAS_DL_DATA", "") or "(not set)",
        "KERAS_DL_OFFLINE": "no connections" if is_offline() else "(not set)",
    }


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds a file lock: one process prepares a data set, others wait.

    Args:
        file: lock file.

    Raises:
        DatasetError: if the folder cannot be written.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(files.locked(file))
        except PermissionError as error:
            raise DatasetError(
                "`KERAS_DL_TFDS_DIR` must name a folder that can be written. "
                f"Received: {file.parent} ({error.strerror})"
            ) from None
        yield


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.name.split(".") if part.isdigit())
