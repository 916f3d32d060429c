"""Predictions as a table on the terminal and as pictures in a folder."""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from rich.markup import escape

from keras_dl.cli import tables
from keras_dl.tasks.predicting import Prediction
from keras_dl.utils.files import atomic_path
from keras_dl.utils.printing import LAYOUT, printable
from keras_dl.utils.text import plural

__all__ = ["print_predictions"]

LONGEST_NAME = 100  # characters of a written file's name


def print_predictions(predictions: Iterable[Prediction], out: str | None) -> int:
    """Prints each prediction as soon as it is computed, and on stderr what cannot be read.

    Args:
        predictions: inputs with their results.
        out: folder for pictures, created if missing; None: pictures are not written.

    Returns:
        0 if every input has an answer, 1 if some have, 2 if none has.
    """
    console, written, skipped, answered, refused = tables.terminal(), 0, 0, 0, 0
    for prediction in predictions:
        if prediction.error:
            refused += 1
            _complain(f"{prediction.source}: {prediction.error}")
            continue
        answered += 1
        console.print(escape(_lines(prediction)), soft_wrap=True)
        if prediction.picture is None:
            continue
        if out is None:
            skipped += 1
        else:
            path = _unused_path(Path(out), prediction.source)
            _write_picture(path, prediction.picture)
            written += 1
            console.print(f"  → {escape(printable(path))}", soft_wrap=True)
    if skipped:
        console.print(f"{plural(skipped, 'picture', 'pictures')}; --out FOLDER writes them")
    if out is not None and answered and not written:
        console.print("No pictures: this run's task predicts text only")
    if refused:
        whole = f"of {plural(refused + answered, 'input', 'inputs')}"
        _complain(f"{plural(refused, f'{whole} has', f'{whole} have')} no prediction")
    return 0 if not refused else 1 if answered else 2


def _complain(text: str) -> None:
    print(f"keras-dl: {printable(text)}", file=sys.stderr, flush=True)


def _lines(prediction: Prediction) -> str:
    """Returns source and text; the text alone where it continues the source, as of a prompt."""
    source, text = prediction.source, printable(prediction.text, keep=LAYOUT)
    if prediction.text.startswith(source):
        return text
    source = printable(source)
    return f"{source}: {text}" if text else source


def _unused_path(folder: Path, source: str) -> Path:
    """Returns a new file named after the input."""
    stem = printable(Path(source).stem, most=LONGEST_NAME) or "prediction"
    path, number = folder / f"{stem}.png", 1
    while path.exists():
        path, number = folder / f"{stem}-{number}.png", number + 1
    return path


def _write_picture(path: Path, picture: np.ndarray) -> None:
    """Writes (height, width), (height, width, 1), RGB or RGBA bytes as PNG."""
    pixels = picture[..., 0] if picture.ndim == 3 and picture.shape[-1] == 1 else picture
    with atomic_path(path) as part:
        Image.fromarray(pixels).save(part)
