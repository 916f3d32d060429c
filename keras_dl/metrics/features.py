"""Feature extractor for image metrics: LeNet-5 trained on the data set itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl import settings
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Images
from keras_dl.models.lenet import lenet5
from keras_dl.utils.files import atomic_path

__all__ = ["feature_net", "looked_at", "with_feature_extractor"]

STEPS = 1200  # training steps; on MNIST they reach 98.8 % test accuracy
SMALLEST = 28  # smallest side of LeNet's input, in pixels
VARIANCE = 100.0  # total variance of the features over train: a distance of 1 is a hundredth of it
VERSION = 1  # of the cached files; incremented when the network changes


def feature_net(data: Data) -> keras.Model:
    """Returns a classifier of the images whose last hidden layer gives the features.

    It is trained once with a fixed seed and cached in a file named after the data's digest in
    `keras_dl.settings.cache_folder()`. Features are centred and scaled by one factor so that over
    train their means are 0 and their variances sum to 100: a generator whose images all have the
    mean features has Fréchet distance 100.

    Distances of its features are not the FID: they are comparable within one data set only, for
    one feature extractor.

    Args:
        data: labelled images; train is the training set.

    Returns:
        A model from pixels in 0 … 255 (batch, height, width, channels) to "features" (batch, 84)
        and "logits" (batch, classes).

    Raises:
        ValueError: if `data` holds no labelled images, or the folder cannot be written.
    """
    if not isinstance(data.inputs, Images) or data.num_classes < 2:
        raise ValueError(
            "`dataset` must hold images of two classes or more; a classifier gives the features. "
            f"Received: dataset={data.name!r}, {type(data.inputs).__name__} of {data.num_classes} "
            "classes"
        )
    path = settings.cache_folder() / f"feature_net-{VERSION}-{data.digest[:32]}.keras"
    if not path.is_file():
        _save(_train(data), path)
    # Always loaded from the file, so that the first run uses the weights of later ones.
    net: Any = keras.saving.load_model(path, compile=False)
    net.trainable = False
    return net


def with_feature_extractor(data: Data) -> Data:
    """The same data, with the net of `feature_net` among its extras as "feature_extractor".

    Made along with the data and not with the model: training it draws random numbers.

    Args:
        data: labelled images.

    Raises:
        ValueError: as `feature_net` does.
    """
    return replace(data, extras={**data.extras, "feature_extractor": feature_net(data)})


def looked_at(net: keras.Model, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Computes features and predicted classes of images.

    Args:
        net: model of `feature_net`.
        images: pixels in 0 … 255, (n, height, width, channels).

    Returns:
        Features (n, dim) float32, and class numbers (n,).
    """
    results = outputs(net, images)
    return results["features"], results["logits"].argmax(axis=1)


def _train(data: Data) -> keras.Model:
    keras.utils.set_random_seed(0)
    shape = (*(max(side, SMALLEST) for side in data.input_shape[:2]), data.input_shape[2])
    net = lenet5(shape, data.num_classes, activation="relu", pooling="max")
    pixels = keras.Input(data.input_shape, name="pixels")
    x = keras.layers.Rescaling(1 / 255, name="scaling")(pixels)
    if shape != data.input_shape:
        x = keras.layers.Resizing(shape[0], shape[1], name="enlarged")(x)
    both = keras.Model(net.input, [net.get_layer("f6").output, net.output], name="lenet5")
    hidden, logits = both(x)
    classifier: Any = keras.Model(pixels, logits)
    rate: Any = keras.optimizers.schedules.CosineDecay(2e-3, STEPS)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    classifier.fit(_batches(data), steps_per_epoch=STEPS, shuffle=False, verbose=0)
    half: Any = keras.Model(pixels, hidden)
    features = half.predict(data.train.x, batch_size=256, verbose=0)
    spread = float(features.var(axis=0, dtype="float64").sum()) / VARIANCE
    normal: Any = keras.layers.Normalization(
        mean=features.mean(axis=0, dtype="float64").tolist(),
        variance=[spread] * features.shape[1],
        name="features",
    )
    outputs: Any = {"features": normal(hidden), "logits": logits}
    return keras.Model(pixels, outputs, name="feature_net")


def _batches(data: Data) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(0)
    while True:
        order = random.permutation(len(data.train.x))
        for rows in (order[i : i + 128] for i in range(0, len(order), 128)):
            yield data.train.x[rows], data.train.y[rows]


def _save(net: keras.Model, path: Path) -> None:
    """Writes the file atomically: several processes may write it."""
    try:
        with atomic_path(path) as part:
            net.save(part)
    except PermissionError as error:
        raise ValueError(
            "`KERAS_DL_CACHE` must name a folder that can be written; the feature extractor of "
            f"images is cached there. Received: {path.parent} ({error.strerror})"
        ) from None
