"""Text files: decompressed, decoded and checked."""

import codecs
import re
from pathlib import Path

from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.files import (
    HEAD,
    MAX_TEXT,
    open_unpacked,
    read_limited,
    refuse_damaged,
    unpacked_limit,
)
from keras_dl.data.reading import fact
from keras_dl.data.reading_options import option

__all__ = ["decode_text", "read_text"]

CONTROL = 0.02  # maximum share of control characters of a text file
CONTROLS = re.compile(rb"[\0-\x08]")
WIDE = (b"\xff\xfe", b"\xfe\xff")  # byte order marks of UTF-16
SINGLE_BYTE = ("utf-8", "latin-1")  # encodings in which no letter has zero bytes


def read_text(path: Path, encoding: str | None = None) -> str:
    """Reads a text file, decompressed if its content is gzip, bzip2 or xz.

    Args:
        path: the file.
        encoding: of the text; None: the option `encoding`, else UTF-8.

    Raises:
        DatasetUnavailable: if the file does not exist.
        DatasetError: if it is damaged, empty or no text.
    """
    if not path.is_file():
        raise DatasetUnavailable(
            f"`dataset` must be a text file that exists. Received: dataset='{path}'"
        )
    encoding = encoding or _stated_encoding()
    limit = min(MAX_TEXT, unpacked_limit(path))
    try:
        with refuse_damaged(path, "a whole text file"), open_unpacked(path) as file:
            head = file.read(HEAD)
            if CONTROLS.search(head) and encoding in SINGLE_BYTE:
                decode_text(head, path, "latin-1")  # refuses what is no text before all is read
            content = head + read_limited(file, limit, path)
    except PermissionError:
        raise DatasetError(f"`dataset` must be readable. Received: {path}") from None
    return decode_text(content, path, encoding)


def decode_text(content: bytes, path: Path, encoding: str | None = None) -> str:
    """Decodes the bytes of a text file, with Unix line ends and without a byte order mark.

    Args:
        content: bytes of the file.
        path: of the file, for messages.
        encoding: of the text; None: the option `encoding`, else UTF-8.

    Raises:
        DatasetError: if the bytes are no text; the message names the file.
    """
    encoding = encoding or _stated_encoding()
    if content.startswith(WIDE) and encoding in SINGLE_BYTE:
        raise DatasetError(
            f"`encoding` must be utf-16 for a file with its byte order mark. Received: {path}"
        )
    try:
        text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeError as error:
        raise DatasetError(
            f"`dataset` must be a text in {encoding}. Received: {path} ({error}). "
            "The option `encoding` reads others, such as latin-1 and utf-16."
        ) from None
    text = text.removeprefix("\ufeff")
    control = sum(c < " " and not c.isspace() for c in text[:10_000])
    if not text.strip() or control > CONTROL * len(text[:10_000]):
        raise DatasetError(f"`dataset` must be a text file with words. Received: {path}")
    return text


def _stated_encoding() -> str:
    """Returns the encoding that the user states, else utf-8.

    Raises:
        DatasetError: if Python has no such encoding of text.
    """
    encoding = str(option("encoding") or "utf-8")
    try:
        codecs.lookup(encoding)
        b"a".decode(encoding, "replace")  # LookupError for a codec that is none of text
    except (LookupError, ValueError):
        raise DatasetError(
            "`encoding` must be one that Python knows, such as utf-8, latin-1, cp1252 or utf-16. "
            f"Received: encoding={encoding!r}"
        ) from None
    fact("encoding", encoding)
    return encoding
