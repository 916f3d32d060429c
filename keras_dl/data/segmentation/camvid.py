"""CamVid: frames of driving through Cambridge with eleven classes, in SegNet's split."""

from collections import defaultdict
from pathlib import Path

from keras_dl.data.archives import list_image_members
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.registry import DATASETS
from keras_dl.data.segmentation.labelled import LabelledImages
from keras_dl.data.segmentation.masks import common_size, decode_pairs
from keras_dl.data.sources import mirror

__all__ = ["CLASSES", "COLOURS", "IGNORE", "read_camvid"]

IGNORE = 11
# Names in the order of the labels, and the colours of the authors' palette.
PALETTE = {
    "sky": (128, 128, 128),
    "building": (128, 0, 0),
    "pole": (192, 192, 128),
    "road": (128, 64, 128),
    "pavement": (60, 40, 222),
    "tree": (128, 128, 0),
    "sign": (192, 128, 128),
    "fence": (64, 64, 128),
    "car": (64, 0, 128),
    "pedestrian": (64, 64, 0),
    "bicyclist": (0, 128, 192),
}
CLASSES, COLOURS = tuple(PALETTE), tuple(PALETTE.values())
FOLDERS = {"train": "train", "validation": "val", "test": "test"}


def read_camvid(image_size: int | None = None) -> LabelledImages:
    """Reads CamVid from the folder that KERAS_DL_DATA names, in memory.

    Args:
        image_size: height of the images in pixels; None keeps the file's 180×240.

    Returns:
        367 + 101 + 233 frames with classes 0 … 10 and 11 for unlabelled pixels.

    Raises:
        DatasetUnavailable: if there is no such file.
        DatasetError: if it lacks a split or a mask.

    Reference:
        Brostow, Fauqueur and Cipolla, 2009, Semantic object classes in video, Pattern Recognition
        Letters 30(2). Badrinarayanan et al., 2017, SegNet, arXiv:1511.00561, for the split and the
        eleven classes.
    """
    path = _find()
    folders = defaultdict(dict)
    for member in list_image_members(path):
        folders[member.path.parent.name][member.path.stem] = member
    pairs = {}
    for split, folder in FOLDERS.items():
        images, masks = folders[folder], folders[f"{folder}annot"]
        if not images or set(images) != set(masks):
            raise DatasetError(
                f"`dataset` must hold {folder}/ and {folder}annot/ with the same names. "
                f"Received: {len(images)} images and {len(masks)} masks in {path}"
            )
        pairs[split] = [(images[stem], masks[stem]) for stem in sorted(images)]
    size = common_size(pairs, image_size)
    splits, _ = decode_pairs(pairs, size, channels=3)
    parts = splits["train"], splits["validation"], splits["test"]
    return LabelledImages("camvid", str(path), *parts, CLASSES, IGNORE, COLOURS)


def _find() -> Path:
    path = mirror.find("camvid")
    if path is None:
        raise DatasetUnavailable(
            f"`dataset` must be available; put {DATASETS['camvid'].file}, with train/, trainannot/,"
            " val/, valannot/, test/ and testannot/, into the folder that KERAS_DL_DATA names, or "
            "use dataset='shapes' or a folder of your own. Received: dataset='camvid'"
        )
    return path
