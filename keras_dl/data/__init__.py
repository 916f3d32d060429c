"""Data sets in memory: from a name, a path or arrays, with train, validation and test splits.

Importing this package loads neither Keras nor TensorFlow, scikit-learn or TensorFlow Datasets; the
functions that need them import them. Batches for `fit` are in `keras_dl.backend.batches`.
"""

from keras_dl.data.dataset import Data, Split, digest
from keras_dl.data.errors import DatasetError, DatasetUnavailable, DatasetWarning
from keras_dl.data.images.folders import read_images
from keras_dl.data.loading import describe, load
from keras_dl.data.locations import describe_locations
from keras_dl.data.scaling import with_scaling
from keras_dl.data.serialization import Preprocessor, register_preprocessor
from keras_dl.data.sources.lookup import prepare
from keras_dl.data.specs import (
    BestPlay,
    Boards,
    Boxes,
    Classes,
    Features,
    FrameStates,
    Images,
    Masks,
    Nodes,
    NoTargets,
    Spectrograms,
    Tokens,
    Transcripts,
    Values,
)

__all__ = [
    "BestPlay",
    "Boards",
    "Boxes",
    "Classes",
    "Data",
    "DatasetError",
    "DatasetUnavailable",
    "DatasetWarning",
    "Features",
    "FrameStates",
    "Images",
    "Masks",
    "NoTargets",
    "Nodes",
    "Preprocessor",
    "Spectrograms",
    "Split",
    "Tokens",
    "Transcripts",
    "Values",
    "describe",
    "describe_locations",
    "digest",
    "load",
    "prepare",
    "read_images",
    "register_preprocessor",
    "with_scaling",
]
