"""A folder or archive of images by class, divided by class for few-shot learning."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import Member, list_image_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.few_shot.images import (
    TEST_SHARE,
    VALIDATION_SHARE,
    ClassImages,
    FewShotImages,
    divide_classes,
)
from keras_dl.data.images.image_files import decode_images, stack_images

__all__ = ["class_folders", "read_class_images"]

NAMES = {
    "train": "train", "training": "train", "background": "train",
    "val": "validation", "valid": "validation", "validation": "validation",
    "test": "test", "testing": "test", "evaluation": "test",
}  # fmt: skip


def class_folders(path: Path, *, image_size: int = 28) -> FewShotImages:
    """Reads images by class and divides the classes into train, validation and test.

    The innermost folder of an image is its class: ``class/a.png`` or ``alphabet/class/a.png``. A
    fifth of the classes becomes test and a sixth of all validation, with a fixed seed, unless the
    folder has ``train/``, ``test/`` and perhaps ``val/`` with different classes in each.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        image_size: side in pixels to which all images are brought.

    Returns:
        The images of the three splits, in their own grey levels or colours.

    Raises:
        DatasetError: if there are no images, an image has no class folder, a file cannot be
            decoded, or there are too few classes to divide.
    """
    members = list_image_members(path)
    names = _class_names(members, path)
    parts = [NAMES.get(name.split("/")[0].lower()) for name in names]
    channels = None
    if {"train", "test"} <= set(parts) and None not in parts:
        splits: dict[str, ClassImages] = {}
        for split in sorted(set(filter(None, parts))):
            rows = [i for i, part in enumerate(parts) if part == split]
            inner = [names[i].partition("/")[2] or names[i] for i in rows]
            splits[split] = _images([members[i] for i in rows], inner, image_size, channels)
            channels = splits[split].x.shape[-1]
        if "validation" not in splits:
            divided = divide_classes(splits["train"], share=VALIDATION_SHARE)
            splits["train"], splits["validation"] = divided
        return FewShotImages(path.name, str(path), splits)
    rest, test = divide_classes(_images(members, names, image_size), share=TEST_SHARE)
    train, validation = divide_classes(rest, share=VALIDATION_SHARE / (1 - TEST_SHARE))
    splits = {"train": train, "validation": validation, "test": test}
    return FewShotImages(path.name, str(path), splits)


def read_class_images(path: Path, *, input_shape: tuple[int, ...]) -> ClassImages:
    """Reads a folder of images by class in the shape that a model takes, undivided.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        input_shape: (height, width, channels) of the model's images; square.

    Returns:
        All images with their classes.

    Raises:
        DatasetError: as `class_folders`.
    """
    members = list_image_members(path)
    names = _class_names(members, path)
    return _images(members, names, int(input_shape[0]), int(input_shape[2]))


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
    members: Sequence[Member], names: Sequence[str], size: int, channels: int | None = None
) -> ClassImages:
    x = stack_images(decode_images(members, (size, size)), channels)
    classes, y = np.unique(names, return_inverse=True)
    return ClassImages(x, y.astype(np.int32), tuple(map(str, classes)))
