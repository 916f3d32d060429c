"""Data sets for semantic segmentation by name, path or arrays."""

import os
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.files import user_path
from keras_dl.data.overlap import notice_overlap
from keras_dl.data.reading import recorded
from keras_dl.data.segmentation.camvid import read_camvid
from keras_dl.data.segmentation.labelled import VOID, LabelledImages, Pair, voc_colours
from keras_dl.data.segmentation.mask_folders import read_mask_folder
from keras_dl.data.segmentation.shapes import read_shapes
from keras_dl.data.segmentation.threads import read_threads
from keras_dl.data.segmentation.vessels import read_chase_db1, read_drive
from keras_dl.data.specs import Images, Masks
from keras_dl.data.splitting import TEST_SHARE, VALIDATION_SHARE, record_cut, split_indices

__all__ = ["load_segmentation"]

NAMED = {
    "camvid": read_camvid,
    "chase_db1": read_chase_db1,
    "drive": read_drive,
    "shapes": read_shapes,
    "threads": read_threads,
}


@recorded
def load_segmentation(
    dataset: str | os.PathLike[str] | Data | Sequence[np.ndarray],
    *,
    batch_size: int = 8,
    image_size: int | None = None,
) -> Data:
    """Loads images and masks of class numbers.

    Without a test split a fifth of the examples is cut off for it, without a validation split a
    tenth of train; the same ones in every run.

    Args:
        dataset: "camvid", "drive", "chase_db1"; "shapes" and "threads", generated; path of a folder
            or archive with ``images/`` and ``masks/``, see `read_mask_folder`; arrays (images,
            masks); or `Data`.
        batch_size: images per step.
        image_size: height that images and masks are brought to, in pixels; the width follows from
            their proportions. None keeps images of one size. Ignored for arrays and `Data`.

    Returns:
        `x` (n, height, width, channels) and `y` (n, height, width), uint8 both.

    Raises:
        DatasetUnavailable: if a named set is not in the folder that KERAS_DL_DATA names.
        DatasetError: if the data cannot be used.

    Example:
        >>> load_segmentation("shapes").train.y.shape
        (300, 48, 64)
    """
    for name, value in (("batch_size", batch_size), ("image_size", image_size)):
        if value is not None and (isinstance(value, bool) or value < 1):
            raise DatasetError(f"`{name}` must be a whole number above 0. Received: {name}={value}")
    if isinstance(dataset, Data):
        if not isinstance(dataset.targets, Masks):
            raise DatasetError(
                f"`dataset` must have masks as targets. Received: {dataset.name}, with "
                f"{dataset.targets}"
            )
        return replace(dataset, batch_size=batch_size)
    if not isinstance(dataset, str | os.PathLike):
        return _assemble(_from_arrays(dataset), batch_size)
    if isinstance(dataset, str) and dataset in NAMED:
        return _assemble(NAMED[dataset](image_size), batch_size)
    path = user_path(dataset)
    if not path.exists():
        raise DatasetError(
            f"`dataset` must be {', '.join(NAMED)} or the path of a folder or archive with images/ "
            f"and masks/. Received: dataset={str(dataset)!r}"
        )
    return _assemble(read_mask_folder(path, image_size), batch_size)


def _from_arrays(arrays: Sequence[np.ndarray]) -> LabelledImages:
    images, masks = (np.asarray(array) for array in arrays)
    fits = images.ndim == 4 and images.shape[:3] == masks.shape and len(images) > 2
    if not fits or images.dtype != np.uint8 or masks.dtype.kind not in "iu":
        raise DatasetError(
            "`dataset` must be images (n, height, width, channels) uint8 and masks (n, height, "
            f"width) of class numbers, n at least 3. Received: {images.shape} {images.dtype}, "
            f"{masks.shape} {masks.dtype}"
        )
    count = int(masks[masks != VOID].max(initial=0)) + 1
    names = tuple(map(str, range(count)))
    pair = images, masks.astype(np.uint8)
    return LabelledImages("arrays", "arrays", pair, None, None, names, VOID, voc_colours(count))


def _assemble(labelled: LabelledImages, batch_size: int) -> Data:
    train, validation, test = labelled.train, labelled.validation, labelled.test
    shares = {"test": TEST_SHARE} if test is None else {}
    shares |= {"validation": VALIDATION_SHARE} if validation is None else {}
    record_cut(shares, stratified=False, unit="images")
    if test is None:
        train, test = _cut(train, TEST_SHARE)
    if validation is None:
        train, validation = _cut(train, VALIDATION_SHARE)
    notice_overlap(train[0], test[0], "image")
    splits = {"train": Split(*train), "validation": Split(*validation), "test": Split(*test)}
    return Data.from_splits(
        labelled.name,
        splits,
        inputs=Images(white=labelled.white),
        targets=Masks(labelled.names, labelled.ignore, labelled.colours),
        source=labelled.source,
        batch_size=batch_size,
    )


def _cut(pair: Pair, share: float) -> tuple[Pair, Pair]:
    images, masks = pair
    if len(images) < 2:
        raise DatasetError(
            "`dataset` must have an image for each of train, validation and test. "
            f"Received: {len(images)} to be split"
        )
    stay, off = split_indices(masks, share, stratified=False)
    return (images[stay], masks[stay]), (images[off], masks[off])
