"""The net whose features stand in for Inception's: LeNet-5, trained on the data set itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_dl import settings
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.models.lenet import lenet5
from keras_dl.utils.files import atomic_path

__all__ = ["feature_net", "looked_at", "with_feature_extractor"]

STEPS = 1200  # of training; on MNIST 98.8 % of the test images are then right
SMALLEST = 28  # pixels a side that LeNet takes
VARIANCE = 100.0  # of all features together, over train: a distance of 1 is a hundredth of it
VERSION = 1  # of what is kept in files; another number means another net


def feature_net(data: Data) -> keras.Model:
    """A classifier of the data's own images, whose last hidden layer gives the features.

    It is trained once, always with the same seed, and kept in a file named after the data's digest
    in `keras_dl.settings.cache_folder()`. The features are shifted and scaled by one number so that
    over train their means are 0 and their variances add up to 100: the Fréchet distance of a
    generator that makes the mean image's features again and again is 100.

    Distances in its features are no FID: they may be compared within one data set, with values
    from the same net only.

    Args:
        data: labelled images; train is learnt from.

    Returns:
        A model from pixels 0..255 (batch, height, width, channels) to "features" (batch, 84) and
        "logits" (batch, classes).

    Raises:
        ValueError: if `data` holds no labelled images, or the folder cannot be written.
    """
    if data.kind != "image" or data.num_classes < 2:
        raise ValueError(
            "`dataset` must hold images of two classes or more; a classifier judges what is made. "
            f"Received: dataset={data.name!r}, {data.kind} with {data.num_classes} classes"
        )
    path = settings.cache_folder() / f"feature_net-{VERSION}-{data.digest[:32]}.keras"
    if not path.is_file():
        _keep(_trained(data), path)
    # Always from the file, so that the first run has the very net of the later ones.
    found: Any = keras.saving.load_model(path, compile=False)
    found.trainable = False
    return found


def with_feature_extractor(data: Data) -> Data:
    """The same data, with the net of `feature_net` among its extras as "feature_extractor".

    Made along with the data and not with the model: training it draws random numbers.

    Args:
        data: labelled images.

    Raises:
        ValueError: as `feature_net` does.
    """
    return replace(data, extras={**data.extras, "feature_extractor": feature_net(data)})


def looked_at(net: Any, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features and classes of images.

    Args:
        net: as `feature_net` gives it.
        images: (n, height, width, channels) pixels 0..255.

    Returns:
        Features (n, dim) float32, and class numbers (n,).
    """
    seen = outputs(net, images)
    return seen["features"], seen["logits"].argmax(axis=1)


def _trained(data: Data) -> keras.Model:
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
    classifier.fit(_drawn(data), steps_per_epoch=STEPS, shuffle=False, verbose=0)
    half: Any = keras.Model(pixels, hidden)
    found = half.predict(data.train.x, batch_size=256, verbose=0)
    spread = float(found.var(axis=0, dtype="float64").sum()) / VARIANCE
    normal: Any = keras.layers.Normalization(
        mean=found.mean(axis=0, dtype="float64").tolist(),
        variance=[spread] * found.shape[1],
        name="features",
    )
    outputs: Any = {"features": normal(hidden), "logits": logits}
    return keras.Model(pixels, outputs, name="feature_net")


def _drawn(data: Data) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(0)
    while True:
        order = random.permutation(len(data.train.x))
        for rows in (order[i : i + 128] for i in range(0, len(order), 128)):
            yield data.train.x[rows], data.train.y[rows]


def _keep(net: keras.Model, path: Path) -> None:
    """Writes the file whole or not at all: several processes may be at it."""
    try:
        with atomic_path(path) as part:
            net.save(part)
    except PermissionError as error:
        raise ValueError(
            "`KERAS_DL_CACHE` must name a folder that can be written; the classifier that judges "
            f"images is kept there. Received: {path.parent} ({error.strerror})"
        ) from None
