"""Feature extractor for image metrics: LeNet-5 trained on the data set itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl import settings
from keras_dl.backend.inference import outputs
from keras_dl.backend.random_state import random_state, set_random_state
from keras_dl.data import Data, Images
from keras_dl.models.lenet import lenet5
from keras_dl.utils.files import atomic_path

__all__ = [
    "feature_extractor",
    "features_and_classes",
    "train_feature_extractor",
    "with_feature_extractor",
]

STEPS = 1200  # training steps; on MNIST they reach 98.8 % test accuracy
SMALLEST = 28  # smallest side of LeNet's input, in pixels
VARIANCE = 100.0  # total variance of the features over train: a distance of 1 is a hundredth of it
VERSION = 2  # of the cached files; incremented when the network changes


def feature_extractor(data: Data) -> keras.Model:
    """Returns an untrained classifier of the images whose last hidden layer gives the features.

    `train_feature_extractor` trains it. Features are centred and scaled by one factor so that over
    train their means are 0 and their variances sum to 100: a generator whose images all have the
    mean features has Fréchet distance 100.

    Distances of its features are not the FID: they are comparable within one data set only, for
    one feature extractor.

    Args:
        data: labelled images.

    Returns:
        A model from pixels in 0 … 255 (batch, height, width, channels) to "features" (batch, 84)
        and "logits" (batch, classes).

    Raises:
        ValueError: if `data` holds no labelled images.
    """
    if not isinstance(data.inputs, Images) or data.num_classes < 2:
        raise ValueError(
            "`dataset` must hold images of two classes or more; a classifier gives the features. "
            f"Received: dataset={data.name!r}, {type(data.inputs).__name__} of {data.num_classes} "
            "classes"
        )
    shape = (*(max(side, SMALLEST) for side in data.input_shape[:2]), data.input_shape[2])
    net = lenet5(shape, data.num_classes, activation="relu", pooling="max")
    pixels = keras.Input(data.input_shape, name="pixels")
    x = keras.layers.Rescaling(1 / 255, name="scaling")(pixels)
    if shape != data.input_shape:
        x = keras.layers.Resizing(shape[0], shape[1], name="enlarged")(x)
    both = keras.Model(net.input, [net.get_layer("f6").output, net.output], name="lenet5")
    hidden, logits = both(x)
    normal = keras.layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-12, name="features"
    )
    outputs: Any = {"features": normal(hidden, training=False), "logits": logits}
    extractor = keras.Model(pixels, outputs, name="feature_extractor")
    extractor.trainable = False
    return extractor


def with_feature_extractor(data: Data) -> Data:
    """Returns the data with an untrained feature extractor in `extras["feature_extractor"]`.

    Args:
        data: labelled images.

    Raises:
        ValueError: as `feature_extractor` does.
    """
    return replace(data, extras={**data.extras, "feature_extractor": feature_extractor(data)})


def train_feature_extractor(extractor: keras.Model, data: Data) -> None:
    """Trains a feature extractor, once for each data set: the weights are cached.

    The seed is fixed, and the file in `keras_dl.settings.cache_folder()` is named after the data's
    digest, so that all trainings on a data set are measured by the same network.

    Args:
        extractor: model of `feature_extractor`; its weights are replaced.
        data: labelled images; train is the training set.

    Raises:
        ValueError: if the folder cannot be written.
    """
    name = f"feature_extractor-{VERSION}-{data.digest[:32]}.npz"
    path = settings.cache_folder() / name
    if not path.is_file():
        _save(_train(data), path)
    # Always loaded from the file, so that the first run uses the weights of later ones.
    with np.load(path, allow_pickle=False) as weights:
        extractor.set_weights([weights[name] for name in weights.files])


def features_and_classes(net: keras.Model, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Computes features and predicted classes of images.

    Args:
        net: a trained model of `feature_extractor`.
        images: pixels in 0 … 255, (n, height, width, channels).

    Returns:
        Features (n, dim) float32, and class numbers (n,).
    """
    results = outputs(net, images)
    return results["features"], results["logits"].argmax(axis=1)


def _train(data: Data) -> keras.Model:
    state = random_state()
    keras.utils.set_random_seed(0)
    extractor = feature_extractor(data)
    extractor.trainable = True
    results: Any = extractor.output
    classifier: Any = keras.Model(extractor.input, results["logits"])
    rate: Any = keras.optimizers.schedules.CosineDecay(2e-3, STEPS)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    classifier.fit(_batches(data), steps_per_epoch=STEPS, shuffle=False, verbose=0)
    normal = extractor.get_layer("features")
    half: Any = keras.Model(extractor.input, normal.input)
    features = half.predict(data.train.x, batch_size=256, verbose=0)
    spread = float(features.var(axis=0, dtype="float64").sum()) / VARIANCE
    means = features.mean(axis=0, dtype="float64")
    normal.set_weights([means, np.full_like(means, spread)])
    set_random_state(state)
    return extractor


def _batches(data: Data) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(0)
    while True:
        order = random.permutation(len(data.train.x))
        for rows in (order[i : i + 128] for i in range(0, len(order), 128)):
            yield data.train.x[rows], data.train.y[rows]


def _save(extractor: keras.Model, path: Path) -> None:
    """Writes the weights atomically: several processes may write them."""
    try:
        with atomic_path(path) as part:
            np.savez(part, *extractor.get_weights())
    except PermissionError as error:
        raise ValueError(
            "`KERAS_DL_CACHE` must name a folder that can be written; the feature extractor of "
            f"images is cached there. Received: {path.parent} ({error.strerror})"
        ) from None
