"""Paths of a command line, checked before Keras is imported."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["check_dataset"]

# Names of data sets have none of these ends; a name of TensorFlow Datasets may hold a slash.
SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".json", ".npz", ".npy", ".parquet", ".zip", ".tar", ".tgz", ".gz"),
    *(".idx", ".png", ".jpg", ".jpeg"),
)
STARTS = ("/", "./", "../", "~")


def check_dataset(values: Mapping[str, Any]) -> None:
    """Refuses a `dataset` that is clearly a path, where there is no such file or folder.

    Args:
        values: hyperparameters and options by name.

    Raises:
        ValueError: names the path.
    """
    dataset = values.get("dataset")
    if not isinstance(dataset, str):
        return
    if not (dataset.startswith(STARTS) or dataset.lower().endswith(SUFFIXES)):
        return
    try:
        exists = Path(dataset).expanduser().exists()
    except (OSError, RuntimeError):  # a name that the system refuses; the reader says why
        return
    if not exists:
        raise ValueError(
            "`dataset` must be a name that `keras-dl data` lists, or a path that exists. "
            f"Received: dataset={dataset!r}"
        )
