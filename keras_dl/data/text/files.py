"""Files of labelled texts: class folders, a table with a header, or lines with a label."""

import csv
import io
from pathlib import Path

from keras_dl.data.archives import ARCHIVES
from keras_dl.data.class_folders import list_labelled_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.tables import TARGETS
from keras_dl.data.text.labelled_texts import LabelledTexts
from keras_dl.data.text.tokenize import decode_text, read_text

__all__ = ["TEXTS", "parse_table", "read_labelled_files"]

TEXTS = ("text", "sentence", "review")  # names of the text column
FIELD_LIMIT = 2**24  # characters of a cell; the default of csv is 131,072


def read_labelled_files(path: Path) -> dict[str, LabelledTexts]:
    """Reads texts and labels by split.

    Args:
        path: folder or archive with a folder of .txt files for each class, optionally under train/
            and test/; a table whose header has a column text (or sentence, review) and a column
            label (or class, target); or a file with `label<tab>text` in each line.

    Raises:
        DatasetUnavailable: if the path does not exist.
        DatasetError: for other contents; the message names the file and the line.
    """
    if path.is_dir() or path.name.lower().endswith(ARCHIVES):
        splits = list_labelled_members(path, (".txt",), "texts")
        return {
            split: (
                [decode_text(member.read(), path / member.path) for member, _ in members],
                [label for _, label in members],
            )
            for split, members in splits.items()
        }
    content = read_text(path).removeprefix("\ufeff")
    header, rows = parse_table(content)
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
    return {"train": parse_lines(content, "\t", path)}


def parse_table(content: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Parses a table to its header and rows, each row with the number of its last line."""
    first = content.split("\n", 1)[0]
    previous_limit = csv.field_size_limit(FIELD_LIMIT)
    try:
        reader = csv.reader(
            io.StringIO(content, newline=""), delimiter=max(",;\t", key=first.count)
        )
        header = next(reader, [])
        return header, [(reader.line_num, row) for row in reader if row]
    except csv.Error:  # another text, perhaps with an unclosed quotation mark
        return [], []
    finally:
        csv.field_size_limit(previous_limit)


def parse_lines(content: str, separator: str, path: Path) -> LabelledTexts:
    """Parses lines that start with a label to texts and labels.

    Args:
        content: of the file.
        separator: of label and text.
        path: of the file, for messages.

    Raises:
        DatasetError: for a line without label, separator or text.
    """
    # Not splitlines(): texts contain other characters that it treats as line ends.
    rows = [line.rstrip("\r").partition(separator) for line in content.split("\n") if line.strip()]
    for number, (label, mark, rest) in enumerate(rows, 1):
        if not (label and mark and rest.strip()):
            raise DatasetError(
                f"`dataset` must hold a label, {separator!r} and a text in each line. "
                f"Received: {(label + mark + rest)[:80]!r}, line {number} of {path}"
            )
    return [rest for _, _, rest in rows], [label for label, _, _ in rows]


def _columns(
    rows: list[tuple[int, list[str]]], text: int, label: int, width: int, path: Path
) -> LabelledTexts:
    for line, row in rows:
        if len(row) != width or not row[text].strip() or not row[label].strip():
            raise DatasetError(
                f"`dataset` must have {width} cells in every row, those of text and label not "
                f"empty. Received: {str(row)[:80]}, line {line} of {path}"
            )
    return [row[text] for _, row in rows], [row[label].strip() for _, row in rows]


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
