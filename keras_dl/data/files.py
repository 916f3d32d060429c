"""Files of strangers: regular ones only, opened without hanging and read up to a limit."""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from keras_dl.data.dataset import MAX_BYTES
from keras_dl.data.errors import DatasetError
from keras_dl.utils import files
from keras_dl.utils.files import LARGE

__all__ = [
    "CHUNK",
    "HEAD",
    "LARGE",
    "MAX_TEXT",
    "check_text",
    "open_regular",
    "open_unpacked",
    "read_limited",
    "read_regular",
    "refuse_damaged",
    "unpacked_limit",
    "user_path",
]

CHUNK = 2**20  # bytes of a read; a stream that claims more allocates no more than it holds
OPENERS = {
    re.compile(rb"\x1f\x8b\x08"): gzip.open,
    re.compile(rb"BZh[1-9]1AY&SY"): bz2.open,
    re.compile(rb"\xfd7zXZ\0"): lzma.open,
}
PACKED = (".gz", ".tgz", ".bz2", ".xz")
MAX_TEXT = 2 * 2**30  # bytes of a text or table, which takes several times as much memory
HEAD = 4096  # bytes in which a text shows no zero byte
WIDE = (b"\xff\xfe", b"\xfe\xff")  # marks of UTF-16 and UTF-32, whose letters have zero bytes


def user_path(path: str | os.PathLike[str]) -> Path:
    """Returns a path with `~` expanded.

    Raises:
        DatasetError: if it is empty, the user is unknown, or the operating system refuses the name.
    """
    if not str(path).strip():  # pathlib reads it as the current folder
        raise DatasetError(f"A path must not be empty. Received: {str(path)!r}")
    try:
        expanded = Path(path).expanduser()
        with contextlib.suppress(PermissionError):  # reported by the reader, which knows more
            expanded.exists()
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(
            f"`dataset` must be a name or path that can be looked up; {reason}. "
            f"Received: {str(path)[:200]!r}"
        ) from None
    return expanded


def open_regular(path: Path) -> IO[bytes]:
    """Opens a regular file for reading; a FIFO or device is refused, not waited for.

    Raises:
        DatasetError: if the file is no regular one.
        OSError: if it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _binary())
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DatasetError(
            "`dataset` must be a regular file or a folder of them, no device, socket or pipe. "
            f"Received: {path}"
        )
    return os.fdopen(descriptor, "rb")


def read_regular(path: Path, limit: int = LARGE) -> bytes:
    """Reads a regular file.

    Args:
        path: the file.
        limit: maximum size in bytes.

    Raises:
        DatasetError: if the file is larger, or no regular one.
        OSError: if it cannot be read.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > limit:
            raise _too_large(limit, path)
        return read_limited(file, limit, path)


def read_limited(stream: IO[bytes], limit: int, source: object) -> bytes:
    """Reads a stream to its end.

    Args:
        stream: binary stream, perhaps of a decompressor.
        limit: maximum number of bytes.
        source: name of the stream, for messages.

    Raises:
        DatasetError: if there are more bytes.
    """
    content = io.BytesIO()
    while chunk := stream.read(CHUNK):
        if content.tell() + len(chunk) > limit:
            raise _too_large(limit, source)
        content.write(chunk)
    return content.getvalue()


def unpacked_limit(path: Path) -> int:
    """Returns the number of bytes to which a compressed file may unpack, at most 8 GiB."""
    return min(MAX_BYTES, files.unpacked_limit(path))


@contextlib.contextmanager
def open_unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Opens a regular file, unpacked if its content is gzip, bzip2 or xz.

    Raises:
        DatasetError: if the file is no regular one.
        OSError: if it cannot be opened.
    """
    with open_regular(path) as file:
        head = file.read(10)
        file.seek(0)
        opener = next((o for magic, o in OPENERS.items() if magic.match(head)), None)
        if opener is None:
            if path.suffix.lower() in PACKED:
                raise gzip.BadGzipFile("it is not packed, as its name says")
            yield file
        else:
            with opener(file) as unpacked:
                yield unpacked


def check_text(path: Path) -> None:
    """Checks that a file is a regular one, of the size of a text, and begins like a text.

    Raises:
        DatasetError: if it is not.
        OSError: if it cannot be opened.
    """
    with open_regular(path) as file:
        size, head = os.fstat(file.fileno()).st_size, file.read(HEAD)
    if size > MAX_TEXT:
        raise DatasetError(
            f"`dataset` must be a text of at most {_size(MAX_TEXT)}; it is held in memory. "
            f"Received: {_size(size)} in {path}"
        )
    if b"\0" in head and not head.startswith(WIDE):
        raise DatasetError(
            f"`dataset` must be a text file. Received: zero bytes at the beginning of {path}"
        )


@contextlib.contextmanager
def refuse_damaged(source: object, kind: str) -> Iterator[None]:
    """Turns the errors of decoders into a `DatasetError`.

    Decoders raise what comes to hand on damaged or hostile files, from KeyError to MemoryError.

    Args:
        source: the file, for the message.
        kind: of the file in words, such as "a whole archive".

    Raises:
        DatasetError: for any error but that of a permission.
    """
    try:
        yield
    except (DatasetError, PermissionError):
        raise
    except MemoryError:
        raise DatasetError(f"`dataset` must fit into memory. Received: {source}") from None
    except NotImplementedError as error:  # zipfile's, for Deflate64, AES and others
        raise DatasetError(
            "`dataset` must be packed by a method that Python can unpack, such as Deflate; pack it "
            f"again. Received: {source} ({error})"
        ) from None
    except Exception as error:
        if isinstance(error, RuntimeError) and "encrypted" in str(error):
            raise DatasetError(
                f"`dataset` must be an archive without a password; unpack it. Received: {source}"
            ) from None
        reason = str(error) or type(error).__name__
        raise DatasetError(
            f"`dataset` must be {kind}; copy or download it again. Received: {source} ({reason})"
        ) from None


def _too_large(limit: int, source: object) -> DatasetError:
    return DatasetError(
        f"`dataset` must hold files of a reasonable size, here {_size(limit)} unpacked; a small "
        f"file that unpacks to more is refused. Received: {source}"
    )


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count >> 20} MiB"


def _binary() -> int:
    return getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
