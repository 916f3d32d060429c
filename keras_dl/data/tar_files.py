"""Members of a tar file in one pass, with bounds on what its headers ask for."""

import io
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from keras_dl.data.errors import DatasetError
from keras_dl.data.files import CHUNK, open_unpacked, read_limited, unpacked_limit

__all__ = ["check_total", "read_tar"]

BLOCK = 512  # bytes of a header
PADDING = 16 * 2**20  # bytes behind the last file; writers fill up to 10 kB, tapes to 1 MB
# `tarfile` searches extended headers with patterns whose time is quadratic in a run of digits.
DIGITS = re.compile(rb"\d{64}")


def read_tar(
    path: Path, matches: Callable[[str], bool], skipped: Callable[[str], object] = str
) -> Iterator[tuple[str, bytes]]:
    """Yields name and content of the regular files of a tar file, packed or not.

    Args:
        path: tar file, plain or packed by gzip, bzip2 or xz.
        matches: returns whether the file of a name is read.
        skipped: is called with the names of links and devices.

    Raises:
        tarfile.TarError: if the file is damaged, or a header asks for an impossible size.
        DatasetError: if it unpacks to a size that no honest archive has.
    """
    limit = unpacked_limit(path)
    with open_unpacked(path) as stream:
        fileobj: Any = _Bounded(stream, limit, path)
        with tarfile.open(fileobj=fileobj, mode="r:") as archive:
            while info := archive.next():  # one pass: seeking back in a gzipped tar is slow
                if info.size < 0:  # the next header would be an earlier one, for ever
                    raise tarfile.ReadError("a negative size")
                if not info.isfile() and not info.isdir():
                    skipped(info.name)
                elif info.isfile() and matches(info.name):
                    check_total(info.size, limit, path)
                    content = _read(archive, info, limit, path)
                    limit -= len(content)
                    yield info.name, content
                archive.members.clear()  # type: ignore[attr-defined]  (they would accumulate)
        if fileobj.last.strip(b"\0"):  # tarfile takes a damaged header for the end
            raise tarfile.ReadError("a damaged header")
        if not isinstance(stream, io.BufferedReader):  # packed: its checksum stands at the end
            read_limited(stream, PADDING, f"the end of {path}")


def check_total(total: int, limit: int, path: Path) -> None:
    """Checks the size that an archive's headers claim.

    Args:
        total: bytes of all files.
        limit: maximum number of bytes.
        path: the archive, for the message.

    Raises:
        DatasetError: if the size is above the limit.
    """
    if total > limit:
        raise DatasetError(
            f"`dataset` must hold at most {limit >> 20} MiB of files, for its size; a small "
            f"archive that unpacks to more is refused. Received: {total >> 20} MiB in {path}"
        )


def _read(archive: tarfile.TarFile, info: tarfile.TarInfo, limit: int, path: Path) -> bytes:
    file = archive.extractfile(info)
    return read_limited(file, limit, f"{path}/{info.name}") if file else b""


class _Bounded:
    """Stream of a tar file that refuses reads and positions that only a false header asks for.

    Args:
        stream: the unpacked bytes.
        limit: last position.
        path: of the archive, for messages.
    """

    def __init__(self, stream: IO[bytes], limit: int, path: Path) -> None:
        self._stream, self._limit, self._path = stream, limit, path
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        """Reads up to `size` bytes; extended headers are no longer than 1 MiB."""
        if not 0 <= size <= CHUNK:
            raise tarfile.ReadError("a header of an impossible size")
        content = self._stream.read(size)
        if size == BLOCK:
            self.last = content
        elif self.last[156:157] in (b"x", b"g") and DIGITS.search(content):
            raise tarfile.ReadError("an extended header with a number of over 64 digits")
        return content

    def seek(self, position: int, whence: int = 0) -> int:
        """Moves to a position within the limit."""
        if whence == 0 and position > self._limit + CHUNK:
            check_total(position, self._limit, self._path)
        return self._stream.seek(position, whence)

    def tell(self) -> int:
        """Returns the position."""
        return self._stream.tell()
