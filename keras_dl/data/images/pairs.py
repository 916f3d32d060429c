"""Pairs of images, sources and targets: facades of buildings, and outlines of any image set."""

from typing import Any

import numpy as np
from scipy import ndimage

from keras_dl.data.archives import image_members
from keras_dl.data.dataset import SPLITS, Data, Split, digest
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.images.image_files import decode, stacked
from keras_dl.data.loading import load
from keras_dl.data.sources import mirror
from keras_dl.data.sources.downloads import check_listed
from keras_dl.data.specs import Images

__all__ = ["facades", "outlined", "outlines", "pairs"]

CONTRAST = 80  # grey levels between neighbours that make an outline
HELD_OUT = 40  # facades for validation, the last ones of train


def pairs(dataset: Any, *, batch_size: int, image_size: int) -> Data:
    """Sources and targets as one data set.

    Args:
        dataset: "facades", or anything that `load` takes: its images become the targets, and their
            outlines the sources.
        batch_size: pairs per step.
        image_size: images are brought to a square of so many pixels.

    Returns:
        `x` are the sources and `y` the targets, (n, image_size, image_size, channels) uint8, 0..255
        both. There are no classes; of outlined images with labels, `extras` has the images as they
        were loaded, under "labelled".

    Raises:
        DatasetUnavailable: if the mirror has no facades.
        DatasetError: if the data set holds no images.
    """
    if dataset == "facades":
        return facades(batch_size=batch_size, image_size=image_size)
    return outlined(load(dataset, batch_size=batch_size, image_size=image_size))


def facades(*, batch_size: int = 1, image_size: int = 256) -> Data:
    """Photographs of facades, and what is wall, window or door in them, in colours.

    Args:
        batch_size: pairs per step.
        image_size: side of the images in pixels.

    Returns:
        360 + 40 + 106 pairs, from label maps to photographs.

    Raises:
        DatasetUnavailable: if the mirror has no file facades/facades.tar.
        DatasetError: if it is not the file that the mirror lists.

    Reference:
        Tyleček and Šára, 2013, Spatial Pattern Templates for Recognition of Objects with Regular
        Structure (CMP Facade Database). Isola et al., 2017, arXiv:1611.07004, section 4.
    """
    path = mirror.find("facades")
    if path is None:
        raise DatasetUnavailable(
            "`dataset` must be at hand; put facades.tar, with train/ and test/ of 512×256 pixels, "
            "photograph and labels side by side, into the folder facades of the mirror that "
            "KERAS_DL_DATA names, or take another set: its outlines stand in. "
            "Received: dataset='facades'"
        )
    check_listed(path)
    members = sorted(image_members(path), key=lambda m: (len(m.path.name), str(m.path)))
    whole = {
        part: stacked(
            decode([m for m in members if m.path.parts[0] == part], (image_size, 2 * image_size)), 3
        )
        for part in ("train", "test")
    }
    halves = {
        part: Split(images[:, :, image_size:], images[:, :, :image_size])
        for part, images in whole.items()
    }
    splits = {
        "train": halves["train"].take(slice(None, -HELD_OUT)),
        "validation": halves["train"].take(slice(-HELD_OUT, None)),
        "test": halves["test"],
    }
    return Data.from_splits(
        "facades",
        splits,
        inputs=Images(),
        targets=Images(),
        source=str(path),
        batch_size=batch_size,
    )


def outlined(data: Data) -> Data:
    """Outlines as sources, the images themselves as targets.

    Args:
        data: images, labelled or not.

    Returns:
        Pairs, with `data` among the extras as "labelled".

    Raises:
        DatasetError: if `data` holds no images.
    """
    if not isinstance(data.inputs, Images):
        raise DatasetError(
            f"`dataset` must hold images. Received: dataset={data.name!r}, {type(data.inputs).__name__}"
        )
    cut = {name: Split(outlines(getattr(data, name).x), getattr(data, name).x) for name in SPLITS}
    return data.with_splits(
        cut,
        name=f"{data.name}_outlines",
        source=f"{data.source}, outlined",
        targets=Images(),
        # Sources of all splits, then targets: the digest under which feature extractors are cached.
        digest=digest(*(split.x for split in cut.values()), *(split.y for split in cut.values())),
        extras={"labelled": data},
    )


def outlines(images: np.ndarray) -> np.ndarray:
    """Where neighbouring pixels differ much, in any channel.

    Args:
        images: (n, height, width, channels) uint8.

    Returns:
        (n, height, width, 1) uint8: 255 on an outline, 0 elsewhere.
    """
    window = (1, 3, 3, 1)
    high = ndimage.maximum_filter(images, window)
    contrast = high - ndimage.minimum_filter(images, window)
    return np.where(contrast.max(axis=-1, keepdims=True) > CONTRAST, 255, 0).astype(np.uint8)
