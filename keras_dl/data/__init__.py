"""Data sets in memory: from a name, a path or arrays, cut into train, validation and test.

Importing this package loads neither Keras nor TensorFlow, scikit-learn or TensorFlow Datasets; the
functions that need them do. The feed for `fit` stands apart in `keras_dl.data.batches`.
"""

from keras_dl.data.core import Data, Split, digest
from keras_dl.data.errors import DatasetError, DatasetUnavailable
from keras_dl.data.folders import read_images
from keras_dl.data.loading import describe, load
from keras_dl.data.places import where
from keras_dl.data.scaling import scaled
from keras_dl.data.sources import prepare

__all__ = [
    "Data",
    "DatasetError",
    "DatasetUnavailable",
    "Split",
    "describe",
    "digest",
    "load",
    "prepare",
    "read_images",
    "scaled",
    "where",
]
