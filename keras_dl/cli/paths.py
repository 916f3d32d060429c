"""Paths of a command line, checked before Keras is imported."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keras_dl.explaining import check_selection

__all__ = ["check_dataset", "check_explained", "check_out"]

# Names of data sets have none of these ends; a name of TensorFlow Datasets may hold a slash.
SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".json", ".npz", ".npy", ".parquet", ".zip", ".tar", ".tgz", ".gz"),
    *(".idx", ".png", ".jpg", ".jpeg"),
)
STARTS = ("/", "./", "../", "~")
ANSWERS = "input,"  # beginning of a file of answers


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
    if not _exists(dataset):
        raise ValueError(
            "`dataset` must be a name that `keras-dl data` lists, or a path that exists. "
            f"Received: dataset={dataset!r}"
        )


def check_explained(model: str, inputs: Sequence[str], values: Mapping[str, Any]) -> None:
    """Refuses files that are missing and flags without effect on a method.

    Args:
        model: id of a run, or path of a `.keras` file.
        inputs: paths of images.
        values: options of `explain` by name.

    Raises:
        ValueError: names the path or the flag.
    """
    method = values["method"]
    if model.endswith(".keras") and not _exists(model):
        raise ValueError(f"`RUN_ID` must be a run, or a .keras file that exists. Received: {model}")
    for path in inputs:
        if not _exists(path):
            raise ValueError(f"`INPUT` must be images or folders that exist. Received: {path}")
    if not inputs and method not in ("filters", "maximize"):
        raise ValueError(f"`INPUT` must be given to explain by {method}. Received: no images")
    selection = {name: values[name] for name in ("layer", "target", "units")}
    check_selection(method, **selection)
    if model.endswith(".keras") and values["out"] is None:
        raise ValueError("`out` must be given with a .keras file: there is no run to keep figures")


def _exists(path: str) -> bool:
    """Returns whether there is such a file or folder; True for names that the system refuses."""
    try:
        return Path(path).expanduser().exists()
    except (OSError, RuntimeError):  # the reader says why
        return True


def check_out(out: str | None) -> None:
    """Refuses a path where answers cannot be written or would replace other contents.

    Args:
        out: the path; None: nothing is written.

    Raises:
        ValueError: names the option.
    """
    if out is None:
        return
    path = Path(out).expanduser()
    if out.lower().endswith(".csv"):
        if path.exists() and not _holds_answers(path):
            raise ValueError(
                "`out` must not exist yet, or hold answers of `predict`, which are replaced. "
                f"Received: out={out!r}"
            )
        return
    if path.suffix.lower() in SUFFIXES or (path.exists() and not path.is_dir()):
        raise ValueError(
            "`out` must be a file whose name ends in .csv, for the answers, or a folder, for "
            f"pictures. Received: out={out!r}"
        )


def _holds_answers(path: Path) -> bool:
    """Returns whether a file begins as the answers do that `predict` writes."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(len(ANSWERS)) == ANSWERS
    except OSError:
        return False
