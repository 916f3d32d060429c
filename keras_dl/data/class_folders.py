"""Folders named after classes and splits."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from keras_dl.data.archives import Member, list_members
from keras_dl.data.errors import DatasetError

__all__ = ["list_labelled_members"]

SPLITS = {
    "train": "train", "training": "train",
    "val": "validation", "valid": "validation", "validation": "validation",
    "test": "test", "testing": "test",
}  # fmt: skip


def list_labelled_members(
    path: Path,
    suffixes: tuple[str, ...],
    description: str,
    members: Sequence[Member] | None = None,
) -> dict[str, list[tuple[Member, str]]]:
    """Returns files with their class by split: train and, if present, validation and test.

    ``class/file``, or ``train/class/file`` with ``test/`` or ``val/``; a ``val/`` without ``test/``
    is the test split. Folders that contain everything else are skipped.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: endings of the file names, the most common one first.
        description: the kind of files in words, for messages.
        members: the files; None: all with these endings.

    Raises:
        DatasetError: if there are no such files, or the folders have another layout.
    """
    members = list_members(path, suffixes) if members is None else list(members)
    return _by_split(_without_wrapper(members), path, suffixes, description)


def _without_wrapper(members: list[Member]) -> list[Member]:
    """Removes folders that contain everything else, as archives often have one."""
    while members:
        first = members[0].path.parts[0]
        wrapped = all(len(m.path.parts) >= 3 and m.path.parts[0] == first for m in members)
        if not wrapped or first.lower() in SPLITS:
            break
        members = [m._replace(path=PurePosixPath(*m.path.parts[1:])) for m in members]
    return members


def _by_split(
    members: Sequence[Member], path: Path, suffixes: tuple[str, ...], description: str
) -> dict[str, list[tuple[Member, str]]]:
    kind = suffixes[0]
    layout = (
        f"`dataset` must sort its {description} into one folder per class: class/a{kind}, or "
        f"train/class/a{kind} with test/ or val/ next to train/."
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
