"""Whether a trained classifier is right on each test example, in a form that JSON takes."""

from collections.abc import Mapping

import keras
import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data import Classes, Data

__all__ = ["example_results"]


def example_results(
    model: keras.Model, data: Data, metrics: Mapping[str, float]
) -> tuple[str, int]:
    """Returns which test examples a classifier gets right.

    Args:
        model: trained; takes raw examples and returns logits (n, classes).
        data: its data set.
        metrics: of the test set; the share of right examples must equal "test/accuracy".

    Returns:
        A bit per example in hex digits and the number of examples; "" and 0 for models whose test
        accuracy is not that of one class per example.
    """
    split, unknown = data.test, ("", 0)
    accuracy = metrics.get("test/accuracy")
    plain = isinstance(split.x, np.ndarray) and isinstance(split.y, np.ndarray)
    if accuracy is None or not isinstance(data.targets, Classes) or not plain:
        return unknown
    if "test" in data.samplers or split.sample_weight is not None or split.y.ndim != 1:
        return unknown
    logits = outputs(model, split.x, data.batch_size)
    if not isinstance(logits, np.ndarray) or logits.ndim != 2 or logits.shape[1] < 2:
        return unknown
    right = logits.argmax(axis=1) == split.y
    if abs(float(right.mean()) - accuracy) > 1e-5:
        return unknown
    return np.packbits(right).tobytes().hex(), len(right)
