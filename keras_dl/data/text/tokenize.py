"""Reading and tokenizing of texts."""

import re
from collections.abc import Sequence
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import (
    HEAD,
    MAX_TEXT,
    open_unpacked,
    read_limited,
    refuse_damaged,
    unpacked_limit,
)
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources.downloads import check_listed

__all__ = ["WORD", "decode_text", "find_in_mirror", "read_python_topics", "read_text", "tokenize"]

# A word with the apostrophes and hyphens within it; numbers stay whole.
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
CONTROL = 0.02  # maximum share of control characters of a text file
CONTROLS = re.compile(rb"[\0-\x08]")


def tokenize(text: str) -> list[str]:
    """Splits a text into words in lower case, without punctuation.

    Example:
        >>> tokenize("It's a well-known fact: 2 words.")
        ["it's", 'a', 'well-known', 'fact', '2', 'words']
    """
    return WORD.findall(text.lower())


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Reads a text file, decompressed if its name ends in .gz or .bz2.

    Raises:
        DatasetUnavailable: if the file does not exist.
        DatasetError: if it is damaged, empty or no text.
    """
    if not path.is_file():
        raise DatasetUnavailable(
            f"`dataset` must be a text file that exists. Received: dataset='{path}'"
        )
    limit = min(MAX_TEXT, unpacked_limit(path))
    try:
        with refuse_damaged(path, "a whole text file"), open_unpacked(path) as file:
            head = file.read(HEAD)
            if CONTROLS.search(head) and encoding in ("utf-8", "latin-1"):
                decode_text(head, path, "latin-1")  # refuses what is no text before all is read
            content = head + read_limited(file, limit, path)
    except PermissionError:
        raise DatasetError(f"`dataset` must be readable. Received: {path}") from None
    return decode_text(content, path, encoding)


def decode_text(content: bytes, path: Path, encoding: str = "utf-8") -> str:
    """Decodes the bytes of a text file, with Unix line ends.

    Args:
        content: bytes of the file.
        path: of the file, for messages.
        encoding: of the text.

    Raises:
        DatasetError: if the bytes are no text; the message names the file.
    """
    try:
        text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"`dataset` must be a text in {encoding}. Received: {path} ({error})"
        ) from None
    control = sum(c < " " and not c.isspace() for c in text[:10_000])
    if not text.strip() or control > CONTROL * len(text[:10_000]):
        raise DatasetError(f"`dataset` must be a text file with words. Received: {path}")
    return text


def find_in_mirror(name: str, others: Sequence[str]) -> list[Path]:
    """Returns the files of a registered text in the mirror, after a check of their checksums.

    Args:
        name: of the text.
        others: alternative texts, for the message.

    Raises:
        DatasetUnavailable: if a file is missing.
        DatasetError: if a checksum differs from the mirror's SHA256SUMS.
    """
    folder, entry = locations.mirror_folder(), DATASETS[name]
    files = (entry.file, *entry.more)
    missing = [file for file in files if folder is None or not (folder / file).is_file()]
    if folder is None or missing:
        setting = "" if folder else " and set KERAS_DL_DATA=<folder>"
        embedded = ", ".join(n for n in others if DATASETS[n].home == "embedded")
        raise DatasetUnavailable(
            f"`dataset` must be a text that is available; put its file at {folder or '<folder>'}/"
            f"{missing[0]}{setting}, or pass other texts. Available without files: {embedded}. "
            f"Received: dataset='{name}'"
        )
    for file in files:
        check_listed(folder / file)
    return [folder / file for file in files]


def read_python_topics() -> dict[str, str]:
    """Reads the language reference of Python's `help` by topic: 65,000 English words."""
    from pydoc_data.topics import topics

    return {name: topics[name] for name in sorted(topics)}
