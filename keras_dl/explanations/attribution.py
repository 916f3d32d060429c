"""Attributions of a class score to pixels: saliency and integrated gradients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_dl.explanations._logits import (
    as_images,
    class_logits,
    input_gradient,
    resolve_targets,
)
from keras_dl.utils.checks import check_count

__all__ = ["integrated_gradients", "saliency"]


def saliency(
    model: keras.Model, images: Any, targets: int | Sequence[int] | None = None
) -> np.ndarray:
    """Computes the largest absolute derivative over the channels of each pixel.

    Args:
        model: a classifier.
        images: (n, height, width, channels) in the units of the model's inputs.
        targets: class number, one for all images or one for each; None: the predicted one.

    Returns:
        (n, height, width), 0 or more.

    Raises:
        ValueError: if the images or targets do not fit the model.

    Reference:
        Simonyan, Vedaldi and Zisserman, 2014, Deep Inside Convolutional Networks, section 3.1.
    """
    x = as_images(model, images)
    labels = resolve_targets(class_logits(model, x), targets)
    return np.abs(input_gradient(model, x, labels)).max(axis=-1)


def integrated_gradients(
    model: keras.Model,
    images: Any,
    targets: int | Sequence[int] | None = None,
    *,
    baseline: Any = 0.0,
    steps: int = 50,
) -> np.ndarray:
    """Computes the path integral of the gradient from a baseline to each image.

    The sum over pixels and channels is the logit of the image minus that of the baseline, up to
    the error of the midpoint rule.

    Args:
        model: a classifier.
        images: (n, height, width, channels) in the units of the model's inputs.
        targets: class number, one for all images or one for each; None: the predicted one.
        baseline: an image without information, in the same units: a number, one per channel, or
            an image. 0 is black for pixels 0..255 and mid-grey for inputs in [-1, 1].
        steps: midpoints of the integral, 1 or more.

    Returns:
        (n, height, width, channels), positive where the pixel raises the logit.

    Raises:
        ValueError: if the images, targets or the baseline do not fit the model.

    Reference:
        Sundararajan, Taly and Yan, 2017, Axiomatic Attribution for Deep Networks, equations 1
        and 3.
    """
    x = as_images(model, images)
    check_count("steps", steps, "each is one gradient")
    try:
        start = np.broadcast_to(np.asarray(baseline, "float32"), x.shape)
    except ValueError:
        raise ValueError(
            f"`baseline` must be a number, a value per channel or an image {x.shape[1:]}. "
            f"Received: shape={np.shape(baseline)}"
        ) from None
    labels = resolve_targets(class_logits(model, x), targets)
    total = np.zeros(x.shape)
    for step in range(steps):
        total += input_gradient(model, start + (step + 0.5) / steps * (x - start), labels)
    return ((x - start) * total / steps).astype("float32")
