"""Learning of visual words: whitening and k-means of random patches."""

from typing import Any

import keras
import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.specs import Features
from keras_dl.layers.visual_words import VisualWords, normalized_patches

__all__ = ["encode_words", "learn_words", "set_statistics"]

PATCHES = 100_000  # at most; the centroids of more are hardly others


def learn_words(
    layer: VisualWords, images: np.ndarray, *, seed: int = 0, regularization: float = 0.1
) -> None:
    """Sets whitening and centroids of a layer from random patches of images.

    Args:
        layer: built; changed in place.
        images: (n, height, width, channels) floats in [0, 1].
        seed: of the patches and of k-means.
        regularization: number that is added to the eigenvalues of the patches' covariance.

    Raises:
        ValueError: if there are fewer patches than words.

    Reference:
        Coates, Lee and Ng, 2011, section 3.1. Sculley, 2010, Web-Scale K-Means Clustering, for the
        mini-batches.
    """
    # scikit-learn takes a second to import.
    from sklearn.cluster import MiniBatchKMeans

    patches = _sample(images, layer, seed)
    if len(patches) < layer.words:
        raise ValueError(
            f"`words` must be at most the number of patches, {len(patches)}. "
            f"Received: words={layer.words}"
        )
    mean = patches.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(patches - mean, rowvar=False))
    whitening = (vectors / np.sqrt(np.maximum(values, 0) + regularization)) @ vectors.T
    white = ((patches - mean) @ whitening).astype("float32")
    options: dict[str, Any] = {"batch_size": 4096, "max_iter": 20, "n_init": 1}
    means = MiniBatchKMeans(layer.words, random_state=seed, **options).fit(white)
    layer.set_weights([mean, whitening, means.cluster_centers_])


def _sample(images: np.ndarray, layer: VisualWords, seed: int) -> np.ndarray:
    """Returns normalized patches at random places, (count, length)."""
    random = np.random.default_rng(seed)
    count = min(PATCHES, 40 * len(images))
    height, width, channels = images.shape[1:]
    numbers = random.integers(len(images), size=count)
    top = random.integers(height - layer.size + 1, size=count)
    left = random.integers(width - layer.size + 1, size=count)
    cut = np.empty((count, layer.size, layer.size, channels), "float32")
    for i, (n, t, s) in enumerate(zip(numbers, top, left, strict=True)):
        cut[i] = images[n, t : t + layer.size, s : s + layer.size]
    flat = normalized_patches(keras.ops.convert_to_tensor(cut), layer.size, 1, layer.contrast)
    return np.asarray(keras.ops.convert_to_numpy(flat), "float64").reshape(count, -1)


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
