"""Boxes as annotation files state them, before they become a data set."""

from typing import NamedTuple

import numpy as np

from keras_dl.data.errors import DatasetError
from keras_dl.data.reading import notice
from keras_dl.utils.text import list_first, plural

__all__ = ["Annotated", "check_boxes"]


class Annotated(NamedTuple):
    """The boxes of one image.

    Attributes:
        file: name of the image file as the annotation has it.
        boxes: (n, 4) as (left, top, right, bottom) in pixels of the file.
        labels: name of the class of each box.
    """

    file: str
    boxes: np.ndarray
    labels: tuple[str, ...]


def check_boxes(images: list[Annotated], source: str) -> list[Annotated]:
    """Leaves out boxes without area, with a notice, and refuses what cannot be a box.

    Args:
        images: as read.
        source: name of the annotation file, for messages.

    Returns:
        The images with boxes of positive area.

    Raises:
        DatasetError: if a number is not finite, a right edge is left of its left edge, or there is
            no box at all.
    """
    retained, flat = [], []
    for image in images:
        sides = image.boxes[:, 2:] - image.boxes[:, :2]
        if not np.isfinite(image.boxes).all() or (sides < 0).any():
            worst = image.boxes[~np.isfinite(image.boxes).all(axis=1) | (sides < 0).any(axis=1)][0]
            raise DatasetError(
                "`dataset` must have boxes of finite numbers, left before right and top before "
                f"bottom. Received: {worst.tolist()} of {image.file} in {source}"
            )
        full = np.min(sides, axis=1, initial=np.inf) > 0
        flat += [image.file] * int((~full).sum())
        labels = tuple(label for label, keep in zip(image.labels, full, strict=True) if keep)
        retained.append(Annotated(image.file, image.boxes[full], labels))
    if not any(len(image.boxes) for image in retained):
        raise DatasetError(f"`dataset` must have a box with an area. Received: none in {source}")
    if flat:
        notice(
            f"{plural(len(flat), 'box has', 'boxes have')} no area and "
            f"{'is' if len(flat) == 1 else 'are'} left out, of {list_first(sorted(set(flat)))}."
        )
    return retained
