"""Files of a folder or archive, read one by one into memory without unpacking to disk."""

import zipfile
from collections.abc import Callable, Iterable, Iterator
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
from keras_dl.data.reading import fact, notice
from keras_dl.data.tar_files import check_total, read_tar
from keras_dl.data.walking import walk
from keras_dl.utils.text import list_first, plural

__all__ = [
    "ARCHIVES",
    "IMAGES",
    "Listing",
    "Member",
    "is_hidden",
    "list_image_members",
    "list_members",
    "notice_left_out",
    "scan",
]

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".zip")
# Formats that Pillow decodes by itself: no Ghostscript (.eps), no stubs (.h5), no PDF.
IMAGES = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".apng", ".jpe", ".jfif"),
    *(".mpo", ".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c", ".avif", ".avifs", ".dib", ".ico"),
    *(".cur", ".icns", ".pbm", ".pgm", ".ppm", ".pnm", ".pfm", ".tga", ".icb", ".vda", ".vst"),
    *(".pcx", ".dcx", ".sgi", ".rgb", ".rgba", ".bw", ".ras", ".im", ".msp", ".xbm", ".xpm"),
    *(".psd", ".qoi", ".dds", ".blp", ".ftc", ".ftu", ".fit", ".fits", ".fli", ".flc", ".gbr"),
    *(".pxr", ".pcd"),
)
# Folders of operating systems and file servers; their contents belong to no data set.
SYSTEM = ("__macosx", "@eadir", "@recycle", "#recycle", "#snapshot", "$recycle.bin", "lost+found")


class Member(NamedTuple):
    """A file of a folder or archive.

    Attributes:
        path: inside the folder or archive.
        read: returns the bytes.
    """

    path: PurePosixPath
    read: Callable[[], bytes]


class Listing(NamedTuple):
    """Files of a folder or archive: those to read and those that are left out.

    Attributes:
        members: the files with the right endings, sorted by path.
        left_out: paths of the others, of hidden files and of links that lead nowhere.
        folders: folders of a folder on disk, hidden ones aside, empty ones included.
    """

    members: list[Member]
    left_out: list[PurePosixPath]
    folders: list[PurePosixPath]


def is_hidden(path: PurePosixPath) -> bool:
    """Returns True for files below a hidden folder or one of the operating system."""
    return any(part.startswith(".") or part.lower() in SYSTEM for part in path.parts)


def notice_left_out(listing: Listing, description: str) -> None:
    """Records the files that are left out, with their number and first names.

    Args:
        listing: files that are read and left out.
        description: of the files that are read, in words, such as "images".
    """
    fact("files", f"{len(listing.members):,} {description}")
    if left_out := listing.left_out:
        count = len(left_out) + len(listing.members)
        whole = f"of {count:,} files"
        words = plural(len(left_out), f"{whole} is", f"{whole} are")
        notice(f"{words} left out: {list_first(left_out)}.")


def list_image_members(path: Path) -> list[Member]:
    """Returns the image files of a folder or archive, see `list_members`."""
    return list_members(path, IMAGES)


def list_members(path: Path, suffixes: tuple[str, ...]) -> list[Member]:
    """Returns the files with certain endings, see `scan`."""
    return scan(path, suffixes).members


def scan(path: Path, suffixes: tuple[str, ...]) -> Listing:
    """Lists the files of a folder (recursively) or archive, sorted by path.

    Links of a folder are followed, except back to a folder that contains them. Hidden files and
    folders of the operating system are left out.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: endings of the file names, in lower case.

    Raises:
        DatasetError: if the archive is damaged, has a password, is packed by a method that Python
            cannot unpack, or unpacks to a size that no honest archive has (512 MiB and 200 times
            its own, or 8 GiB).
        PermissionError: if the folder or a file may not be read.
    """
    left_out: list[PurePosixPath] = []

    def matches(name: PurePosixPath) -> bool:
        fits = name.suffix.lower() in suffixes and not is_hidden(name)
        if not fits:
            left_out.append(name)
        return fits

    if path.is_dir():
        tree = walk(path)
        files = [(PurePosixPath(f.relative_to(path).as_posix()), f) for f in tree.files]
        members = [Member(name, partial(read_regular, f)) for name, f in files if matches(name)]
        lost, folders = (
            [PurePosixPath(p.relative_to(path).as_posix()) for p in paths]
            for paths in (tree.lost, tree.folders)
        )
        visible = [folder for folder in folders if not is_hidden(folder)]
        return Listing(_by_path(members), sorted(left_out + lost), visible)
    with refuse_damaged(path, "a whole archive"):
        if path.suffix.lower() == ".zip":
            contents = _zip_files(path, lambda name: matches(PurePosixPath(name)))
        else:
            contents = read_tar(
                path,
                lambda name: matches(PurePosixPath(name)),
                lambda name: left_out.append(PurePosixPath(name)),
            )
        members = [Member(PurePosixPath(name), partial(bytes, c)) for name, c in contents]
    return Listing(_by_path(members), sorted(left_out), [])


def _by_path(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: member.path)


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
