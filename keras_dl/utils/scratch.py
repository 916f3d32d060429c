"""A temporary folder per process, which a later process removes if its owner was killed."""

import atexit
import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has none: folders of killed processes stay there
    fcntl = None

__all__ = ["folder", "redirected"]

PREFIX = "keras-dl-"
FRESH = 60.0  # seconds in which a new folder may lack the lock of its owner
_own: dict[int, Path] = {}  # by process: a forked child needs another folder than its parent


def folder() -> Path:
    """Returns this process's own folder in the system's temporary directory.

    It is removed at the end of the process. The first call removes those of killed processes.

    Raises:
        OSError: if the directory cannot be written.
    """
    process = os.getpid()
    if process not in _own or not _own[process].is_dir():
        _own[process] = _create(Path(tempfile.gettempdir()))
    return _own[process]


@contextlib.contextmanager
def redirected() -> Iterator[None]:
    """Puts all temporary files of this process, those of libraries too, into its own folder.

    Where the temporary directory cannot be written, nothing changes.
    """
    before = tempfile.tempdir
    with contextlib.suppress(OSError):
        tempfile.tempdir = str(folder())
    try:
        yield
    finally:
        tempfile.tempdir = before


def _create(parent: Path) -> Path:
    _sweep(parent)
    path = parent / f"{PREFIX}{secrets.token_hex(6)}"
    path.mkdir(mode=0o700)
    if fcntl is not None:
        _lock(path)  # until the end of the process, killed or not
    atexit.register(_remove, path, os.getpid())
    return path


def _lock(path: Path) -> int:
    """Locks a folder; the system frees the lock when the process dies.

    Returns:
        The file descriptor that holds the lock.

    Raises:
        OSError: if another process holds the lock.
    """
    assert fcntl is not None
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(path: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(path, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Removes this user's folders whose owners are dead."""
    for path in parent.glob(f"{PREFIX}*") if fcntl is not None else ():
        with contextlib.suppress(OSError):
            status = path.lstat()
            ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
            if ours and time.time() - status.st_ctime > FRESH:
                descriptor = _lock(path)
                shutil.rmtree(path, ignore_errors=True)
                os.close(descriptor)
