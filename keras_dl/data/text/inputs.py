"""Texts to predict: as arguments or in files."""

import os
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from keras_dl.data.archives import ARCHIVES, Member
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.text.members import list_text_members
from keras_dl.data.text.text_tables import TABLES, read_text_column
from keras_dl.data.text_files import decode_text, read_text
from keras_dl.data.unreadable import Unreadable

__all__ = ["read_texts"]

SUFFIXES = (".txt", ".txt.gz", ".txt.bz2", *TABLES, *ARCHIVES)
MAX_NAME = 200  # characters of a name in a message
PREVIEW = 40  # characters of a text in its name


def read_texts(
    inputs: str | PathLike[str] | Iterable[str | PathLike[str]],
    unreadable: Unreadable | None = None,
) -> tuple[list[str], list[str]]:
    """Reads texts to predict, and a name for each.

    Args:
        inputs: a text file, which is one text; a folder (recursive) or archive of .txt files or of
            files without suffix; a .csv or .tsv file with a column text (or sentence, review), or
            with the columns that the option `text` states; a text; or a list of these. A string is
            a text unless a file of that name exists or it looks like a path.
        unreadable: list that the names of inputs that cannot be read are added to, with the
            reasons; None: one such input refuses all.

    Returns:
        The texts and their names: the file, `file:line`, or the beginning of the text.

    Raises:
        DatasetError: if `inputs` is empty, a path does not exist or holds no text.
    """
    items = [inputs] if isinstance(inputs, str | PathLike) else list(inputs)
    if not items:
        raise DatasetError("`paths` must name at least one text. Received: an empty list")
    pairs: list[tuple[str, str]] = []
    for item in items:
        try:
            pairs += _read_item(item, unreadable)
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((str(item)[:MAX_NAME], str(error)))
    return [text for text, _ in pairs], [name for _, name in pairs]


def _read_item(item: str | PathLike[str], unreadable: Unreadable | None) -> list[tuple[str, str]]:
    path, text = _path(item), str(item)
    if isinstance(item, str) and not text.strip():
        raise DatasetError("`paths` must name files or be texts. Received: an empty text")
    exists = path is not None and path.exists()
    if not exists and isinstance(item, str) and not _looks_like_a_path(text):
        return [(text, text if len(text) <= PREVIEW else f"{text[: PREVIEW - 1]}…")]
    if path is None or not exists:
        raise DatasetUnavailable(f"`paths` must exist. Received: {text[:MAX_NAME]}")
    lower = path.name.lower()
    if path.is_dir() or lower.endswith(ARCHIVES):
        files = list_text_members(path)
        if not files:
            raise DatasetError(f"`paths` must hold .txt files. Received: none in {path}")
        return _read_members(path, files, unreadable)
    if lower.endswith(TABLES):
        return [(text, f"{path}:{line}") for line, text in read_text_column(path, "paths")]
    return [(read_text(path), str(path))]


def _read_members(
    path: Path, files: Sequence[Member], unreadable: Unreadable | None
) -> list[tuple[str, str]]:
    pairs = []
    for file in files:
        try:
            pairs.append((decode_text(file.read(), path / file.path), str(path / file.path)))
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((str(path / file.path), str(error)))
    return pairs


def _path(item: str | PathLike[str]) -> Path | None:
    """Returns the path of an item; None if the operating system has no such names."""
    try:
        path = Path(item).expanduser()
        path.exists()
    except PermissionError:
        raise
    except (OSError, RuntimeError):  # too long; ~ of an unknown user
        return None
    return path


def _looks_like_a_path(text: str) -> bool:
    single_word = len(text.split()) == 1
    return text.lower().endswith(SUFFIXES) or (single_word and os.sep in text)
