"""Formulas as lectures print them, and their correct forms.

Functions ending in `_as_printed` compute the formula as printed. Both functions of a pair take
equal arguments, so that they can be plotted and differentiated together:

* `binary_cross_entropy`: the sign of the second term.
* `squared_error`: the minus between target and prediction.
* `batch_norm`: the 1/m of the variance.
* `kernel_expansion`: an x that became a y.
* `dropout_rate`: the share of dropped inputs, not of active ones.
* `he_deviation`: the second argument of N(0, 2/n) is a variance, not a standard deviation.
* `overlapping_pooling`: not a synonym of local response normalisation.
* `vgg16_parameters`: three convolutions in the third block, not two.
"""

import math
from itertools import pairwise
from typing import Any

import keras
from keras import ops

from keras_dl.facts.arrays import Array
from keras_dl.layers import LocalResponseNormalization, PlainBatchNormalization

__all__ = [
    "batch_norm",
    "batch_norm_as_printed",
    "binary_cross_entropy",
    "binary_cross_entropy_as_printed",
    "convolution_size",
    "dropout_rate",
    "dropout_rate_as_printed",
    "he_deviation",
    "he_deviation_as_printed",
    "kernel_expansion",
    "kernel_expansion_as_printed",
    "kernel_features",
    "overlapping_pooling",
    "overlapping_pooling_as_printed",
    "squared_error",
    "squared_error_as_printed",
    "vgg16_parameters",
    "vgg16_parameters_as_printed",
]


def binary_cross_entropy(targets: Array, probabilities: Array) -> Any:
    """Computes −Σ [y·log f + (1 − y)·log(1 − f)], the negative log-likelihood in nats.

    Args:
        targets: y, 0 or 1, of any shape.
        probabilities: f of class 1, strictly between 0 and 1, of the same shape.

    Returns:
        A scalar, 0 or more.
    """
    y, f = _pair(targets, probabilities)
    return ops.sum(-(y * ops.log(f) + (1 - y) * ops.log(1 - f)))


def binary_cross_entropy_as_printed(targets: Array, probabilities: Array) -> Any:
    """Computes Σ −y·log f + (1 − y)·log(1 − f), where the minus reaches the first term only.

    For class 1 the value is correct: y = 1 and f = 0.1 give 2.302585 either way, hence the
    lecture's example does not reveal the slip. For y = 0 the sign is wrong: f = 0.1 gives
    −0.105361, the loss is unbounded below as f → 1, and descent moves f to the wrong class.

    Args and Returns as for `binary_cross_entropy`, but the scalar may be negative.
    """
    y, f = _pair(targets, probabilities)
    return ops.sum(-y * ops.log(f) + (1 - y) * ops.log(1 - f))


def squared_error(targets: Array, predictions: Array) -> Any:
    """Computes Σ (y − f)²: 0 where every prediction equals its target.

    Args:
        targets: y, of any shape.
        predictions: f, of the same shape.

    Returns:
        A scalar, 0 or more.
    """
    y, f = _pair(targets, predictions)
    return ops.sum(ops.square(y - f))


def squared_error_as_printed(targets: Array, predictions: Array) -> Any:
    """Computes Σ y·f², as printed without the minus: minimal at f = 0 for positive targets.

    Args and Returns as for `squared_error`, but a negative target makes the scalar negative.
    """
    y, f = _pair(targets, predictions)
    return ops.sum(y * ops.square(f))


def batch_norm(inputs: Array) -> Any:
    """Computes (x − μ)/σ with σ² = ε + 1/m Σ (x − μ)²: each feature has standard deviation 1.

    Args:
        inputs: batch of shape (m, features).

    Returns:
        An array of the same shape.

    Reference:
        Ioffe and Szegedy, 2015, Batch normalization, arXiv:1502.03167, algorithm 1.
    """
    return PlainBatchNormalization(scale_and_offset=False)(inputs, training=True)


def batch_norm_as_printed(inputs: Array) -> Any:
    """Computes (x − μ)/σ with σ² = ε + Σ (x − μ)², as printed: standard deviation 1/√m.

    The signal shrinks with the batch size at each layer.

    Args and Returns as for `batch_norm`.
    """
    return PlainBatchNormalization(scale_and_offset=False, literal=True)(inputs, training=True)


def kernel_features(points: Array) -> Any:
    """Computes φ(x) = (x₁², √2·x₁x₂, x₂²), whose scalar products are the kernel ⟨x, y⟩².

    Args:
        points: array of shape (…, 2).

    Returns:
        An array of shape (…, 3).
    """
    first, second = _parts(points)
    return ops.stack([first**2, math.sqrt(2.0) * first * second, second**2], axis=-1)


def kernel_expansion(x: Array, y: Array) -> Any:
    """Computes ⟨x, y⟩² expanded: x₁²y₁² + 2·x₁y₁x₂y₂ + x₂²y₂².

    Args:
        x: array of shape (…, 2).
        y: array of the same shape.

    Returns:
        An array of shape (…).
    """
    (x1, x2), (y1, y2) = _parts(x), _parts(y)
    return x1**2 * y1**2 + 2 * x1 * y1 * x2 * y2 + x2**2 * y2**2


def kernel_expansion_as_printed(x: Array, y: Array) -> Any:
    """Computes x₁²y₁² + 2·x₁y₁x₂y₂ + y₂²y₂², as printed: not symmetric, hence not a kernel.

    Args and Returns as for `kernel_expansion`.
    """
    (x1, x2), (y1, y2) = _parts(x), _parts(y)
    return x1**2 * y1**2 + 2 * x1 * y1 * x2 * y2 + y2**2 * y2**2


def dropout_rate(active: float) -> float:
    """Returns the `rate` of `keras.layers.Dropout` for a share of active inputs: 1 − active.

    Args:
        active: share of inputs that are not dropped, in (0, 1].
    """
    return 1 - active


def dropout_rate_as_printed(active: float) -> float:
    """Returns the active share taken for the `rate`: "80 % of the inputs active" drops 80 %.

    At 0.5, as in hidden layers, both rates are equal.
    """
    return active


def he_deviation(fan_in: int) -> float:
    """Returns the standard deviation √(2/n) of He's weights N(0, 2/n).

    Args:
        fan_in: n, number of inputs of a unit.
    """
    return math.sqrt(2 / fan_in)


def he_deviation_as_printed(fan_in: int) -> float:
    """Returns 2/n: the second argument of N(0, 2/n) taken for a standard deviation.

    Each ReLU layer then scales its signal by √(2/n): by 1/10 for 200 inputs.
    """
    return 2 / fan_in


def overlapping_pooling(images: Array) -> Any:
    """Computes maxima over 3×3 pixels with stride 2: neighbouring windows share a row.

    Args:
        images: array of shape (batch, height, width, channels).

    Returns:
        An array of shape (batch, (height − 1)//2, (width − 1)//2, channels).

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, section 3.4.
    """
    return keras.layers.MaxPooling2D(3, 2)(images)


def overlapping_pooling_as_printed(images: Array) -> Any:
    """Computes local response normalisation, as suggested by "overlapping pooling (LRN)".

    Each value is divided by a norm over neighbouring channels at its pixel; the size of the map
    does not change.

    Args:
        images: array of shape (batch, height, width, channels).

    Returns:
        An array of the same shape.

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, section 3.3.
    """
    return LocalResponseNormalization()(images)


def convolution_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Returns a convolution's output size per side: (size + 2·padding − kernel)/stride + 1.

    Args:
        size: input pixels per side.
        kernel: kernel pixels per side.
        stride: step in pixels.
        padding: pixels added at each border.

    Raises:
        ValueError: if the last step does not end at the border, as for 224 pixels with an 11×11
            kernel and stride 4; 227 pixels fit.
    """
    steps, rest = divmod(size + 2 * padding - kernel, stride)
    if rest or steps < 0:
        raise ValueError(
            "`size` must let the kernel step from border to border; else pixels are left over. "
            f"Received: size={size}, kernel={kernel}, stride={stride}, padding={padding}"
        )
    return steps + 1


def vgg16_parameters(convolutions: tuple[int, ...] = (2, 2, 3, 3, 3)) -> int:
    """Returns the trainable parameters of VGG16 for 224×224×3 pixels and 1,000 classes.

    Args:
        convolutions: number of 3×3 convolutions in each of the five blocks.

    Reference:
        Simonyan and Zisserman, 2014, Very deep convolutional networks for large-scale image
        recognition, arXiv:1409.1556, table 1, column D.
    """
    total, before = 0, 3
    for count, filters in zip(convolutions, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            total += (3 * 3 * before + 1) * filters
            before = filters
    widths = (7 * 7 * 512, 4096, 4096, 1000)
    return total + sum((n + 1) * m for n, m in pairwise(widths))


def vgg16_parameters_as_printed() -> int:
    """Returns the count for the lecture's table, with two convolutions in block three."""
    return vgg16_parameters((2, 2, 2, 3, 3))


def _pair(first: Array, second: Array) -> tuple[Any, Any]:
    """Converts both to float tensors of the second's dtype."""
    like: Any = ops.convert_to_tensor(second)
    return ops.cast(first, like.dtype), like


def _parts(points: Array) -> tuple[Any, Any]:
    tensor: Any = ops.convert_to_tensor(points)
    return tensor[..., 0], tensor[..., 1]
