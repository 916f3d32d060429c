"""Users' own images and boxes: a folder or archive with images and their annotations."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from keras_dl.data.archives import (
    Listing,
    Member,
    list_image_members,
    list_members,
    notice_left_out,
)
from keras_dl.data.detection.annotated import Annotated
from keras_dl.data.detection.formats import read_coco, read_csv, read_voc
from keras_dl.data.errors import DatasetError
from keras_dl.data.split_names import split_in_name

__all__ = ["pair_images", "read_box_folder"]

Pairs = dict[str, list[tuple[Member, Annotated]]]


def read_box_folder(path: Path) -> Pairs:
    """Finds the images of a folder and the boxes round their objects.

    Annotations are in one CSV file or several (`image, class, xmin, ymin, xmax, ymax`), in COCO's
    JSON, or in PASCAL VOC's XML, whichever there is. A split is named by a folder above the image
    (`train/`, `val/`, `test/`); without such folders all images are in train.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.

    Returns:
        Image file and boxes of each image, by split.

    Raises:
        DatasetError: if there are no images, no annotations or several kinds of them, or an
            annotation cannot be read or names an image that is not there.
    """
    kinds = {
        suffix: files
        for suffix in (".csv", ".json", ".xml")
        if (files := list_members(path, (suffix,)))
    }
    if len(kinds) != 1:
        raise DatasetError(
            "`dataset` must hold annotations of one kind, .csv, .json (COCO) or .xml (PASCAL VOC). "
            f"Received: {' and '.join(kinds) or 'none'} in {path}"
        )
    ((suffix, files),) = kinds.items()
    if suffix == ".xml":
        annotated = read_voc(files)
    else:
        read = read_csv if suffix == ".csv" else read_coco
        annotated = [image for file in files for image in read(file)]
    return pair_images(list_image_members(path), annotated, path)


def pair_images(members: Sequence[Member], annotated: Sequence[Annotated], path: Path) -> Pairs:
    """Brings image files and boxes together, by file name, and divides them by split.

    Args:
        members: the image files; those without an annotation are left out, with a notice.
        annotated: the boxes.
        path: for messages.

    Raises:
        DatasetError: if an annotated image is missing or not unique, or annotated twice.
    """
    by_name: dict[str, list[Member]] = {}
    for member in members:
        by_name.setdefault(member.path.name, []).append(member)
    pairs: Pairs = {}
    paired: set[PurePosixPath] = set()
    for image in annotated:
        member = _find(image.file, by_name, path)
        if member.path in paired:
            raise DatasetError(
                f"`dataset` must annotate each image once. Received: {image.file} twice in {path}"
            )
        paired.add(member.path)
        pairs.setdefault(_split(member.path.parts[:-1]), []).append((member, image))
    used = [member for member in members if member.path in paired]
    others = sorted(member.path for member in members if member.path not in paired)
    notice_left_out(Listing(used, others, []), "images with annotations")
    return {name: sorted(split, key=lambda pair: pair[0].path) for name, split in pairs.items()}


def _find(name: str, by_name: Mapping[str, list[Member]], path: Path) -> Member:
    """Returns the file that an annotation names, by the last parts of its path."""
    wanted = PurePosixPath(name.replace("\\", "/"))
    matching = by_name.get(wanted.name, [])
    if len(matching) > 1:
        matching = [m for m in matching if m.path.parts[-len(wanted.parts) :] == wanted.parts]
    if len(matching) != 1:
        raise DatasetError(
            "`dataset` must hold each annotated image once. "
            f"Received: {name}, of which {path} has {len(matching)}"
        )
    return matching[0]


def _split(folders: Sequence[str]) -> str:
    named = [split for part in folders if (split := split_in_name(part))]
    return named[-1] if named else "train"
