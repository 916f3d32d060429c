"""Image files: class folders in a folder or archive, and images to predict."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path, PurePosixPath

import numpy as np

from keras_dl.data.archives import ARCHIVES, IMAGES, Listing, Member, notice_left_out, scan
from keras_dl.data.arrays import read_npz
from keras_dl.data.class_folders import list_labelled_members
from keras_dl.data.class_order import order_classes
from keras_dl.data.dataset import Raw
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import read_regular, user_path
from keras_dl.data.images.checks import record_sizes
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.images.pixels import to_pixels
from keras_dl.data.images.resizing import common_size, resize
from keras_dl.data.unreadable import Unreadable

__all__ = ["read_classes", "read_images"]


def read_classes(
    path: Path, name: str, source: str, image_size: int | None, at_least: int | None
) -> Raw:
    """Reads class folders: ``class/…png``, or ``train/class/…`` with ``test/`` or ``val/``.

    A ``val/`` without ``test/`` is the test split. All splits have the same number of channels.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        name: short name of the data set.
        source: origin of the files, in words.
        image_size: side of the square that images are resized to, in pixels; None keeps the size
            of images that are all equal.
        at_least: minimum length of the shorter side in pixels if `image_size` is None, or None.

    Raises:
        DatasetError: if there are no images, no class folders, or files that cannot be decoded.
    """
    splits = list_labelled_members(path, IMAGES, "images")
    members = [member for split in splits.values() for member, _ in split]
    sizes = read_sizes(members) if image_size is None else ()
    size = common_size(sizes, image_size, at_least)
    decoded = decode_images(members, size)
    record_sizes(decoded.sizes, size, asked=image_size is not None)
    images = stack_images(decoded.images)
    class_names = order_classes(label for _, label in splits["train"])
    pairs, start = {}, 0
    for split, labelled in splits.items():
        y = [_index(label, class_names, split) for _, label in labelled]
        pairs[split] = images[start : start + len(y)], np.asarray(y)
        start += len(y)
    return Raw(name, source, class_names=class_names, white=decoded.white, **pairs)


def read_images(
    paths: str | PathLike[str] | Iterable[str | PathLike[str]],
    input_shape: tuple[int, ...],
    white: float | None = None,
    unreadable: Unreadable | None = None,
) -> tuple[np.ndarray, list[str]]:
    """Reads images to predict, in the shape that a network was trained on.

    Args:
        paths: image file, folder (recursive), archive, `.npz` with key x or x_test, or a list.
        input_shape: (height, width, channels), channels 1 or 3.
        white: number that was white in the training data, `Images.white`: the inputs are taken in
            this unit; None decides by their own range.
        unreadable: list that the names of files that cannot be read are added to, with the
            reasons; None: one such file refuses all.

    Returns:
        Images (n, height, width, channels), pixels 0..255 in uint8 or float32, and one path per
        image.

    Raises:
        DatasetError: if a path is missing, holds no images, files cannot be decoded, or arrays have
            another range than the training data.
    """
    paths = [paths] if isinstance(paths, str | PathLike) else list(paths)
    if not paths:
        raise DatasetError("`paths` must name at least one image. Received: an empty list")
    parts = [(np.empty((0, *input_shape), np.uint8), list[str]())]
    for path in paths:
        try:
            parts.append(_read_one(user_path(path), input_shape, white, unreadable))
        except DatasetError as error:
            if unreadable is None:
                raise
            unreadable.append((str(path), str(error)))
    return np.concatenate([x for x, _ in parts]), [name for _, names in parts for name in names]


def _read_one(
    path: Path,
    input_shape: tuple[int, ...],
    white: float | None,
    unreadable: Unreadable | None,
) -> tuple[np.ndarray, list[str]]:
    try:
        return _read_path(path, input_shape, white, unreadable)
    except PermissionError as error:
        raise DatasetError(
            f"`paths` must be readable; change their permissions. Received: {error.filename}"
        ) from None


def _read_path(
    path: Path,
    input_shape: tuple[int, ...],
    white: float | None,
    unreadable: Unreadable | None,
) -> tuple[np.ndarray, list[str]]:
    size, channels = (input_shape[0], input_shape[1]), input_shape[2]
    if not path.exists():
        raise DatasetError(f"`paths` must exist. Received: {path}")
    if path.suffix.lower() == ".npz":
        arrays = read_npz(path)
        x = arrays.get("x", arrays.get("x_test"))
        if x is None or x.ndim not in (3, 4):
            raise DatasetError(
                "`paths` must be an .npz file with images under the key x or x_test. "
                f"Received: keys {sorted(arrays)[:10]} in {path}"
            )
        images = resize(to_pixels({str(path): x}, white).images[0], size)
        return stack_images([_flat(i) for i in images], channels), [
            f"{path}[{i}]" for i in range(len(x))
        ]
    inside = path.is_dir() or path.name.lower().endswith(ARCHIVES)
    single = Member(PurePosixPath(path.name), lambda: read_regular(path))
    listing = scan(path, IMAGES) if inside else Listing([single], [], [])
    members = listing.members
    if not members:
        raise DatasetError(f"`paths` must hold image files. Received: {path}")
    notice_left_out(listing, "images")
    names = {str(path / m.path) if inside else str(path): m for m in members}
    try:
        return stack_images(decode_images(members, size, white).images, channels), list(names)
    except DatasetError:
        if unreadable is None or not inside:
            raise
    decoded = {}
    for name, member in names.items():  # one by one, in the unit of training
        try:
            decoded[name] = decode_images([member], size, white).images[0]
        except DatasetError as error:
            unreadable.append((name, str(error)))
    empty = np.empty((0, *input_shape), np.uint8)
    stack = stack_images(list(decoded.values()), channels) if decoded else empty
    return stack, list(decoded)


def _flat(image: np.ndarray) -> np.ndarray:
    return image[..., 0] if image.shape[-1] == 1 else image


def _index(label: str, class_names: tuple[str, ...], split: str) -> int:
    if label not in class_names:
        raise DatasetError(
            f"`dataset` must have the same classes in {split} as in train. "
            f"Received: '{label}', not in {list(class_names[:10])}"
        )
    return class_names.index(label)
