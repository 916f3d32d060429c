"""Files of a training on a machine without the folder of its search: what changed is sent."""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from keras_dl import settings
from keras_dl.utils.files import locked, write_atomically

__all__ = [
    "ChangeTracker",
    "Part",
    "SharedFile",
    "names",
    "place",
    "read_shared",
    "receive",
    "remove_others",
]

GROWING = (".jsonl", ".log")  # files of which only the new end is sent


@dataclass(frozen=True)
class Part:
    """Contents of a file from a byte on.

    Attributes:
        name: path from the folder, with slashes.
        offset: bytes before the contents, which the receiver has.
        content: the rest of the file.
    """

    name: str
    offset: int
    content: bytes


class ChangeTracker:
    """Finds what has changed in a folder since the last call.

    Args:
        folder: may be missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sent: dict[str, tuple[int, int, int]] = {}  # (inode, time, bytes sent) by name

    def changes(self, patterns: Iterable[str] = ("*",)) -> list[Part]:
        """Returns new contents of the files below the folder that match a pattern."""
        parts = []
        for name in names(self._folder):
            if any(Path(name).match(pattern) for pattern in patterns):
                part = self._read(name)
                parts += [] if part is None else [part]
        return parts

    def _read(self, name: str) -> Part | None:
        earlier = self._sent.get(name)
        try:
            with (self._folder / name).open("rb") as file:
                status = os.fstat(file.fileno())
                if earlier == (status.st_ino, status.st_mtime_ns, status.st_size):
                    return None
                offset = 0
                if earlier is not None and name.endswith(GROWING):
                    grown = earlier[0] == status.st_ino and earlier[2] <= status.st_size
                    offset = earlier[2] if grown else 0
                file.seek(offset)
                content = file.read(status.st_size - offset)
        except FileNotFoundError:  # a training has removed it since the listing
            return None
        if name.endswith(".jsonl"):  # whole lines: the rest is still being written
            content = content[: content.rfind(b"\n") + 1]
        self._sent[name] = (status.st_ino, status.st_mtime_ns, offset + len(content))
        return Part(name, offset, content)


def names(folder: Path) -> list[str]:
    """Returns all files below a folder by their paths from it; hidden ones are unfinished."""
    files = (p.relative_to(folder) for p in sorted(folder.rglob("*")) if p.is_file())
    return [p.as_posix() for p in files if not any(part.startswith(".") for part in p.parts)]


def receive(folder: Path, parts: Iterable[Part]) -> None:
    """Writes changes of another machine into a folder.

    Raises:
        ValueError: if a name leads out of the folder.
    """
    for part in parts:
        path = folder / part.name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"`parts` must lie in the folder. Received: {part.name!r}")
        if part.offset == 0:
            write_atomically(path, part.content)
            continue
        with path.open("r+b") as file:
            file.truncate(part.offset)
            file.seek(part.offset)
            file.write(part.content)


def remove_others(folder: Path, kept: Collection[str]) -> None:
    """Removes the files below a folder that the other machine has no longer."""
    for name in names(folder):
        if name not in kept:
            (folder / name).unlink()


@dataclass(frozen=True)
class SharedFile:
    """A file or folder that many trainings read, sent once to each node.

    Attributes:
        digest: SHA-256 of names and contents, 64 hex digits.
        name: of the file or folder.
        packed: whether it is a folder, sent as a tar archive.
    """

    digest: str
    name: str
    packed: bool


def read_shared(path: Path) -> tuple[SharedFile, bytes]:
    """Reads a file, or packs a folder.

    Args:
        path: the file or folder.

    Returns:
        Its description, and its contents or archive.
    """
    if path.is_file():
        content = path.read_bytes()
    else:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name in sorted(p.relative_to(path) for p in path.rglob("*") if p.is_file()):
                archive.add(path / name, str(name), filter=_without_owner)
        content = buffer.getvalue()
    digest = hashlib.sha256(path.name.encode() + b"\0" + content).hexdigest()
    return SharedFile(digest, path.name, path.is_dir()), content


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def place(shared: SharedFile, fetch: Callable[[str], bytes]) -> Path:
    """Returns the path of a shared file on this machine, which all workers here use.

    Args:
        shared: the file.
        fetch: returns the contents by digest; called where this machine lacks them.
    """
    root = settings.cache_folder() / "cluster"
    target = root / shared.digest
    if not target.is_dir():
        with locked(root / f"{shared.digest}.lock"):
            if not target.is_dir():
                _unpack(shared, fetch(shared.digest), target)
    return target / shared.name


def _unpack(shared: SharedFile, content: bytes, target: Path) -> None:
    part = target.with_name(f".{shared.digest}")
    shutil.rmtree(part, ignore_errors=True)  # of a process that was killed here
    part.mkdir(parents=True)
    if shared.packed:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(part / shared.name, filter="data")
    else:
        (part / shared.name).write_bytes(content)
    part.rename(target)
