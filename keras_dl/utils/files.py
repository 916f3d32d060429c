"""Files that are replaced as a whole, and locks between processes."""

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none: two processes may then do the same work, one in vain
    fcntl = None

__all__ = [
    "LARGE",
    "append_line",
    "atomic_path",
    "drop_torn_line",
    "folder_size",
    "locked",
    "remove_folder",
    "unpacked_limit",
    "write_atomically",
]

LARGE = 512 * 2**20  # bytes; any file may unpack to this size
RATIO = 200  # above LARGE, unpacked bytes per byte; text reaches 10, one repeated byte 1,000


@contextlib.contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yields a temporary path in the same folder; on success that file replaces `path`.

    Readers see the old file or the new one, never a part. A failure inside the block removes the
    temporary file and leaves `path` as it was. The folder is created if missing; an existing
    file keeps its permissions, and a symbolic link stays a link.

    Args:
        path: the file to replace.

    Raises:
        OSError: if the folder cannot be created or written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    # Hidden from globs, with the suffix by which libraries choose the format.
    part = target.with_name(f".{target.stem}.{os.getpid()}-{secrets.token_hex(4)}{target.suffix}")
    try:
        yield part
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path: Path, content: str | bytes) -> None:
    """Writes a file as a whole or not at all.

    Args:
        path: the file; it is replaced if it exists.
        content: text, written as UTF-8, or bytes.

    Raises:
        OSError: if the folder cannot be created or written, or the disk is full.
    """
    with atomic_path(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds an exclusive lock among processes; the operating system frees it when one dies.

    Args:
        path: the lock file, created if missing together with its folder, and never removed.
        wait: whether to wait for another process that holds the lock.

    Raises:
        BlockingIOError: if another process holds the lock and `wait` is false.
        OSError: if the file cannot be created, or is a symbolic link, FIFO or device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In a shared folder, a link planted in place of the lock would have its target opened.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    with os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "a lock file must be a regular file", str(path))
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def append_line(path: Path, line: str, *, sync: bool = False) -> None:
    """Appends a line to a file, as a whole or not at all.

    Args:
        path: the file; it is created if missing.
        line: text without its line break, written as UTF-8.
        sync: whether the line must survive a power cut.

    Raises:
        OSError: if the disk is full; the part that was written is removed.
    """
    with path.open("ab", buffering=0) as file:
        size = file.tell()
        content = line.encode() + b"\n"
        try:
            if file.write(content) < len(content):  # a full disk takes the first part
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            if sync:
                os.fsync(file.fileno())
        except BaseException:
            file.truncate(size)
            raise


def drop_torn_line(path: Path) -> None:
    """Removes a last line without a line break, which a kill or a full disk has torn."""
    if path.is_file():
        content = path.read_bytes()
        if not content.endswith(b"\n"):
            os.truncate(path, content.rfind(b"\n") + 1)


def folder_size(folder: Path) -> int:
    """Returns the bytes of all files in a folder, 0 if it is missing; links are not followed."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.lstat().st_size for path in files)


def remove_folder(folder: Path) -> None:
    """Removes a folder; a kill in the middle leaves it whole, or out of sight until the next call.

    Args:
        folder: may be missing; what earlier calls left of its neighbours is removed, too.
    """
    with contextlib.suppress(FileNotFoundError):
        folder.rename(folder.with_name(f".removed-{folder.name}-{secrets.token_hex(4)}"))
    for left in folder.parent.glob(".removed-*"):
        shutil.rmtree(left, ignore_errors=True)


def unpacked_limit(path: Path) -> int:
    """Returns the number of bytes to which a compressed file of its size may unpack."""
    return max(LARGE, RATIO * path.stat().st_size)
