"""Pairs of images, sources and targets: facades of buildings, and outlines of any image set."""

import numpy as np
from scipy import ndimage

from keras_dl.data.archives import list_image_members
from keras_dl.data.dataset import Data, Split, digest
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.images.image_files import decode_images, stack_images
from keras_dl.data.loading import DatasetLike, load
from keras_dl.data.reading import fact, recorded
from keras_dl.data.sources import mirror
from keras_dl.data.sources.downloads import check_listed
from keras_dl.data.specs import Images

__all__ = ["detect_outlines", "facades", "image_pairs", "with_outlines"]

CONTRAST = 80  # minimum difference of grey levels within a 3×3 window on an edge
HELD_OUT = 40  # facades for validation: the last ones of the training set


@recorded
def image_pairs(dataset: DatasetLike, *, batch_size: int, image_size: int) -> Data:
    """Returns pairs of source and target images.

    Args:
        dataset: "facades", or anything that `load` takes: its images become the targets, and their
            outlines the sources.
        batch_size: pairs per step.
        image_size: side of the square images in pixels.

    Returns:
        x are the sources and y the targets, both (n, image_size, image_size, channels) uint8,
        0..255. There are no classes; with outlines, `extras["labelled"]` is the image set as
        loaded.

    Raises:
        DatasetUnavailable: if the mirror has no facades.
        DatasetError: if the data set holds no images.
    """
    if dataset == "facades":
        return facades(batch_size=batch_size, image_size=image_size)
    return with_outlines(load(dataset, batch_size=batch_size, image_size=image_size))


@recorded
def facades(*, batch_size: int = 1, image_size: int = 256) -> Data:
    """Returns the CMP facades: colour-coded label maps (wall, window, door, …) and photographs.

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
            "`dataset` must be available; put facades.tar, with train/ and test/ of 512×256 "
            "pixels, photograph and labels side by side, into the folder facades of the mirror "
            "that KERAS_DL_DATA names, or use another set: its outlines become the sources. "
            "Received: dataset='facades'"
        )
    check_listed(path)
    members = sorted(list_image_members(path), key=lambda m: (len(m.path.name), str(m.path)))
    halves = {}
    for part in ("train", "test"):
        files = [member for member in members if member.path.parts[0] == part]
        images = stack_images(decode_images(files, (image_size, 2 * image_size)).images, 3)
        halves[part] = Split(images[:, :, image_size:], images[:, :, :image_size])
    fact("split", f"validation is the last {HELD_OUT} pairs of train")
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


def with_outlines(data: Data) -> Data:
    """Returns pairs with outlines as sources and the images themselves as targets.

    Args:
        data: images, labelled or not.

    Returns:
        Pairs of (outlines, images); `extras["labelled"]` is `data`.

    Raises:
        DatasetError: if `data` holds no images.
    """
    if not isinstance(data.inputs, Images):
        raise DatasetError(
            "`dataset` must hold images. "
            f"Received: dataset={data.name!r}, {type(data.inputs).__name__}"
        )
    splits = {name: Split(detect_outlines(s.x), s.x) for name, s in data.splits.items()}
    return data.with_splits(
        splits,
        name=f"{data.name}_outlines",
        source=f"{data.source}, outlined",
        inputs=Images(),
        targets=Images(),
        # Sources of all splits, then targets: the digest under which feature extractors are cached.
        digest=digest(*(s.x for s in splits.values()), *(s.y for s in splits.values())),
        extras={"labelled": data},
    )


def detect_outlines(images: np.ndarray) -> np.ndarray:
    """Detects edges: pixels whose 3×3 neighbourhood has high contrast in any channel.

    Args:
        images: (n, height, width, channels) uint8.

    Returns:
        (n, height, width, 1) uint8: 255 on an edge, 0 elsewhere.
    """
    window = (1, 3, 3, 1)
    high = ndimage.maximum_filter(images, window)
    contrast = high - ndimage.minimum_filter(images, window)
    return np.where(contrast.max(axis=-1, keepdims=True) > CONTRAST, 255, 0).astype(np.uint8)
