"""Folders named after classes and splits."""

from pathlib import Path, PurePosixPath

from keras_dl.data.archives import Listing, Member, is_hidden, notice_left_out, scan
from keras_dl.data.class_layout import assign_splits
from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import notice
from keras_dl.data.split_names import split_named
from keras_dl.utils.text import list_first

__all__ = ["list_labelled_members", "refuse_empty_folders"]


def list_labelled_members(
    path: Path,
    suffixes: tuple[str, ...],
    description: str,
    listing: Listing | None = None,
) -> dict[str, list[tuple[Member, str]]]:
    """Returns files with their class by split: train and, if present, validation and test.

    ``class/file``; ``train/class/file`` with ``test/`` or ``val/``; or ``class/train/file``. A
    ``val/`` without ``test/`` is the test split. Folders that contain everything else are skipped.
    Split folders may have longer names, such as ``seg_train/`` next to ``seg_test/``. Files with
    other endings are left out with a notice.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        suffixes: endings of the file names, the most common one first.
        description: the kind of files in words, for messages.
        listing: the files; None: all with these endings.

    Raises:
        DatasetError: if there are no such files, the folders have another layout, or a folder of a
            class or split holds no such files.
    """
    listing = scan(path, suffixes) if listing is None else listing
    kind = suffixes[0]
    layout = (
        f"`dataset` must sort its {description} into one folder per class: class/a{kind}, or "
        f"train/class/a{kind} with test/ or val/ next to train/."
    )
    if not listing.members:
        raise DatasetError(f"{layout} Received: no {list_first(suffixes, 6)} file in {path}")
    members, wrapper = _without_wrapper(listing.members)
    loose = next((m.path for m in members if len(m.path.parts) < 2), None)
    if loose:
        raise DatasetError(f"{layout} Received: {loose} in {path}")
    examples = assign_splits(members, path, layout)
    classes = {PurePosixPath(wrapper, *e.member.path.parts[: e.depth + 1]) for e in examples}
    refuse_empty_folders(listing, classes, wrapper, description)
    notice_left_out(listing, description)
    splits: dict[str, list[tuple[Member, str]]] = {}
    for example in examples:
        label = example.member.path.parts[example.depth]
        splits.setdefault(example.split, []).append((example.member, label))
    if "validation" in splits and "test" not in splits:
        notice("There is no test split beside the validation split, which becomes the test split.")
        splits["test"] = splits.pop("validation")
    return splits


def _without_wrapper(members: list[Member]) -> tuple[list[Member], PurePosixPath]:
    """Removes folders that contain everything else, as archives often have one."""
    wrapper = PurePosixPath()
    while True:
        first = members[0].path.parts[0]
        wrapped = all(len(m.path.parts) >= 3 and m.path.parts[0] == first for m in members)
        if not wrapped or split_named(first):
            return members, wrapper
        wrapper /= first
        members = [m._replace(path=PurePosixPath(*m.path.parts[1:])) for m in members]


def refuse_empty_folders(
    listing: Listing, classes: set[PurePosixPath], wrapper: PurePosixPath, description: str
) -> None:
    """Refuses folders next to those of classes and splits that give no example.

    Args:
        listing: all files of the data set.
        classes: folders with examples.
        wrapper: folder that contains everything else; its neighbours are ignored.
        description: the kind of files in words, for the message.

    Raises:
        DatasetError: for the first such folder.
    """
    above = {f for path in classes for f in path.parents if f.is_relative_to(wrapper)}
    others = [path for path in listing.left_out if not is_hidden(path)]
    folders = {*listing.folders, *(folder for path in others for folder in path.parents)}
    empty = [f for f in sorted(folders - classes - above) if f.parent in above]
    if empty:
        inside = [path for path in others if empty[0] in path.parents]
        content = f"{len(inside)} other files, such as {inside[0]}" if inside else "no file"
        raise DatasetError(
            f"`dataset` must hold {description} in every folder of a class or split; convert its "
            f"files or remove the folder. Received: {empty[0]}/ with {content}"
        )
