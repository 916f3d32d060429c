"""What recipes report of a trained classifier, and what a report of their own can build on."""

from typing import Any

import keras
import numpy as np
from scipy.special import softmax

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.utils.layers import leaf_layers

__all__ = ["compile_classifier", "first_kernel", "probabilities", "report_classification"]


def probabilities(model: Any, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """Class probabilities of raw examples.

    Args:
        model: gives logits (n, classes).
        x: raw examples (n, …).
        batch_size: examples at a time.

    Returns:
        (n, classes) float32, each row adding up to 1.
    """
    logits = outputs(model, x, batch_size)
    return softmax(np.asarray(logits, dtype="float32"), axis=-1)


def report_classification(model: Any, data: Data) -> dict[str, Any]:
    """Figures of a classifier on the test set: confusion matrix, mistakes, first-layer filters.

    Args:
        model: takes raw examples, gives logits.
        data: its test split is shown.

    Returns:
        Figures by name.
    """
    chance = probabilities(model, data.test.x, data.batch_size)
    predicted = chance.argmax(axis=1)
    figures = {
        "confusion_matrix": plots.confusion_matrix(data.test.y, predicted, list(data.class_names))
    }
    if data.kind == "image":
        names = list(data.class_names)
        figures["mistakes"] = plots.mistakes(data.test.x, data.test.y, chance, names)
        kernel = first_kernel(model, data.input_shape)
        if kernel is not None:
            figures["filters"] = plots.filters(kernel)
    return figures


def first_kernel(model: Any, input_shape: tuple[int, ...]) -> np.ndarray | None:
    """Weights of the first layer that looks at pixels, as images.

    Args:
        model: any Keras model.
        input_shape: (height, width, channels) of its examples.

    Returns:
        (height, width, channels, filters), or None where no layer has such weights.
    """
    for layer in leaf_layers(model):
        weights = getattr(layer, "kernel", None)
        if weights is None:
            continue
        kernel = np.asarray(keras.ops.convert_to_numpy(weights))
        if isinstance(layer, keras.layers.Conv2D):
            return kernel
        if isinstance(layer, keras.layers.Dense) and len(kernel) == np.prod(input_shape):
            return kernel.reshape(*input_shape, -1)
        return None
    return None


def compile_classifier(
    model: keras.Model, optimizer: Any, *, label_smoothing: float = 0.0
) -> keras.Model:
    """Compiles a model that gives logits: cross-entropy with class numbers, accuracy.

    Args:
        model: from raw examples to logits (batch, classes).
        optimizer: a Keras optimizer.
        label_smoothing: share of the probability that is spread over all classes, in [0, 1);
            the validation and test losses are smoothed too, as Keras does it.

    Returns:
        The same model.

    Raises:
        TypeError, ValueError: if `label_smoothing` is not a number in [0, 1).
    """
    if label_smoothing == 0:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    else:
        loss = SmoothedCrossentropy(label_smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model
