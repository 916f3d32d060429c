"""The files inside a folder or archive, read one by one in memory and never unpacked to disk."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from keras_dl.data.dataset import MAX_BYTES
from keras_dl.data.errors import DatasetError

__all__ = ["ARCHIVES", "IMAGES", "Member", "image_members", "members"]

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".zip")
IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")


class Member(NamedTuple):
    """One file: its path inside the folder or archive, and how to get its bytes."""

    path: PurePosixPath
    read: Callable[[], bytes]


def image_members(path: Path) -> list[Member]:
    """The image files of a folder or archive; see `members`."""
    return members(path, IMAGES)


def members(path: Path, suffixes: tuple[str, ...]) -> list[Member]:
    """Files of a folder, recursively, or of an archive, sorted by path.

    Hidden files and the resource forks that macOS adds to archives are left out.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: how the names of those files end, in lower case.

    Raises:
        DatasetError: if the archive is damaged, or unpacks to more than 8 GiB.
        PermissionError: if the folder or a file may not be read.
    """
    if path.is_dir():
        found = (Member(PurePosixPath(f.relative_to(path).as_posix()), f.read_bytes)
                 for f in _walk(path))  # fmt: skip
        return sorted(member for member in found if _wanted(member.path, suffixes))
    listed = _zip_members if path.suffix.lower() == ".zip" else _tar_members
    try:
        return sorted(listed(path, suffixes), key=lambda member: member.path)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise DatasetError(
            f"`dataset` must be a whole archive; copy or download it again. "
            f"Received: {path} ({error})"
        ) from None


def _walk(folder: Path) -> Iterator[Path]:
    # An unreadable subfolder raises, where os.walk and rglob would pass it over in silence.
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _wanted(path: PurePosixPath, suffixes: tuple[str, ...]) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in suffixes and not hidden


def _tar_members(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    total = 0
    with tarfile.open(path) as archive:  # one pass: a gzipped tar cannot be read backwards
        for info in archive:
            name = PurePosixPath(info.name)
            if info.isfile() and _wanted(name, suffixes):
                total = _counted(total + info.size, path)
                file = archive.extractfile(info)
                content = file.read() if file else b""
                yield Member(name, lambda content=content: content)


def _zip_members(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = PurePosixPath(info.filename)
            if not info.is_dir() and _wanted(name, suffixes):
                total = _counted(total + info.file_size, path)
                content = archive.read(info)
                yield Member(name, lambda content=content: content)


def _counted(total: int, path: Path) -> int:
    if total > MAX_BYTES:
        raise DatasetError(
            f"`dataset` must hold at most {MAX_BYTES >> 30} GiB of files. Received: {path}"
        )
    return total
