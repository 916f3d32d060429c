"""Comparison of a builder with `keras.applications`, whose weights are copied in order."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tests.checks import count_parameters, forward


def check_equals(
    build: Callable[..., keras.Model], peer: Callable[..., keras.Model], side: int, **options: Any
) -> None:
    """Both compute the same logits of ten classes from two images.

    Args:
        build: builder called as build(input_shape, classes).
        peer: of `keras.applications`.
        side: of the images, in pixels.
        **options: of `peer`; `scale` multiplies its images.
    """
    scale = options.pop("scale", 1)
    shape = (side, side, 3)
    theirs = peer(
        weights=None, input_shape=shape, classes=10, classifier_activation=None, **options
    )
    ours, rng = build(shape, 10), np.random.default_rng(0)
    # Their scaling of pixels by constants is no part of our nets.
    weights = [w for w in theirs.weights if not w.path.startswith("normalization")]
    for weight in weights:
        if len(weight.shape) == 1:  # moving statistics and biases too, which start at 0 and 1
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    for mine, weight in zip(ours.weights, weights, strict=True):  # theirs may be a 1×1 convolution
        mine.assign(np.reshape(keras.ops.convert_to_numpy(weight), mine.shape))
    assert count_parameters(ours) == count_parameters(theirs)
    images = rng.random((2, *shape), dtype="float32")
    expected = forward(theirs, scale * images)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(forward(ours, images), expected, rtol=1e-4, atol=1e-4)
