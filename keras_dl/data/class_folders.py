"""Folders whose names say class and split."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from keras_dl.data.archives import Member, members
from keras_dl.data.errors import DatasetError

__all__ = ["sorted_by_class"]

SPLITS = {
    "train": "train", "training": "train",
    "val": "validation", "valid": "validation", "validation": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def sorted_by_class(
    path: Path, suffixes: tuple[str, ...], what: str
) -> dict[str, list[tuple[Member, str]]]:
    """Files with their class, under train and, if there, validation and test.

    ``class/file``, or ``train/class/file`` with ``test/`` or ``val/`` beside it; a ``val/`` without
    ``test/`` is the test split. A folder around everything is passed through.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: how the files' names end, the most usual one first.
        what: the files in words, for messages.

    Raises:
        DatasetError: if there are none, or they are not sorted in this way.
    """
    return _by_split(_without_wrapper(members(path, suffixes)), path, suffixes, what)


def _without_wrapper(members: list[Member]) -> list[Member]:
    """Takes off folders around everything, such as the one an archive is often made with."""
    while members:
        first = members[0].path.parts[0]
        wrapped = all(len(m.path.parts) >= 3 and m.path.parts[0] == first for m in members)
        if not wrapped or first.lower() in SPLITS:
            break
        members = [m._replace(path=PurePosixPath(*m.path.parts[1:])) for m in members]
    return members


def _by_split(
    members: Sequence[Member], path: Path, suffixes: tuple[str, ...], what: str
) -> dict[str, list[tuple[Member, str]]]:
    kind = suffixes[0]
    layout = (
        f"`dataset` must sort its {what} into one folder per class: class/a{kind}, or "
        f"train/class/a{kind} with test/ or val/ beside train/."
    )
    if not members:
        raise DatasetError(f"{layout} Received: no {', '.join(suffixes)} file in {path}")
    split_layout = any(SPLITS.get(m.path.parts[0].lower()) == "train" for m in members)
    splits: dict[str, list[tuple[Member, str]]] = {}
    for member in members:
        parts = member.path.parts
        split = SPLITS.get(parts[0].lower()) if split_layout else "train"
        if split is None or len(parts) < (3 if split_layout else 2):
            raise DatasetError(f"{layout} Received: {member.path} in {path}")
        splits.setdefault(split, []).append((member, parts[1 if split_layout else 0]))
    if "validation" in splits and "test" not in splits:
        splits["test"] = splits.pop("validation")
    return splits
