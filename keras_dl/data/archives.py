"""Files of a folder or archive, read one by one into memory without unpacking to disk."""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from keras_dl.data.dataset import MAX_BYTES
from keras_dl.data.errors import DatasetError

__all__ = ["ARCHIVES", "IMAGES", "Member", "list_image_members", "list_members"]

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".zip")
IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")


class Member(NamedTuple):
    """A file of a folder or archive.

    Attributes:
        path: inside the folder or archive.
        read: returns the bytes.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


def list_image_members(path: Path) -> list[Member]:
    """Returns the image files of a folder or archive, see `list_members`."""
    return list_members(path, IMAGES)


def list_members(path: Path, suffixes: tuple[str, ...]) -> list[Member]:
    """Returns the files of a folder (recursively) or archive, sorted by path.

    Hidden files and the resource forks that macOS adds to archives are left out.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: endings of the file names, in lower case.

    Raises:
        DatasetError: if the archive is damaged, or unpacks to more than 8 GiB.
        PermissionError: if the folder or a file may not be read.
    """
    if path.is_dir():
        files = (Member(PurePosixPath(f.relative_to(path).as_posix()), f.read_bytes)
                 for f in _walk(path))  # fmt: skip
        return sorted(member for member in files if _matches(member.path, suffixes))
    read_archive = _zip_members if path.suffix.lower() == ".zip" else _tar_members
    try:
        return sorted(read_archive(path, suffixes), key=lambda member: member.path)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise DatasetError(
            f"`dataset` must be a whole archive; copy or download it again. "
            f"Received: {path} ({error})"
        ) from None


def _walk(folder: Path) -> Iterator[Path]:
    # An unreadable subfolder raises; os.walk and rglob would skip it silently.
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_file():
            yield entry


def _matches(path: PurePosixPath, suffixes: tuple[str, ...]) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in suffixes and not hidden


def _tar_members(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    total = 0
    with tarfile.open(path) as archive:  # one pass: seeking back in a gzipped tar is slow
        for info in archive:
            name = PurePosixPath(info.name)
            if info.isfile() and _matches(name, suffixes):
                total = _check_size(total + info.size, path)
                file = archive.extractfile(info)
                content = file.read() if file else b""
                yield Member(name, lambda content=content: content)


def _zip_members(path: Path, suffixes: tuple[str, ...]) -> Iterator[Member]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            name = PurePosixPath(info.filename)
            if not info.is_dir() and _matches(name, suffixes):
                total = _check_size(total + info.file_size, path)
                content = archive.read(info)
                yield Member(name, lambda content=content: content)


def _check_size(total: int, path: Path) -> int:
    if total > MAX_BYTES:
        raise DatasetError(
            f"`dataset` must hold at most {MAX_BYTES >> 30} GiB of files. Received: {path}"
        )
    return total
