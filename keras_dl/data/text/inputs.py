"""Texts to predict: given as they are, or in files."""

import os
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from keras_dl.data.archives import ARCHIVES, members
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.text.files import TEXTS, rows_of
from keras_dl.data.text.tokenize import decoded, read_text

__all__ = ["read_texts"]

TABLES = (".csv", ".tsv")
SUFFIXES = (".txt", ".txt.gz", ".txt.bz2", *TABLES, *ARCHIVES)
MAX_NAME = 1000  # characters; systems refuse to look for longer names
SHOWN = 40  # characters of a text that stand for it


def read_texts(
    given: str | PathLike[str] | Iterable[str | PathLike[str]],
) -> tuple[list[str], list[str]]:
    """Texts to predict, and a name for each.

    Args:
        given: a text file, which is one text; a folder (recursive) or archive of .txt files; a .csv
            or .tsv file with a column text (or sentence, review); a text itself; or a list of
            these. What is no file and does not look like the name of one is a text.

    Returns:
        The texts, and as many names: the file, `file:line`, or the beginning of the text.

    Raises:
        DatasetError: if nothing is given, a path is missing or holds no text.
    """
    listed = [given] if isinstance(given, str | PathLike) else list(given)
    found = [pair for one in listed for pair in _one(one)]
    if not found:
        raise DatasetError("`paths` must name at least one text. Received: an empty list")
    return [text for text, _ in found], [name for _, name in found]


def _one(given: str | PathLike[str]) -> list[tuple[str, str]]:
    path, text = Path(given).expanduser(), str(given)
    if isinstance(given, str) and not text.strip():
        raise DatasetError("`paths` must name files or be texts. Received: an empty text")
    there = len(text) < MAX_NAME and path.exists()
    if not there and isinstance(given, str) and not _looks_like_a_path(text):
        return [(text, text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…")]
    if not there:
        raise DatasetUnavailable(f"`paths` must exist. Received: {path}")
    lower = path.name.lower()
    if path.is_dir() or lower.endswith(ARCHIVES):
        inside = members(path, (".txt",))
        if not inside:
            raise DatasetError(f"`paths` must hold .txt files. Received: none in {path}")
        return [(decoded(m.read(), path / m.path), str(path / m.path)) for m in inside]
    content = read_text(path).removeprefix("\ufeff")
    return _column(content, path) if lower.endswith(TABLES) else [(content, str(path))]


def _column(content: str, path: Path) -> list[tuple[str, str]]:
    header, rows = rows_of(content)
    names = [cell.strip().lower() for cell in header]
    column = next((names.index(n) for n in TEXTS if n in names), None)
    if column is None:
        raise DatasetError(
            f"`paths` must have a column {' or '.join(TEXTS)}. "
            f"Received: {', '.join(header)[:80]} in {path}"
        )
    return [(row[column], f"{path}:{line}") for line, row in rows if len(row) > column]


def _looks_like_a_path(text: str) -> bool:
    bare = len(text.split()) == 1
    return text.lower().endswith(SUFFIXES) or (bare and os.sep in text)
