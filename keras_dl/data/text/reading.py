"""Where texts lie and how they become words."""

import bz2
import gzip
import re
from pathlib import Path

from keras_dl.data import places
from keras_dl.data.errors import DatasetError, DatasetUnavailable

__all__ = ["WORD", "mirrored", "python_topics", "read_text", "tokenize"]

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
        with opened(path, "rt", encoding=encoding) as file:
            text = str(file.read())
    except (UnicodeDecodeError, EOFError, OSError) as error:
        if isinstance(error, PermissionError):
            raise DatasetError(f"`dataset` must be readable. Received: {path}") from None
        raise DatasetError(
            f"`dataset` must be a text in {encoding}, plain or packed. Received: {path} ({error})"
        ) from None
    strange = sum(c < " " and not c.isspace() for c in text[:10_000])
    if not text.strip() or strange > CONTROL * len(text[:10_000]):
        raise DatasetError(f"`dataset` must be a text file with words. Received: {path}")
    return text


def mirrored(name: str, file: str, known: list[str]) -> Path:
    """File of a known text in the mirror that KERAS_DL_DATA names.

    Args:
        name: of the text, for the message.
        file: its path inside of the mirror.
        known: texts that are always at hand, for the message.

    Raises:
        DatasetUnavailable: if it is not there.
    """
    folder = places.mirror()
    if folder is not None and (folder / file).is_file():
        return folder / file
    setting = "" if folder else " and set KERAS_DL_DATA=<folder>"
    raise DatasetUnavailable(
        f"`dataset` must be a text that is at hand; put its file at {folder or '<folder>'}/{file}"
        f"{setting}, or give a text file of your own. At hand without files: {', '.join(known)}. "
        f"Received: dataset='{name}'"
    )


def python_topics() -> dict[str, str]:
    """The language reference that Python's own `help` shows, by topic: 65,000 English words."""
    from pydoc_data.topics import topics

    return {name: topics[name] for name in sorted(topics)}
