"""Predictions as a table on the terminal or in a file, and as pictures in a folder."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from rich.markup import escape

from keras_dl.cli import tables
from keras_dl.tasks.known_labels import score_predictions
from keras_dl.tasks.predicting import Prediction
from keras_dl.utils.files import atomic_path, write_atomically
from keras_dl.utils.printing import LAYOUT, printable
from keras_dl.utils.text import plural

__all__ = ["print_predictions", "write_table"]

FILM = 4  # axes of a film: (pictures, height, width, 3)
FRAME = 50  # milliseconds of a picture
LONGEST_NAME = 100  # characters of a written file's name
ROW = re.compile(r"(.+)(?::(\d+)|\[(\d+)\])")  # a line of a table, an image of an array


def print_predictions(predictions: Iterable[Prediction], out: str | None) -> int:
    """Prints each prediction as soon as it is computed, and on stderr what cannot be read.

    Where inputs carry their right answers, a last line has the score.

    Args:
        predictions: inputs with their results.
        out: a `.csv` file for the answers, which are then not printed; or a folder for pictures,
            created if missing; None: nothing is written.

    Returns:
        0 if every input has an answer, 1 if some have, 2 if none has or there is none.
    """
    table = out is not None and out.lower().endswith(".csv")
    answers, refused = _print(predictions, None if table else out, quiet=table)
    console = tables.terminal()
    if out is not None and table:
        write_table(answers, Path(out))
        count = plural(len(answers), "row", "rows")
        console.print(f"{escape(printable(out))}: {count}", soft_wrap=True)
    if not answers:
        _complain("`inputs` must hold something to predict. Received: no rows")
        return 2
    answered = [p for p in answers if not p.error]
    score = score_predictions(answered)
    if score:
        console.print(escape(score), soft_wrap=True)
    if refused:
        whole = f"of {plural(len(answers), 'input', 'inputs')}"
        _complain(f"{plural(refused, f'{whole} has', f'{whole} have')} no prediction")
    return 0 if not refused else 1 if answered else 2


def _print(
    predictions: Iterable[Prediction], folder: str | None, *, quiet: bool
) -> tuple[list[Prediction], int]:
    """Prints predictions and writes their pictures; returns them without pictures."""
    console, written, skipped, refused = tables.terminal(), 0, 0, 0
    answers: list[Prediction] = []
    for prediction in predictions:
        answers.append(_without_picture(prediction))
        if prediction.error:
            refused += 1
            _complain(f"{prediction.source}: {prediction.error}")
            continue
        if not quiet:
            console.print(escape(_lines(prediction)), soft_wrap=True)
        if prediction.picture is None:
            continue
        if folder is None:
            skipped += 1
        else:
            suffix = ".gif" if prediction.picture.ndim == FILM else ".png"
            path = _unused_path(Path(folder), prediction.source, suffix)
            _write_picture(path, prediction.picture)
            written += 1
            console.print(f"  → {escape(printable(path))}", soft_wrap=True)
    if skipped:
        console.print(f"{plural(skipped, 'picture', 'pictures')}; --out FOLDER writes them")
    if folder is not None and len(answers) > refused and not written:
        console.print("No pictures: this run's task predicts text only; --out FILE.csv writes it")
    return answers, refused


def write_table(predictions: Sequence[Prediction], path: Path) -> None:
    """Writes predictions as CSV: file, row, the answer's columns, the right answer, an error.

    Args:
        predictions: answers in the order of the rows; those without columns have their text.
        path: of the file, which is replaced.
    """
    own = [p.columns or ({} if p.error else {"prediction": p.text}) for p in predictions]
    names = list(dict.fromkeys(name for columns in own for name in columns))
    places = [ROW.fullmatch(p.source) for p in predictions]
    known, failed = any(p.truth for p in predictions), any(p.error for p in predictions)
    head = ["input", *(["row"] if any(places) else []), *names]
    head += [*(["truth"] if known else []), *(["error"] if failed else [])]
    text = io.StringIO()
    writer = csv.DictWriter(text, head, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for prediction, columns, place in zip(predictions, own, places, strict=True):
        row = {"input": prediction.source} if place is None else {
            "input": place[1], "row": place[2] or place[3]
        }  # fmt: skip
        cells = {name: f"{v:.6g}" if isinstance(v, float) else v for name, v in columns.items()}
        writer.writerow(row | cells | {"truth": prediction.truth, "error": prediction.error})
    write_atomically(path, text.getvalue())


def _without_picture(prediction: Prediction) -> Prediction:
    return replace(prediction, picture=None)  # a thousand pictures would fill the memory


def _complain(text: str) -> None:
    print(f"keras-dl: {printable(text)}", file=sys.stderr, flush=True)


def _lines(prediction: Prediction) -> str:
    """Returns source and text; the text alone where it continues the source, as of a prompt."""
    source, text = prediction.source, printable(prediction.text, keep=LAYOUT)
    if prediction.text.startswith(source):
        return text
    source = printable(source)
    return f"{source}: {text}" if text else source


def _unused_path(folder: Path, source: str, suffix: str) -> Path:
    """Returns a new file named after the input."""
    stem = printable(Path(source).stem, most=LONGEST_NAME) or "prediction"
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def _write_picture(path: Path, picture: np.ndarray) -> None:
    """Writes (height, width), (height, width, 1), RGB or RGBA bytes as PNG, films of RGB as GIF."""
    if picture.ndim == FILM:
        first, *others = (Image.fromarray(image) for image in picture)
        with atomic_path(path) as part:
            options = {"append_images": others, "duration": FRAME, "loop": 0}
            first.save(part, format="GIF", save_all=True, **options)
        return
    pixels = picture[..., 0] if picture.ndim == 3 and picture.shape[-1] == 1 else picture
    with atomic_path(path) as part:
        Image.fromarray(pixels).save(part)
