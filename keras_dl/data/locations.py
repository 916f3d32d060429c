"""The folders and environment variables where data sets are looked for."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from keras_dl.data.errors import DatasetError
from keras_dl.utils import files

__all__ = ["locked", "mirror", "official", "offline", "prepared", "where"]


def official() -> Path:
    """The folder of TensorFlow Datasets: KERAS_DL_TFDS_DIR, TFDS_DATA_DIR, or its own default."""
    named = os.environ.get("KERAS_DL_TFDS_DIR") or os.environ.get("TFDS_DATA_DIR")
    return Path(named or "~/tensorflow_datasets").expanduser()


def mirror() -> Path | None:
    """The local mirror that KERAS_DL_DATA names, or None.

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


def offline() -> bool:
    """Whether KERAS_DL_OFFLINE forbids every connection."""
    return os.environ.get("KERAS_DL_OFFLINE", "0") not in ("", "0", "false")


def prepared(name: str) -> Path | None:
    """The newest version of a set that TensorFlow Datasets has prepared, or None.

    Args:
        name: "mnist", or "emnist/letters" with a configuration.
    """
    found = [file.parent for file in (official() / name).glob("*/dataset_info.json")]
    return max(found, key=_version, default=None)


def where() -> dict[str, str]:
    """The places looked at, in words: where, and whether they are there."""
    folder = official()
    return {
        "TensorFlow Datasets": f"{folder}{'' if folder.is_dir() else ' (not there yet)'}",
        "KERAS_DL_DATA": os.environ.get("KERAS_DL_DATA", "") or "(not set)",
        "KERAS_DL_OFFLINE": "no connections" if offline() else "(not set)",
    }


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Lets one process at a time prepare a data set; others wait for it and then find it ready.

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
