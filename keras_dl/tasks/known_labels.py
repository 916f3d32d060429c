"""Right answers that inputs carry: columns of tables, folders of images, `y` beside `x`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.arrays import read_npz
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import user_path
from keras_dl.data.tables.columns import is_number, plain
from keras_dl.data.tables.rows import Table, open_table
from keras_dl.data.targets import is_missing
from keras_dl.tasks.base import Prediction

__all__ = ["add_known_labels", "score_predictions"]

TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
RECORDED = re.compile(r"column (.+?)(, (as stated|by its name|the last one))?")


def add_known_labels(
    predictions: Sequence[Prediction], inputs: Sequence[str], spec: Mapping[str, Any]
) -> list[Prediction]:
    """Returns the predictions with the right answers that their inputs carry.

    Those of rows are the cells of the column that was the target in training; those of images the
    names of their folders, where they are classes; those of `.npz` files their `y` or `y_test`.

    Args:
        predictions: answers with their sources, `file`, `file:line` or `file[i]`.
        inputs: files and folders that they come from.
        spec: facts of the training data.
    """
    known: dict[str, str] = {}
    for word in inputs:
        path = _path(word)
        if path is None:
            continue
        if path.name.lower().endswith(TABLES):
            known |= _of_table(path, spec)
        elif path.suffix.lower() == ".npz":
            known |= _of_arrays(path)
    names = set(spec["class_names"])
    return [
        replace(p, truth=_as_class(known.get(p.source) or _of_folder(p.source, names), names))
        for p in predictions
    ]


def score_predictions(predictions: Sequence[Prediction]) -> str:
    """Returns a sentence on the predictions whose right answers are known; "" without any.

    Accuracy where they are ranked classes; else the mean absolute error, in units of the target,
    and R².
    """
    known = [p for p in predictions if p.truth and not p.error]
    if not known:
        return ""
    share = f"{len(known):,} of {len(predictions):,} inputs with a known answer"
    if known[0].ranking:
        right = sum(p.ranking[0][0] == p.truth for p in known)
        return f"Accuracy {right / len(known):.4f}: {right:,} of {len(known):,} right ({share})"
    pairs = [(float(p.truth), float(v)) for p in known if is_number(p.truth)
             for v in [p.columns.get("prediction")] if isinstance(v, float)]  # fmt: skip
    if not pairs:
        return ""
    actual, predicted = np.array(pairs).T
    error, spread = np.abs(actual - predicted).mean(), np.square(actual - actual.mean()).sum()
    text = f"Mean absolute error {error:.6g}"
    if spread > 0:
        text += f", R² {1 - np.square(actual - predicted).sum() / spread:.4f}"
    return f"{text} ({share})"


def _path(word: str) -> Path | None:
    try:
        path = user_path(word)
        return path if path.is_file() else None
    except OSError:  # a text that is too long for a name
        return None


def _of_table(path: Path, spec: Mapping[str, Any]) -> dict[str, str]:
    match = RECORDED.fullmatch(spec.get("reading", {}).get("facts", {}).get("target", ""))
    if match is None:
        return {}
    try:
        table = open_table(path)
        column = _column(table, match[1], spec)
        if column is None:
            return {}
        rows = list(table.rows())
    except DatasetError:  # told with the predictions
        return {}
    cells = {f"{path}:{line}": row[column].strip() for line, row in rows if column < len(row)}
    return {source: cell for source, cell in cells.items() if not is_missing(cell)}


def _column(table: Table, name: str, spec: Mapping[str, Any]) -> int | None:
    """Returns the number of the target's column, by its name or by its number in training."""
    places = [i for i, cell in enumerate(table.first) if plain(cell) == plain(name)]
    if len(places) == 1:
        return places[0]
    number = name.removesuffix(" (from 0)")
    headless = spec["reading"]["facts"].get("header") == "none"
    features = spec["inputs"].get("numbers", ())
    whole = len(table.first) > max([*features, 0]) and len(table.first) > len(features)
    return int(number) if headless and number.isdecimal() and whole else None


def _of_arrays(path: Path) -> dict[str, str]:
    try:
        arrays = read_npz(path)
    except DatasetError:
        return {}
    y = arrays.get("y", arrays.get("y_test")) if "x" not in arrays else arrays.get("y")
    if y is None or y.reshape(len(y), -1).shape[1] != 1:
        return {}
    return {f"{path}[{i}]": str(value) for i, value in enumerate(y.reshape(-1).tolist())}


def _of_folder(source: str, names: set[str]) -> str:
    folder = Path(source).parent.name
    return folder if folder in names else ""


def _as_class(label: str, names: set[str]) -> str:
    """Returns a label as the class of its number, 3.0 as 3, where there are such classes."""
    if label in names or not is_number(label):
        return label
    whole = f"{float(label):.0f}"
    return whole if whole in names and float(label) == float(whole) else label
