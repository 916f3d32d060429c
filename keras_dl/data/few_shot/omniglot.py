"""Omniglot: 1,623 characters of 50 alphabets, each drawn by 20 people."""

import numpy as np

from keras_dl.data.arrays import read_npz
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.few_shot.images import ClassImages, FewShotImages, divide_classes
from keras_dl.data.sources import mirror

__all__ = ["FILE", "omniglot"]

FILE = "omniglot_28x28.npz"
VALIDATION_ALPHABETS = 1 / 6  # of the 30 background alphabets


def omniglot() -> FewShotImages:
    """Reads Omniglot at 28×28 pixels; ink is 255, paper 0.

    Test is the official evaluation set of 20 alphabets (659 characters). The official background
    set of 30 alphabets is divided by alphabet into train (25) and validation (5).

    Returns:
        The images, with classes named "alphabet/character01" as in the original folders.

    Raises:
        DatasetUnavailable: if the mirror has no file omniglot/omniglot_28x28.npz.
        DatasetError: if the file lacks an array.

    Reference:
        Lake, Salakhutdinov and Tenenbaum, 2015, Human-level concept learning through probabilistic
        program induction, Science 350.
    """
    folder = mirror.find("omniglot")
    if folder is None or not (folder / FILE).exists():
        raise DatasetUnavailable(
            f"`dataset` must be available; put {FILE} into the folder omniglot of the mirror that "
            "KERAS_DL_DATA names, or pass a folder of images by class, or dataset='glyphs', which "
            "is generated. Received: dataset='omniglot'"
        )
    path = folder / FILE
    arrays = read_npz(path)
    background, test = (_read(arrays, p, str(path)) for p in ("background", "evaluation"))
    train, validation = divide_classes(background, share=VALIDATION_ALPHABETS, whole_groups=True)
    splits = {"train": train, "validation": validation, "test": test}
    return FewShotImages("omniglot", str(path), splits)


def _read(arrays: dict[str, np.ndarray], part: str, source: str) -> ClassImages:
    """Images of one official set; the alphabets are the groups."""
    keys = [f"{name}_{part}" for name in ("x", "y", "alphabet", "alphabet_names")]
    if missing := [key for key in keys if key not in arrays]:
        raise DatasetError(
            f"`dataset` must have the arrays {', '.join(keys)}. "
            f"Received: no {', '.join(missing)} in {source}"
        )
    x, y, alphabet, names = (arrays[key] for key in keys)
    _, first = np.unique(y, return_index=True)
    alphabets = [str(names[alphabet[row]]) for row in first]
    characters = [
        f"{name}/character{alphabets[: number + 1].count(name):02d}"
        for number, name in enumerate(alphabets)
    ]
    images = (x[..., None] * np.uint8(255)).astype(np.uint8)
    return ClassImages(images, y.astype(np.int32), tuple(characters), groups=tuple(alphabets))
