"""Data sets for object detection by name or path."""

import os
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.detection.blood_cells import read_bccd
from keras_dl.data.detection.folders import Pairs, read_box_folder
from keras_dl.data.detection.shape_boxes import draw_shape_boxes
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import user_path
from keras_dl.data.images.image_files import decode_images, read_sizes, stack_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import notice, recorded
from keras_dl.data.specs import Boxes, Images
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices

__all__ = ["load_detection"]

VISIBLE = 1.0  # pixels; boxes of which cropping leaves less are left out


@recorded
def load_detection(
    dataset: str | os.PathLike[str] | Data, *, batch_size: int = 4, image_size: int | None = None
) -> Data:
    """Loads images and the boxes round their objects.

    Without a test split a fifth of the images is cut off for it, without a validation split a tenth
    of train; the same ones in every run.

    Args:
        dataset: "bccd"; "shape_boxes", generated; path of a folder or archive with images and
            annotations in CSV, COCO's JSON or PASCAL VOC's XML, see `read_box_folder`; or `Data`.
        batch_size: images per step.
        image_size: height that images are brought to, in pixels, boxes alike; the width follows
            from the most frequent proportions, and of other images the centre is used. None keeps
            images of one size. Ignored for `Data`.

    Returns:
        `x` (n, height, width, channels) uint8; `y` a dict as `keras_dl.data.specs.Boxes` says.

    Raises:
        DatasetUnavailable: if BCCD is not in the folder that KERAS_DL_DATA names.
        DatasetError: if the data cannot be used.
    """
    for name, value in (("batch_size", batch_size), ("image_size", image_size)):
        if value is not None and (isinstance(value, bool) or value < 1):
            raise DatasetError(f"`{name}` must be a whole number above 0. Received: {name}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.targets, Boxes):
            raise DatasetError(
                "`dataset` must have boxes as targets. "
                f"Received: {dataset.name}, with {dataset.targets}"
            )
        return replace(dataset, batch_size=batch_size)
    if dataset == "shape_boxes":
        return draw_shape_boxes(batch_size, image_size)
    if dataset == "bccd":
        return _assemble("bccd", "BCCD", read_bccd(), batch_size, image_size)
    path = user_path(dataset)
    if not path.exists():
        raise DatasetError(
            "`dataset` must be bccd, shape_boxes or the path of a folder or archive with images "
            f"and annotations. Received: dataset={str(dataset)!r}"
        )
    name = path.name.partition(".")[0]
    return _assemble(name, str(path), read_box_folder(path), batch_size, image_size)


def _assemble(
    name: str, source: str, pairs: Pairs, batch_size: int, image_size: int | None
) -> Data:
    classes = sorted(
        {label for split in pairs.values() for _, image in split for label in image.labels}
    )
    size = _size(pairs, image_size)
    order = [pair for split in pairs.values() for pair in split]
    slots = max(len(image.boxes) for _, image in order)
    decoded = decode_images([member for member, _ in order], size)
    images = to_bytes(stack_images(decoded.images, 3))
    boxes = np.zeros((len(order), slots, 4), np.float32)
    labels = np.full((len(order), slots), -1, np.int32)
    hidden = 0
    for row, (member, image) in enumerate(order):
        placed = _place(image.boxes, next(iter(read_sizes([member]))), size)
        visible = (placed[:, 2:] - placed[:, :2] >= VISIBLE).all(axis=1)
        hidden += int((~visible).sum())
        count = int(visible.sum())
        boxes[row, :count] = placed[visible]
        kinds = np.array([classes.index(label) for label in image.labels], np.int32)
        labels[row, :count] = kinds[visible]
    if hidden:
        notice(f"{hidden} boxes are left out, of which resizing and cropping leave no pixel.")
    ends = np.cumsum([len(split) for split in pairs.values()])
    starts = [0, *ends[:-1]]
    whole = Split(images, {"boxes": boxes, "classes": labels})
    splits = {
        split: whole.take(slice(int(start), int(end)))
        for split, start, end in zip(pairs, starts, ends, strict=True)
    }
    return Data.from_splits(
        name,
        _complete(splits),
        inputs=Images(white=decoded.white),
        targets=Boxes(tuple(classes)),
        source=source,
        batch_size=batch_size,
    )


def _size(pairs: Pairs, image_size: int | None) -> tuple[int, int]:
    members = [member for split in pairs.values() for member, _ in split]
    sizes = [next(iter(read_sizes([member]))) for member in members]
    common = max(set(sizes), key=sizes.count)
    if image_size is not None:
        return image_size, max(1, round(image_size * common[1] / common[0]))
    if len(set(sizes)) > 1:
        raise DatasetError(
            "`image_size` must be set for images of various sizes; it is the height that all are "
            f"brought to. Received: {len(set(sizes))} sizes, such as {common[0]}×{common[1]} pixels"
        )
    return common


def _place(boxes: np.ndarray, own: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """Moves boxes as the image is: enlarged until it covers the size, its centre cut out."""
    scale = max(size[0] / own[0], size[1] / own[1])
    top, left = ((scale * a - b) / 2 for a, b in zip(own, size, strict=True))
    moved = boxes * scale - np.array([left, top, left, top])
    return np.clip(moved, 0, [size[1], size[0], size[1], size[0]])


def _complete(splits: Mapping[str, Split]) -> dict[str, Split]:
    """Cuts test and validation off train where the source has none."""
    result = dict(splits)
    shares = {"test": TEST_SHARE, "validation": VALIDATION_SHARE}
    shares = {split: share for split, share in shares.items() if split not in result}
    record_cut(shares, stratified=False, unit="images")
    for split, share in shares.items():
        train = result.get("train")
        if train is None or train.num_examples < 2:
            raise DatasetError(
                "`dataset` must have an image for each of train, validation and test. "
                f"Received: {0 if train is None else train.num_examples} to be split"
            )
        stay, off = split_indices(train.y["classes"][:, 0], share, stratified=False)
        result["train"], result[split] = train.take(stay), train.take(off)
    notice_overlap(result["train"].x, result["test"].x, "image")
    return result
