"""Class probabilities from the outputs of a classifier, whether logits or probabilities."""

from typing import Any

import numpy as np
from scipy.special import expit, softmax

from keras_dl.backend.inference import outputs

__all__ = ["as_probabilities", "probabilities"]


def probabilities(model: Any, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """Class probabilities of raw examples.

    Args:
        model: gives logits or probabilities (n, classes), or of the second of two classes (n, 1).
        x: raw examples (n, …).
        batch_size: examples at a time.

    Returns:
        (n, classes) float32, each row adding up to 1.
    """
    values = np.asarray(outputs(model, x, batch_size), dtype="float32")
    classes = 2 if values.shape[-1] == 1 else values.shape[-1]
    chance = as_probabilities(model, values, classes)
    return softmax(values, axis=-1) if chance is None else chance


def as_probabilities(model: Any, values: Any, classes: int) -> np.ndarray | None:
    """Converts a classifier's outputs to class probabilities.

    Args:
        model: its loss tells whether a single output is a logit.
        values: logits or probabilities (n, classes), or those of the second of two classes (n, 1).
        classes: number of classes.

    Returns:
        (n, classes) float32; None if the outputs are of another form.
    """
    if not isinstance(values, np.ndarray) or values.ndim != 2:
        return None
    values = values.astype("float32")
    if values.shape[1] == classes:
        normalized = (values >= 0).all() and np.allclose(values.sum(axis=1), 1, atol=1e-3)
        return values if normalized else softmax(values, axis=1)
    if values.shape[1] != 1 or classes != 2:
        return None
    unit = (values >= 0).all() and (values <= 1).all()
    logits = not unit or getattr(getattr(model, "loss", None), "from_logits", False)
    second = expit(values) if logits else values
    return np.concatenate([1 - second, second], axis=1)
