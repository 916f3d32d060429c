"""Tokenizing of texts, and texts of the mirror and of Python."""

import functools
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from keras_dl.data import locations
from keras_dl.data.errors import DatasetUnavailable
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources.downloads import check_listed

__all__ = ["find_in_mirror", "read_python_topics", "tokenize"]

# A word of ASCII text with the apostrophes and hyphens within it; numbers stay whole.
ASCII_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
JOINERS = "\u200c\u200d"  # within words of Persian and of Indian scripts


def tokenize(text: str) -> list[str]:
    """Splits a text into words in lower case and composed characters (NFC), without punctuation.

    Vowel signs and accents belong to their words in all scripts.

    Example:
        >>> tokenize("It's a well-known fact: 2 words.")
        ["it's", 'a', 'well-known', 'fact', '2', 'words']
    """
    text = text.lower()
    if text.isascii():
        return ASCII_WORD.findall(text)
    return _word().findall(unicodedata.normalize("NFC", text))


@functools.cache
def _word() -> re.Pattern[str]:
    """Returns the pattern of a word in any script."""
    # \w lacks the combining marks, and classes of `re` cannot name their category.
    points = filter(lambda i: unicodedata.category(chr(i))[0] == "M", range(0x300, 0x1F000))
    marks = "".join(map(chr, points)) + JOINERS
    part = rf"[^\W_]+(?:[{marks}]+[^\W_]*)*"
    return re.compile(rf"{part}(?:['’-]{part})*")


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
