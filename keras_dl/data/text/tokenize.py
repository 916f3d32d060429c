"""Where texts lie and how they become words."""

import bz2
import gzip
import re
from collections.abc import Sequence
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.registry import KNOWN
from keras_dl.data.sources.downloads import check_listed

__all__ = ["WORD", "decoded", "mirrored", "python_topics", "read_text", "tokenize"]

# A word with the apostrophes and hyphens within it; numbers stay whole.
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
OPENERS = {".gz": gzip.open, ".bz2": bz2.open}
CONTROL = 0.02  # share of control characters from which on a file is no text


def tokenize(text: str) -> list[str]:
    """Words in lower case, without punctuation.

    Example:
        >>> tokenize("It's a well-known fact: 2 words.")
        ["it's", 'a', 'well-known', 'fact', '2', 'words']
    """
    return WORD.findall(text.lower())


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Content of a text file, unpacked where its name ends in .gz or .bz2.

    Raises:
        DatasetUnavailable: if there is no such file.
        DatasetError: if it is damaged, empty or no text.
    """
    if not path.is_file():
        raise DatasetUnavailable(
            f"`dataset` must be a text file that exists. Received: dataset='{path}'"
        )
    opened = OPENERS.get(path.suffix, open)
    try:
        with opened(path, "rb") as file:
            content = file.read()
    except (EOFError, OSError) as error:
        if isinstance(error, PermissionError):
            raise DatasetError(f"`dataset` must be readable. Received: {path}") from None
        raise DatasetError(f"`dataset` must be a whole file. Received: {path} ({error})") from None
    return decoded(content, path, encoding)


def decoded(content: bytes, path: Path, encoding: str = "utf-8") -> str:
    """Text from the bytes of a file, with the line ends of Unix.

    Raises:
        DatasetError: if it is none; names the file.
    """
    try:
        text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"`dataset` must be a text in {encoding}. Received: {path} ({error})"
        ) from None
    strange = sum(c < " " and not c.isspace() for c in text[:10_000])
    if not text.strip() or strange > CONTROL * len(text[:10_000]):
        raise DatasetError(f"`dataset` must be a text file with words. Received: {path}")
    return text


def mirrored(name: str, others: Sequence[str]) -> list[Path]:
    """Files of a known text in the mirror that KERAS_DL_DATA names, checked by its list of digests.

    Args:
        name: of the text.
        others: texts of the same use, for the message.

    Raises:
        DatasetUnavailable: if one is not there.
        DatasetError: if one is not the file that the mirror lists.
    """
    folder, known = locations.mirror(), KNOWN[name]
    files = (known.file, *known.more)
    missing = [file for file in files if folder is None or not (folder / file).is_file()]
    if folder is None or missing:
        setting = "" if folder else " and set KERAS_DL_DATA=<folder>"
        embedded = ", ".join(n for n in others if KNOWN[n].home == "embedded")
        raise DatasetUnavailable(
            f"`dataset` must be a text that is at hand; put its file at {folder or '<folder>'}/"
            f"{missing[0]}{setting}, or give texts of your own. At hand without files: {embedded}. "
            f"Received: dataset='{name}'"
        )
    for file in files:
        check_listed(folder / file)
    return [folder / file for file in files]


def python_topics() -> dict[str, str]:
    """The language reference that Python's own `help` shows, by topic: 65,000 English words."""
    from pydoc_data.topics import topics

    return {name: topics[name] for name in sorted(topics)}
