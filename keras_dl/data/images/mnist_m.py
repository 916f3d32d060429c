"""MNIST-M: digits blended into patches of photographs."""

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from keras_dl.data.archives import list_image_members
from keras_dl.data.dataset import Data
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.sources import mirror
from keras_dl.data.specs import Images

__all__ = ["blend", "load_photographs", "mnist_m"]


def load_photographs(name: str = "embedded") -> list[np.ndarray]:
    """Loads the photographs that patches are cropped from.

    Args:
        name: "embedded", the two of scikit-learn; "bsds500", the tar file in the folder of that
            name in the mirror; or "auto", BSDS500 if available, else "embedded".

    Returns:
        (height, width, 3) uint8 arrays.

    Raises:
        DatasetUnavailable: if the mirror has no BSDS500.
        ValueError: for another name.
    """
    if name == "auto":
        folder = mirror.find("bsds500")
        name = "bsds500" if folder and any(folder.glob("*.tar")) else "embedded"
    if name == "embedded":
        # scikit-learn takes a second to import.
        from sklearn.datasets import load_sample_images

        return list(load_sample_images().images)
    if name != "bsds500":
        raise ValueError(
            f'`photos` must be "auto", "bsds500" or "embedded". Received: photos={name!r}'
        )
    folder = mirror.find(name)
    archives = sorted(folder.glob("*.tar")) if folder else []
    if not archives:
        raise DatasetUnavailable(
            "`photos` must be available; put a tar file of BSDS500's training images into the "
            'folder bsds500 of the mirror that KERAS_DL_DATA names, or use photos="embedded". '
            f"Received: photos={name!r}"
        )
    files = [io.BytesIO(member.read()) for member in list_image_members(archives[0])]
    return [np.asarray(Image.open(file).convert("RGB")) for file in files]


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


def mnist_m(source: Data, *, photos: str = "embedded", seed: int = 0) -> Data:
    """Returns a set of images blended into photographs; for MNIST the result is MNIST-M.

    The patches differ from those of the paper's files, which are no longer published.

    Args:
        source: grey or coloured images.
        photos: as in `load_photographs`; the paper uses "bsds500".
        seed: of the patches; train, validation and test use different streams.

    Returns:
        The same examples and labels in three channels, named after the source with `_m`.

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
    splits = {
        name: replace(split, x=blend(split.x, patches, seed=3 * seed + i))
        for i, (name, split) in enumerate(source.splits.items())
    }
    return source.with_splits(
        splits,
        name=f"{source.name}_m",
        inputs=Images(),
        source=f"{source.source}, blended into {len(patches)} photographs",
    )
