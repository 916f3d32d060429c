"""Data sets that scikit-learn includes in its package; no download."""

from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.data.dataset import Raw
from keras_dl.data.specs import Features

__all__ = ["folder", "read"]

# Images are 8×8 with grey levels 0..16, mapped to 0..255.
DIGITS_LEVELS = 16


def read(name: str) -> Raw:
    """Reads digits, iris, wine, breast_cancer or diabetes.

    Digits are (8, 8) uint8, levels 0..16 mapped to 0..255; diabetes is a regression with features
    in their own units.

    Args:
        name: of the data set.
    """
    # scikit-learn takes a second to import; only these sets need it.
    from sklearn import datasets

    source = "embedded in scikit-learn"
    bunch: Any
    if name == "digits":
        bunch = datasets.load_digits()
        x = np.rint(bunch.images * 255 / DIGITS_LEVELS).astype(np.uint8)
        return Raw(name, source, (x, bunch.target), class_names=tuple("0123456789"))
    if name == "diabetes":
        bunch = datasets.load_diabetes(scaled=False)
        features = _features(bunch)
        return Raw(name, source, (bunch.data, bunch.target), task="regression", features=features)
    loaders = {
        "iris": datasets.load_iris,
        "wine": datasets.load_wine,
        "breast_cancer": datasets.load_breast_cancer,
    }
    bunch = loaders[name]()
    names = tuple(str(n) for n in bunch.target_names)
    features = _features(bunch)
    return Raw(name, source, (bunch.data, bunch.target), class_names=names, features=features)


def _features(bunch: Any) -> Features:
    return Features(tuple(map(str, bunch.feature_names)), tuple(range(len(bunch.feature_names))))


def folder(name: str) -> Path:
    """Returns the folder of the files in scikit-learn, for "topics" in Python, without imports."""
    from importlib.util import find_spec

    package = "pydoc_data" if name == "topics" else "sklearn"
    spec = find_spec(package)
    home = Path(spec.origin if spec and spec.origin else package).parent
    return home if name == "topics" else home / "datasets" / "data"
