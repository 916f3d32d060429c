"""MNIST-M: digits blended into patches of photographs."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from keras_dl.data.archives import image_members
from keras_dl.data.dataset import SPLITS, Data, Split
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.sources import mirror
from keras_dl.data.specs import Images

__all__ = ["blended", "mnist_m", "photographs"]


def photographs(name: str = "embedded") -> list[np.ndarray]:
    """Photographs to cut patches from.

    Args:
        name: "embedded", the two of scikit-learn; "bsds500", those of which the mirror has a tar
            file in a folder of that name; or "auto", these where they are at hand, else those.

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
            "`photos` must be at hand; put a tar file of BSDS500's training images into the folder "
            'bsds500 of the mirror that KERAS_DL_DATA names, or take photos="embedded". '
            f"Received: photos={name!r}"
        )
    files = [io.BytesIO(member.read()) for member in image_members(archives[0])]
    return [np.asarray(Image.open(file).convert("RGB")) for file in files]


def blended(images: np.ndarray, photos: Sequence[np.ndarray], *, seed: int) -> np.ndarray:
    """Each image's distance to a patch of a photograph, pixel by pixel: |patch - image|.

    Args:
        images: (n, height, width, 1 or 3) uint8.
        photos: (height, width, 3) uint8 each, at least as large as an image.
        seed: of the photographs and of the places of the patches.

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
    chosen = random.integers(len(photos), size=count)
    # Shares of the free space, so that each draw is one number whatever the photograph's size.
    top, left = random.random((2, count))
    out = np.empty((count, height, width, 3), np.uint8)
    for i, image in enumerate(images):
        photo = photos[chosen[i]]
        row = int(top[i] * (photo.shape[0] - height + 1))
        column = int(left[i] * (photo.shape[1] - width + 1))
        patch = photo[row : row + height, column : column + width]
        out[i] = np.abs(patch.astype(np.int16) - image)
    return out


def mnist_m(source: Data, *, photos: str = "embedded", seed: int = 0) -> Data:
    """A set of images blended into photographs; of MNIST it is MNIST-M.

    Not the files of the paper, which are no longer offered: other patches, the same making.

    Args:
        source: grey or coloured images.
        photos: as in `photographs`; the paper's are "bsds500".
        seed: of the patches; train, validation and test have their own.

    Returns:
        The same examples and labels in three channels, named after the source with `_m`.

    Raises:
        DatasetError: if `source` holds no images.
        DatasetUnavailable, ValueError: if there are no such photographs.
    """
    if not isinstance(source.inputs, Images):
        raise DatasetError(
            f"`source` must hold images to be blended. Received: {source.name!r}, {type(source.inputs).__name__}"
        )
    patches = photographs(photos)
    splits = {
        name: Split(blended(split.x, patches, seed=3 * seed + i), split.y)
        for i, (name, split) in enumerate((name, getattr(source, name)) for name in SPLITS)
    }
    return source.with_splits(
        splits,
        name=f"{source.name}_m",
        source=f"{source.source}, blended into {len(patches)} photographs",
    )
