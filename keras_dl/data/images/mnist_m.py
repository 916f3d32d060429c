"""MNIST-M: digits blended into patches of photographs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from keras_dl.data.dataset import Data
from keras_dl.data.errors import DatasetError
from keras_dl.data.images.photographs import load_photographs
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading import fact
from keras_dl.data.specs import Images

__all__ = ["blend", "mnist_m"]


def blend(images: np.ndarray, photos: Sequence[np.ndarray], *, seed: int) -> np.ndarray:
    """Blends each image into a random patch of a photograph: |patch - image| per pixel.

    Args:
        images: (n, height, width, 1 or 3) pixels 0..255, rounded to uint8.
        photos: (height, width, 3) uint8 each, at least as large as an image.
        seed: of the choice of photographs and of the positions of the patches.

    Returns:
        (n, height, width, 3) uint8.

    Raises:
        ValueError: if a photograph is smaller than an image, or there is none.

    Reference:
        Ganin et al., 2016, Domain-Adversarial Training of Neural Networks, Journal of Machine
        Learning Research 17, section 5.2.4.
    """
    count, height, width = images.shape[:3]
    smallest = min((min(p.shape[0] - height, p.shape[1] - width) for p in photos), default=-1)
    if smallest < 0:
        raise ValueError(
            f"`photos` must hold photographs of at least {height}×{width} pixels. "
            f"Received: shapes {[p.shape for p in photos][:3]}"
        )
    random = np.random.default_rng(seed)
    numbers = random.integers(len(photos), size=count)
    # Positions as shares of the free space: each draw is one number for any photograph's size.
    top, left = random.random((2, count))
    out = np.empty((count, height, width, 3), np.uint8)
    for i, image in enumerate(to_bytes(images)):
        photo = photos[numbers[i]]
        row = int(top[i] * (photo.shape[0] - height + 1))
        column = int(left[i] * (photo.shape[1] - width + 1))
        patch = photo[row : row + height, column : column + width]
        out[i] = np.abs(patch.astype(np.int16) - image)
    return out


def mnist_m(source: Data, *, photos: str = "auto", seed: int = 0) -> Data:
    """Returns a set of images blended into photographs; for MNIST and BSDS500 that is MNIST-M.

    Differences from the paper's files, which are no longer published: other patches, and test
    images have photographs, or parts of them, that train and validation do not have.

    Args:
        source: grey or coloured images.
        photos: as in `load_photographs`.
        seed: of the patches; train, validation and test use different streams.

    Returns:
        The same examples and labels in three channels, named after the source and the photographs:
        "mnist_m", "digits_two_photos".

    Raises:
        DatasetError: if `source` holds no images.
        DatasetUnavailable: if the photographs are not available.
        ValueError: for an unknown `photos`.
    """
    if not isinstance(source.inputs, Images):
        raise DatasetError(
            "`source` must hold images to be blended. "
            f"Received: {source.name!r}, {type(source.inputs).__name__}"
        )
    patches = load_photographs(photos)
    splits = {}
    for stream, (name, split) in enumerate(source.splits.items()):
        own = patches.test if name == "test" else patches.train
        splits[name] = replace(split, x=blend(split.x, own, seed=3 * seed + stream))
    fact("photographs", str(patches))
    return source.with_splits(
        splits,
        name=f"{source.name}_{patches.suffix}",
        inputs=Images(),
        source=f"{source.source}, blended into {patches}",
    )
