"""Layouts of class folders: with splits above the classes, below them, or without splits."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from keras_dl.data.archives import Member
from keras_dl.data.errors import DatasetError
from keras_dl.data.split_names import split_in_name, split_named
from keras_dl.utils.text import list_first

__all__ = ["Example", "assign_splits"]

# Folders around the class folders of a split.
WRAPPERS = ("images", "image", "imgs", "img", "pictures", "data", "dataset")


class Example(NamedTuple):
    """A file with its split and the position of its class.

    Attributes:
        member: the file.
        split: "train", "validation" or "test".
        depth: index of the class folder in the parts of the path.
    """

    member: Member
    split: str
    depth: int


def assign_splits(members: Sequence[Member], path: Path, layout: str) -> list[Example]:
    """Assigns files to splits and classes by the names of their folders.

    Args:
        members: the files, each in a folder.
        path: of the data set, for messages.
        layout: sentence on the layouts that are read, for messages.

    Raises:
        DatasetError: for folders of splits next to others, two folders of one split, no folder of
            train, or files without a class folder.
    """
    tops = list(dict.fromkeys(m.path.parts[0] for m in members))
    named = _split_folders(tops, path)
    examples = _split_first(members, named, path, layout) if named else _class_first(members, path)
    if all(example.split != "train" for example in examples):
        raise DatasetError(
            "`dataset` must have a folder train/ next to the folders of other splits; a class must "
            "not have the name of a split. "
            f"Received: only {', '.join(sorted({e.split for e in examples}))} in {path}"
        )
    return examples


def _split_folders(tops: Sequence[str], path: Path) -> dict[str, str]:
    """Returns the split of each folder, or {} if the folders are classes."""
    similar = {top: split for top in tops if (split := split_in_name(top))}
    exact = any(split_named(top) for top in tops)
    pair = "train" in similar.values() and len(set(similar.values())) > 1
    if not exact and not pair:
        return {}
    others = [top for top in tops if top not in similar]
    if others:
        raise DatasetError(
            "`dataset` must have folders of splits or folders of classes side by side, not both; "
            "move or rename some, a class must not have the name of a split. Received: "
            f"{_names(list(similar))} (splits) next to {_names(others)} in {path}"
        )
    if len(set(similar.values())) < len(similar):
        raise DatasetError(
            "`dataset` must have one folder per split. Received: "
            f"{', '.join(f'{top}/ ({split})' for top, split in similar.items())} in {path}"
        )
    return similar


def _class_first(members: Sequence[Member], path: Path) -> list[Example]:
    inner = [split_named(m.path.parts[1]) if len(m.path.parts) > 2 else None for m in members]
    odd = next((i for i, split in enumerate(inner) if (split is None) != (inner[0] is None)), None)
    if odd is not None:
        raise DatasetError(
            "`dataset` must have folders of splits in every class folder or in none. "
            f"Received: {members[0].path} and {members[odd].path} in {path}"
        )
    return [Example(m, split or "train", 0) for m, split in zip(members, inner, strict=True)]


def _split_first(
    members: Sequence[Member], named: dict[str, str], path: Path, layout: str
) -> list[Example]:
    examples = []
    for top, split in named.items():
        rows = [m for m in members if m.path.parts[0] == top]
        depth = 1
        while _is_wrapped(rows, depth):
            depth += 1
        flat = next((m.path for m in rows if len(m.path.parts) < depth + 2), None)
        if flat:
            raise DatasetError(f"{layout} Received: {flat} in {path}")
        examples += [Example(m, split, depth) for m in rows]
    return examples


def _is_wrapped(rows: Sequence[Member], depth: int) -> bool:
    """Returns True if all files of a split lie below one more folder, which is no class."""
    if any(len(m.path.parts) < depth + 3 for m in rows):
        return False
    names = {m.path.parts[depth] for m in rows}
    first = min(names)
    wraps = first.lower() in WRAPPERS or split_in_name(first) or first == rows[0].path.parts[0]
    return len(names) == 1 and bool(wraps)


def _names(folders: Sequence[str]) -> str:
    return list_first(f"{name}/" for name in folders)
