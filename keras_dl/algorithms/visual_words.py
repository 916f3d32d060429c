"""Learning of visual words: whitening of random patches, and k-means."""

from typing import Any

import keras
import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.specs import Features
from keras_dl.layers.visual_words import VisualWords

__all__ = ["encode_words", "learn_words", "set_statistics"]

DESCRIPTORS = 100_000  # at most; the centroids of more are hardly others
BATCH = 16  # images whose descriptors lie in memory together


def learn_words(
    layer: VisualWords, images: np.ndarray, *, seed: int = 0, regularization: float = 0.1
) -> None:
    """Sets whitening and centroids of a layer from random patches or descriptors of images.

    Args:
        layer: built; changed in place.
        images: (n, height, width, channels) floats in [0, 1].
        seed: of their places and of k-means.
        regularization: number that is added to the eigenvalues of the patches' covariance.

    Raises:
        ValueError: if there are fewer descriptors than words.

    Reference:
        Coates, Lee and Ng, 2011, section 3.1. Sculley, 2010, Web-Scale K-Means Clustering, for the
        mini-batches.
    """
    # scikit-learn takes a second to import.
    from sklearn.cluster import MiniBatchKMeans

    descriptors = _sample(images, layer, seed)
    if len(descriptors) < layer.words:
        raise ValueError(
            f"`words` must be at most the number of descriptors, {len(descriptors)}. "
            f"Received: words={layer.words}"
        )
    mean, whitening = np.zeros(descriptors.shape[1]), np.eye(descriptors.shape[1])
    if layer.descriptor == "patches":
        mean = descriptors.mean(axis=0)
        values, vectors = np.linalg.eigh(np.cov(descriptors - mean, rowvar=False))
        whitening = (vectors / np.sqrt(np.maximum(values, 0) + regularization)) @ vectors.T
    white = ((descriptors - mean) @ whitening).astype("float32")
    options: dict[str, Any] = {"batch_size": 4096, "max_iter": 20, "n_init": 1}
    means = MiniBatchKMeans(layer.words, random_state=seed, **options).fit(white)
    layer.set_weights([mean, whitening, means.cluster_centers_])


def _sample(images: np.ndarray, layer: VisualWords, seed: int) -> np.ndarray:
    """Returns descriptors of random images at random places, (count, length)."""
    random = np.random.default_rng(seed)
    each = -(-min(DESCRIPTORS, 40 * len(images)) // len(images))
    parts = []
    for start in range(0, len(images), BATCH):
        batch = keras.ops.convert_to_tensor(images[start : start + BATCH])
        every = np.asarray(keras.ops.convert_to_numpy(layer.describe(batch)), "float64")
        every = every.reshape(len(every), -1, every.shape[-1])
        rows = random.integers(every.shape[1], size=(len(every), each))
        parts.append(
            np.take_along_axis(every, rows[..., None], axis=1).reshape(-1, every.shape[-1])
        )
    return np.concatenate(parts)


def encode_words(model: keras.Model, data: Data) -> Data:
    """Returns the words of all examples as a data set with the same targets.

    Args:
        model: from raw examples to amounts (n, length).
        data: images with classes.
    """
    return data.with_splits(
        {
            name: Split(np.asarray(outputs(model, split.x, 64)), split.y, split.sample_weight)
            for name, split in data.splits.items()
        },
        inputs=Features(),
        preprocessor=None,
    )


def set_statistics(layer: keras.layers.BatchNormalization, codes: np.ndarray) -> None:
    """Gives a frozen normalization mean and variance of codes, (n, length)."""
    layer.set_weights([codes.mean(axis=0, dtype="float64"), codes.var(axis=0, dtype="float64")])
