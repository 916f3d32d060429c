"""Photographs that images are blended into: BSDS500, or the two of scikit-learn."""

import hashlib
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_dl.data.archives import list_image_members
from keras_dl.data.errors import DatasetUnavailable
from keras_dl.data.reading import notice
from keras_dl.data.sources import mirror

__all__ = ["Photographs", "load_photographs", "separate"]

# The 200 training photographs of BSDS500 at half size, as `Photographs.digest` has it: the set that
# is called MNIST-M here.
BSDS500 = "f0988b3f1f61a9624e1c6bbad915febbd2c67a7b577c7a3bd21e6a34548b8f27"
TEST_SHARE = 5  # one photograph in five, or a fifth of the width of each


class Photographs(NamedTuple):
    """Photographs, those of train and validation apart from those of test.

    Attributes:
        suffix: of the name of a data set that is blended into them: "m" for BSDS500's, "m_" and
            eight digits of the digest for other files, "two_photos" for scikit-learn's.
        digest: sha256 over the sorted sha256 of the files, 64 hex digits.
        train: (height, width, 3) uint8 arrays.
        test: the same, without a pixel in common.
    """

    suffix: str
    digest: str
    train: Sequence[np.ndarray]
    test: Sequence[np.ndarray]

    def __str__(self) -> str:
        count = len(self.train) + len(self.test)
        parts = f"{len(self.train)} for train and validation, {len(self.test)} for test"
        if self.suffix == "two_photos":
            count, parts = len(self.train), "their right fifths for test"
        return f"{count} photographs ({parts}; sha256 {self.digest[:8]})"


def load_photographs(name: str = "auto") -> Photographs:
    """Loads the photographs that patches are cropped from.

    Args:
        name: "embedded", the two of scikit-learn; "bsds500", the tar file in the folder of that
            name in the mirror; or "auto", BSDS500 if available, else "embedded" with a notice.

    Raises:
        DatasetUnavailable: if the mirror has no BSDS500.
        ValueError: for another name.
    """
    if name not in ("auto", "bsds500", "embedded"):
        raise ValueError(
            f'`photos` must be "auto", "bsds500" or "embedded". Received: photos={name!r}'
        )
    folder = mirror.find("bsds500")
    archives = sorted(folder.glob("*.tar")) if folder else []
    if name == "auto" and not archives:
        notice("The mirror has no photographs of BSDS500; the two of scikit-learn replace them.")
        name = "embedded"
    if name == "embedded":
        return _embedded()
    if not archives:
        raise DatasetUnavailable(
            "`photos` must be available; put a tar file of BSDS500's training images into the "
            'folder bsds500 of the mirror that KERAS_DL_DATA names, or use photos="embedded". '
            f"Received: photos={name!r}"
        )
    # Sorted by content: names and order of the files in the archive have no effect.
    files = sorted(
        (hashlib.sha256(content).hexdigest(), content)
        for content in (member.read() for member in list_image_members(archives[0]))
    )
    digest = hashlib.sha256("".join(own for own, _ in files).encode()).hexdigest()
    photos = [np.asarray(Image.open(io.BytesIO(file)).convert("RGB")) for _, file in files]
    suffix = "m" if digest == BSDS500 else f"m_{digest[:8]}"
    return Photographs(suffix, digest, *separate(photos))


def _embedded() -> Photographs:
    # scikit-learn takes a second to import.
    from sklearn.datasets import load_sample_images

    photos = list(load_sample_images().images)
    shas = sorted(hashlib.sha256(photo.tobytes()).hexdigest() for photo in photos)
    digest = hashlib.sha256("".join(shas).encode()).hexdigest()
    return Photographs("two_photos", digest, *separate(photos))


def separate(photos: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Returns photographs for training and for test: every fifth, or the right fifth of each.

    Args:
        photos: (height, width, 3) uint8 arrays; fewer than five are cut.
    """
    if len(photos) >= TEST_SHARE:
        test = list(photos[TEST_SHARE - 1 :: TEST_SHARE])
        return [p for i, p in enumerate(photos) if i % TEST_SHARE != TEST_SHARE - 1], test
    columns = [photo.shape[1] * (TEST_SHARE - 1) // TEST_SHARE for photo in photos]
    pairs = list(zip(photos, columns, strict=True))
    return [p[:, :column] for p, column in pairs], [p[:, column:] for p, column in pairs]
