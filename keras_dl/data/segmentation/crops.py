"""Crops of large images as training examples."""

import numpy as np

from keras_dl.data.dataset import Data, Split
from keras_dl.data.errors import DatasetError
from keras_dl.data.specs import Masks

__all__ = ["with_crops"]

SEED = 20_260_103  # a constant: the seed of a run must not change its data


def with_crops(data: Data, size: int, per_image: int) -> Data:
    """Replaces the training images by square crops at random places, masks alike.

    Validation and test keep the whole images, of which a fully convolutional network takes any
    size. No crop is without a labelled pixel.

    Args:
        data: images and masks.
        size: side of a crop in pixels; larger than an image it is the shorter side of that.
        per_image: crops of each image.

    Returns:
        The data set with `per_image` times as many training examples; the same in every run.

    Raises:
        DatasetError: if a number is below 1, or an image has no labelled pixel at all.
    """
    if size < 1 or per_image < 1:
        raise DatasetError(
            "`size` and `per_image` must be 1 or more; they are the side of a crop in pixels and "
            f"the number of crops of an image. Received: size={size}, per_image={per_image}"
        )
    images, masks = data.train.x, data.train.y
    ignore = data.targets.ignore if isinstance(data.targets, Masks) else None
    side = min(size, *images.shape[1:3])
    random = np.random.default_rng(SEED)
    parts = []
    for index, mask in enumerate(masks):
        labelled = np.argwhere(mask != ignore)
        if not len(labelled):
            raise DatasetError(
                f"`dataset` must have labelled pixels in every mask. Received: image {index} of "
                f"train in {data.name} without one"
            )
        # Around a labelled pixel, moved inwards at the border.
        centres = labelled[random.integers(0, len(labelled), per_image)]
        starts = np.clip(centres - side // 2, 0, np.subtract(mask.shape, side))
        parts += [(index, top, left) for top, left in starts]
    x = np.stack([images[i, top : top + side, left : left + side] for i, top, left in parts])
    y = np.stack([masks[i, top : top + side, left : left + side] for i, top, left in parts])
    return data.with_splits({"train": Split(x, y)})
