"""A folder or archive of images by class, divided by class for few-shot learning."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import IMAGES, Member, notice_left_out, scan
from keras_dl.data.class_folders import refuse_empty_folders
from keras_dl.data.class_order import order_classes
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_shot.images import (
    TEST_SHARE,
    VALIDATION_SHARE,
    ClassImages,
    FewShotImages,
    divide_classes,
)
from keras_dl.data.images.checks import record_sizes
from keras_dl.data.images.image_files import decode_images, stack_images
from keras_dl.data.reading import fact
from keras_dl.data.split_names import split_in_name, split_named

__all__ = ["class_folders", "read_class_images"]

BACKGROUND = "background"  # Omniglot's word for train


def class_folders(path: Path, *, image_size: int = 28) -> FewShotImages:
    """Reads images by class and divides the classes into train, validation and test.

    The innermost folder of an image is its class: ``class/a.png``, or ``alphabet/class/a.png`` with
    the alphabet as its group. A fifth of the classes becomes test and a sixth of all validation,
    with a fixed seed, unless the folder has ``train/``, ``test/`` and perhaps ``val/`` with
    different classes in each.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        image_size: side in pixels to which all images are brought.

    Returns:
        The images of the three splits, in their own grey levels or colours.

    Raises:
        DatasetError: if there are no images, an image has no class folder, a file cannot be
            decoded, or there are too few classes to divide.
    """
    listing = scan(path, IMAGES)
    names = _class_names(listing.members, path)
    classes = {member.path.parent for member in listing.members}
    refuse_empty_folders(listing, classes, PurePosixPath(), "images")
    notice_left_out(listing, "images")
    parts = _parts(names, path)
    images = _images(listing.members, names, image_size)
    splits: dict[str, ClassImages] = {}
    for split in sorted({part for part in parts if part}):
        numbers = np.unique(images.y[[part == split for part in parts]])
        own = images.take(numbers)
        inner = tuple(name.partition("/")[2] or name for name in own.names)
        splits[split] = replace(own, names=inner)
    if not splits:
        fact("split", "the classes are divided at random: a fifth is test, a sixth validation")
        rest, splits["test"] = divide_classes(images, share=TEST_SHARE)
        splits["train"], splits["validation"] = divide_classes(
            rest, share=VALIDATION_SHARE / (1 - TEST_SHARE)
        )
    elif "validation" not in splits:
        divided = divide_classes(splits["train"], share=VALIDATION_SHARE)
        splits["train"], splits["validation"] = divided
        fact("split", f"validation has {VALIDATION_SHARE:.0%} of the classes of train")
    return FewShotImages(path.name, str(path), splits)


def read_class_images(
    path: Path, *, input_shape: tuple[int, ...], white: float | None = None
) -> ClassImages:
    """Reads a folder of images by class in the shape that a model takes, undivided.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        input_shape: (height, width, channels) of the model's images; square.
        white: number that was white in the training data; None decides by the files.

    Returns:
        All images with their classes.

    Raises:
        DatasetError: as `class_folders`.
    """
    listing = scan(path, IMAGES)
    names = _class_names(listing.members, path)
    notice_left_out(listing, "images")
    return _images(listing.members, names, int(input_shape[0]), int(input_shape[2]), white)


def _parts(names: Sequence[str], path: Path) -> list[str | None]:
    """Returns the split of each class name, all of them or none."""
    tops = [name.split("/")[0] for name in names]
    parts = [split_in_name(top.lower().replace(BACKGROUND, "train")) for top in tops]
    if {"train", "test"} <= set(parts) and None not in parts:
        return parts
    if named := sorted({top for top in tops if split_named(top)}):
        others = sorted(set(tops) - set(named))
        raise DatasetError(
            "`dataset` must have train/, test/ and perhaps val/ with all classes in them, or "
            f"classes without splits. Received: {', '.join(named)} next to "
            f"{', '.join(others[:3]) or 'no others'} in {path}"
        )
    return [None] * len(parts)


def _class_names(members: Sequence[Member], path: Path) -> list[str]:
    folders = [member.path.parent for member in members]
    loose = [m.path for m in members if m.path.parent == PurePosixPath(".")]
    if not members or loose:
        received = f"{loose[0]} without a class" if loose else "no image files"
        raise DatasetError(
            "`dataset` must sort its images into one folder per class: class/a.png. "
            f"Received: {received} in {path}"
        )
    # A folder around everything, such as an archive often has, is no part of the names.
    while len({f.parts[0] for f in folders}) == 1 and min(len(f.parts) for f in folders) > 1:
        folders = [PurePosixPath(*f.parts[1:]) for f in folders]
    return [folder.as_posix() for folder in folders]


def _images(
    members: Sequence[Member],
    names: Sequence[str],
    size: int,
    channels: int | None = None,
    white: float | None = None,
) -> ClassImages:
    decoded = decode_images(members, (size, size), white)
    record_sizes(decoded.sizes, (size, size), asked=True)
    classes = order_classes(names)
    number = {name: i for i, name in enumerate(classes)}
    return ClassImages(
        stack_images(decoded.images, channels),
        np.array([number[name] for name in names], np.int32),
        classes,
        decoded.white,
        tuple(name.rpartition("/")[0] for name in classes) if "/" in classes[0] else (),
    )
