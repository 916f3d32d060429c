"""Users' own images and masks: a folder or archive with ``images/`` and ``masks/``."""

from collections import defaultdict
from pathlib import Path

import numpy as np

from keras_dl.data.archives import IMAGES, Member, list_members
from keras_dl.data.errors import DatasetError
from keras_dl.data.segmentation.labelled import VOID, LabelledImages, Pair, voc_colours
from keras_dl.data.segmentation.masks import common_size, decode_pairs

__all__ = ["read_mask_folder"]

CLASS_FILE = "classes.txt"
SPLITS = {"train": "train", "val": "validation", "validation": "validation", "test": "test"}


def read_mask_folder(path: Path, image_size: int | None = None) -> LabelledImages:
    """Reads ``images/NAME.jpg`` with ``masks/NAME.png``.

    Both folders may stand below ``train/``, ``val/`` and ``test/``. Masks hold one class number per
    pixel; 255 marks unlabelled pixels. ``classes.txt`` has one class name per line, in the order of
    the numbers; without it the numbers are the names.

    Args:
        path: folder, or tar, tar.gz, tgz or zip file.
        image_size: height of the images in pixels; None keeps images that are all of one size.

    Returns:
        The images; without ``test/`` or ``val/``, those splits are None.

    Raises:
        DatasetError: if images or masks are missing, cannot be decoded or hold labels without a
            class.
    """
    pairs = _paired(path)
    size = common_size(pairs, image_size)
    first, *rest = sorted(pairs, key=lambda split: split != "train")
    splits = {first: decode_pairs(pairs[first], size)}
    channels = splits[first][0].shape[-1]
    splits |= {split: decode_pairs(pairs[split], size, channels) for split in rest}
    names = _class_names(path, splits)
    _check_labels(pairs, splits, names)
    return LabelledImages(
        path.name.partition(".")[0],
        str(path),
        splits["train"],
        splits.get("validation"),
        splits.get("test"),
        names,
        VOID,
        voc_colours(len(names)),
    )


def _paired(path: Path) -> dict[str, list[tuple[Member, Member]]]:
    """Image and mask files by split."""
    files: dict[str, dict[str, dict[str, Member]]] = defaultdict(
        lambda: {"images": {}, "masks": {}}
    )
    for member in list_members(path, IMAGES):
        for place, part in enumerate(member.path.parts[:-1]):
            if part in ("images", "masks"):
                above = member.path.parts[place - 1] if place else ""
                stem = "/".join(member.path.with_suffix("").parts[place + 1 :])
                files[SPLITS.get(above, "train")][part][stem] = member
                break
    if not files["train"]["images"]:
        raise DatasetError(
            "`dataset` must hold the folders images/ and masks/ with files of the same names. "
            f"Received: {path}"
        )
    pairs = {}
    for split, parts in files.items():
        lone = sorted(set(parts["images"]) ^ set(parts["masks"]))
        if lone:
            raise DatasetError(
                "`dataset` must have one mask for each image, of the same name. "
                f"Received: {len(lone)} without a partner in {path}, such as {lone[0]}"
            )
        pairs[split] = [(parts["images"][s], parts["masks"][s]) for s in sorted(parts["images"])]
    return pairs


def _class_names(path: Path, splits: dict[str, Pair]) -> tuple[str, ...]:
    for member in list_members(path, (".txt",)):
        if member.path.name == CLASS_FILE:
            lines = member.read().decode("utf-8", "replace").splitlines()
            return tuple(line.strip() for line in lines if line.strip())
    labels = np.unique(np.concatenate([np.unique(masks) for _, masks in splits.values()]))
    labels = labels[labels != VOID]
    return tuple(str(label) for label in range(int(labels.max(initial=0)) + 1))


def _check_labels(
    pairs: dict[str, list[tuple[Member, Member]]],
    splits: dict[str, Pair],
    names: tuple[str, ...],
) -> None:
    if len(names) < 2:
        raise DatasetError(
            "`dataset` must have two classes or more; number them 0, 1, … in the masks, where 255 "
            f"marks unlabelled pixels. Received: {len(names)} class(es)"
        )
    for split, (_, masks) in splits.items():
        outside = ((masks >= len(names)) & (masks != VOID)).any(axis=(1, 2))
        if outside.any():
            index = int(np.argmax(outside))
            mask = masks[index]
            raise DatasetError(
                f"`dataset` must have masks with labels below {len(names)}, the number of classes, "
                f"or {VOID}. Received: {mask[mask != VOID].max()} in {pairs[split][index][1].path}"
            )
