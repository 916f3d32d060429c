"""The user's own labelled texts: a folder a class, a table with a header, or lines with a label."""

import csv
import io
from pathlib import Path
from typing import Any

from keras_dl.data.archives import ARCHIVES
from keras_dl.data.class_folders import sorted_by_class
from keras_dl.data.errors import DatasetError
from keras_dl.data.tables import TARGETS
from keras_dl.data.text.labelled_texts import Said
from keras_dl.data.text.tokenize import decoded, read_text

__all__ = ["TEXTS", "own", "rows_of"]

TEXTS = ("text", "sentence", "review")  # names of the column that holds the texts
LONGEST = 2**24  # characters of a cell; csv refuses more than 131,072 unless told otherwise


def own(path: Path) -> dict[str, Said]:
    """Texts and labels by split.

    Args:
        path: folder or archive with a folder of .txt files for each class, under train/ and test/
            if there are such; a table with a header that names a column text (or sentence, review)
            and one label (or class, target); or a file with `label<tab>text` in each line.

    Raises:
        DatasetUnavailable: if there is nothing.
        DatasetError: if it is something else; names the file and the line.
    """
    if path.is_dir() or path.name.lower().endswith(ARCHIVES):
        found = sorted_by_class(path, (".txt",), "texts")
        return {
            split: (
                [decoded(member.read(), path / member.path) for member, _ in members],
                [label for _, label in members],
            )
            for split, members in found.items()
        }
    content = read_text(path).removeprefix("\ufeff")
    header, rows = rows_of(content)
    names = [cell.strip().lower() for cell in header]
    text = next((names.index(n) for n in TEXTS if n in names), None)
    label = next((names.index(n) for n in TARGETS if n in names), None)
    if text is not None and label is not None:
        return {"train": _columns(rows, text, label, len(header), path)}
    if path.name.lower().removesuffix(".gz").endswith(".csv"):
        raise DatasetError(
            f"`dataset` must have a header with a column {_either(TEXTS)} and a column "
            f"{_either(TARGETS)}. Received: {', '.join(header)[:80]} in {path}"
        )
    return {"train": lines(content, "\t", path)}


def rows_of(content: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows of a table, each row with the number of the line it ends in."""
    first = content.split("\n", 1)[0]
    before = csv.field_size_limit(LONGEST)
    try:
        reader = csv.reader(
            io.StringIO(content, newline=""), delimiter=max(",;\t", key=first.count)
        )
        header = next(reader, [])
        return header, [(reader.line_num, row) for row in reader if row]
    except csv.Error:  # lines of other texts, perhaps with a quotation mark that nothing closes
        return [], []
    finally:
        csv.field_size_limit(before)


def lines(content: str, separator: str, path: Path) -> Said:
    """Texts and labels from lines that begin with the label.

    Raises:
        DatasetError: if a line is something else.
    """
    # Not splitlines(): texts hold other signs that it takes for the end of a line.
    rows = [line.rstrip("\r").partition(separator) for line in content.split("\n") if line.strip()]
    for number, (label, found, rest) in enumerate(rows, 1):
        if not (label and found and rest.strip()):
            raise DatasetError(
                f"`dataset` must hold a label, {separator!r} and a text in each line. "
                f"Received: {(label + found + rest)[:80]!r}, line {number} of {path}"
            )
    return [rest for _, _, rest in rows], [label for label, _, _ in rows]


def _columns(rows: Any, text: int, label: int, width: int, path: Path) -> Said:
    for line, row in rows:
        if len(row) != width or not row[text].strip() or not row[label].strip():
            raise DatasetError(
                f"`dataset` must have {width} cells in every row, those of text and label not "
                f"empty. Received: {str(row)[:80]}, line {line} of {path}"
            )
    return [row[text] for _, row in rows], [row[label].strip() for _, row in rows]


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
