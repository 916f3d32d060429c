"""Retina photographs with their blood vessels: DRIVE and CHASE_DB1."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from keras_dl.data.archives import Member, list_image_members
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.registry import DATASETS
from keras_dl.data.segmentation.labelled import VOID, LabelledImages, Pair
from keras_dl.data.segmentation.masks import common_size, decode_masks, decode_pairs
from keras_dl.data.sources import mirror

__all__ = ["read_chase_db1", "read_drive", "read_second_observer"]

CLASSES, COLOURS = ("background", "vessel"), ((0, 0, 0), (0, 200, 120))
VALIDATION = 4  # images of the training set, the last ones
CHASE_TRAIN = 20  # of 28 images, as most publications divide them
DARK = 24  # largest red value outside of CHASE_DB1's field of view, in 0..255

Files = Mapping[str, Member]


def read_drive(image_size: int | None = None) -> LabelledImages:
    """Reads DRIVE from the folder that KERAS_DL_DATA names.

    Pixels outside the field of view have the label 255, which counts nowhere. The last four of the
    20 training images are the validation split.

    Args:
        image_size: height of the images in pixels; None keeps the files' 584×565.

    Returns:
        16 + 4 + 20 images with the classes background and vessel, as the first observer drew them.

    Raises:
        DatasetUnavailable: if there is no such file.
        DatasetError: if it lacks an image.

    Reference:
        Staal, Abràmoff, Niemeijer, Viergever and van Ginneken, 2004, Ridge-based vessel
        segmentation in color images of the retina, IEEE Transactions on Medical Imaging 23(4).
    """
    path, files = _files("drive")
    train = [f"{number}_training" for number in range(21, 41)]
    test = [f"{number:02d}_test" for number in range(1, 21)]
    pairs, views = {}, {}
    for split, stems in _divide(train, test).items():
        numbers = [stem.partition("_")[0] for stem in stems]
        pairs[split] = _pick(files, path, stems, [f"{n}_manual1" for n in numbers])
        views[split] = [_get(files, path, f"{stem}_mask") for stem in stems]
    return _assemble("drive", path, pairs, image_size, lambda split, _, size: decode_masks(
        views[split], size
    ))  # fmt: skip


def read_chase_db1(image_size: int | None = None) -> LabelledImages:
    """Reads CHASE_DB1 from the folder that KERAS_DL_DATA names.

    The set has no masks of the field of view: it is where the red channel is bright. The last four
    of the first 20 images are the validation split, the other eight the test split.

    Args:
        image_size: height of the images in pixels; None keeps the files' 960×999. With 563 the
            field of view is as wide as DRIVE's.

    Returns:
        16 + 4 + 8 images with the classes background and vessel, as the first observer drew them.

    Raises:
        DatasetUnavailable: if there is no such file.
        DatasetError: if it lacks an image.

    Reference:
        Fraz et al., 2012, An ensemble classification-based approach applied to retinal blood vessel
        segmentation, IEEE Transactions on Biomedical Engineering 59(9).
    """
    path, files = _files("chase_db1")
    stems = sorted(stem for stem in files if "HO" not in stem)
    parts = _divide(stems[:CHASE_TRAIN], stems[CHASE_TRAIN:])
    pairs = {
        split: _pick(files, path, part, [f"{stem}_1stHO" for stem in part])
        for split, part in parts.items()
    }
    return _assemble("chase_db1", path, pairs, image_size, lambda _, x, size: x[..., 0] > DARK)


def read_second_observer(name: str, size: tuple[int, int]) -> np.ndarray:
    """Reads the vessels of the test split that a second person drew.

    Args:
        name: "drive" or "chase_db1".
        size: (height, width) in pixels.

    Returns:
        (n, height, width) uint8, 1 for vessels.

    Raises:
        DatasetUnavailable: if the set is not in the folder that KERAS_DL_DATA names.
    """
    path, files = _files(name)
    if name == "drive":
        stems = [f"{number:02d}_manual2" for number in range(1, 21)]
    else:
        stems = sorted(stem for stem in files if stem.endswith("_2ndHO"))[CHASE_TRAIN:]
    return decode_masks([_get(files, path, stem) for stem in stems], size)


def _files(name: str) -> tuple[Path, Files]:
    path = mirror.find(name)
    if path is None:
        raise DatasetUnavailable(
            f"`dataset` must be available; put {DATASETS[name].file} into the folder that "
            f"KERAS_DL_DATA names, or use dataset='threads' or a folder of your own. "
            f"Received: dataset={name!r}"
        )
    return path, {member.path.stem: member for member in list_image_members(path)}


def _divide(train: Sequence[str], test: Sequence[str]) -> dict[str, Sequence[str]]:
    cut = len(train) - VALIDATION
    return {"train": train[:cut], "validation": train[cut:], "test": test}


def _get(files: Files, path: Path, stem: str) -> Member:
    if stem not in files:
        raise DatasetError(f"`dataset` must hold the image {stem}. Received: {path} without it")
    return files[stem]


def _pick(
    files: Files, path: Path, images: Sequence[str], masks: Sequence[str]
) -> list[tuple[Member, Member]]:
    stems = zip(images, masks, strict=True)
    return [(_get(files, path, image), _get(files, path, mask)) for image, mask in stems]


def _assemble(
    name: str,
    path: Path,
    pairs: Mapping[str, Sequence[tuple[Member, Member]]],
    image_size: int | None,
    view: Callable[[str, np.ndarray, tuple[int, int]], np.ndarray],
) -> LabelledImages:
    size = common_size(pairs, image_size)
    splits, _ = decode_pairs(pairs, size, channels=3)

    def labelled(split: str) -> Pair:
        images, masks = splits[split]
        inside = view(split, images, size).astype(bool)
        return images, np.where(inside, masks, VOID).astype(np.uint8)

    parts = labelled("train"), labelled("validation"), labelled("test")
    return LabelledImages(name, str(path), *parts, CLASSES, VOID, COLOURS)
