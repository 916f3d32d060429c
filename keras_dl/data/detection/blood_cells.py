"""BCCD: photographs of blood smears with boxes round red and white cells and platelets."""

from pathlib import PurePosixPath

from keras_dl.data.archives import Member, list_image_members
from keras_dl.data.detection.folders import Pairs, pair_images
from keras_dl.data.detection.formats import read_csv
from keras_dl.data.errors import DatasetUnavailable
from keras_dl.data.files import read_regular
from keras_dl.data.registry import DATASETS
from keras_dl.data.sources import mirror

__all__ = ["read_bccd"]

SPLITS = {"train": "train.txt", "validation": "val.txt", "test": "test.txt"}


def read_bccd() -> Pairs:
    """Reads BCCD from the folder that KERAS_DL_DATA names: 205 + 87 + 72 images of 480×640.

    Returns:
        Image file and boxes of each image, by split.

    Raises:
        DatasetUnavailable: if there is no such file.

    Reference:
        Cheng, 2018, BCCD Dataset, github.com/Shenggan/BCCD_Dataset.
    """
    path = mirror.find("bccd")
    if path is None:
        raise DatasetUnavailable(
            f"`dataset` must be available; put {DATASETS['bccd'].file} and its lists into the "
            "folder that KERAS_DL_DATA names, or use dataset='shape_boxes' or a folder of your "
            "own. Received: dataset='bccd'"
        )

    def file(name: str) -> Member:
        return Member(PurePosixPath(name), lambda: read_regular(path.parent / name))

    whole = pair_images(list_image_members(path), read_csv(file("annotations.csv")), path)["train"]
    by_stem = {member.path.stem: (member, image) for member, image in whole}
    return {
        split: [by_stem[stem] for stem in file(name).read().decode().split()]
        for split, name in SPLITS.items()
    }
