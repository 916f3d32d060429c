"""Files of a folder or archive, read one by one into memory without unpacking to disk."""

import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from keras_dl.data.files import (
    open_regular,
    read_limited,
    read_regular,
    refuse_damaged,
    unpacked_limit,
)
from keras_dl.data.tar_files import check_total, read_tar

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
        DatasetError: if the archive is damaged, has a password, is packed by a method that Python
            cannot unpack, or unpacks to a size that no honest archive has (512 MiB and 200 times
            its own, or 8 GiB).
        PermissionError: if the folder or a file may not be read.
    """
    if path.is_dir():
        files = (Member(PurePosixPath(f.relative_to(path).as_posix()), partial(read_regular, f))
                 for f in _walk(path))  # fmt: skip
        return sorted(member for member in files if _matches(member.path, suffixes))
    with refuse_damaged(path, "a whole archive"):
        read_archive = _zip_files if path.suffix.lower() == ".zip" else read_tar
        files = read_archive(path, lambda name: _matches(PurePosixPath(name), suffixes))
        members = [Member(PurePosixPath(name), partial(bytes, content)) for name, content in files]
    return sorted(members, key=lambda member: member.path)


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


def _zip_files(path: Path, matches: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    limit = unpacked_limit(path)
    with open_regular(path) as file, zipfile.ZipFile(file) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and matches(m.filename)]
        # By the headers before anything is unpacked, and again by what comes out.
        check_total(sum(member.file_size for member in members), limit, path)
        for member in members:
            with archive.open(member) as stream:
                content = read_limited(stream, limit, f"{path}/{member.filename}")
            limit -= len(content)
            yield member.filename, content
