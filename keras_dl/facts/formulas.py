"""Formulas that lectures print loosely, each beside the right one; what goes wrong, and how.

A name that ends in `_loose` computes the formula as it is printed. Both halves of a pair take the
same arguments, so that they can be drawn and differentiated side by side:

* `binary_cross_entropy`: the sign of the second term.
* `squared_error`: the minus between target and prediction.
* `batch_norm`: the 1/m of the variance.
* `kernel_expansion`: an x that became a y.
* `dropout_rate`: the share that is dropped, not the share that is kept.
* `he_deviation`: the second argument of N(0, 2/n) is a variance, not a standard deviation.
* `overlapping_pooling`: not another name of local response normalisation.
* `vgg16_parameters`: three convolutions in the third block, not two.
"""

import math
from itertools import pairwise
from typing import Any

import keras
from keras import ops

from keras_dl.layers import LocalResponseNormalization, PlainBatchNormalization

__all__ = [
    "batch_norm",
    "batch_norm_loose",
    "binary_cross_entropy",
    "binary_cross_entropy_loose",
    "convolution_size",
    "dropout_rate",
    "dropout_rate_loose",
    "he_deviation",
    "he_deviation_loose",
    "kernel_expansion",
    "kernel_expansion_loose",
    "kernel_features",
    "overlapping_pooling",
    "overlapping_pooling_loose",
    "squared_error",
    "squared_error_loose",
    "vgg16_parameters",
    "vgg16_parameters_loose",
]


def binary_cross_entropy(targets: Any, probabilities: Any) -> Any:
    """−Σ [y·log f + (1 − y)·log(1 − f)], in nats: minus the log-likelihood of the targets.

    Args:
        targets: y, 0 or 1, of any shape.
        probabilities: f of class 1, strictly between 0 and 1, of the same shape.

    Returns:
        A scalar, 0 or more.
    """
    y, f = _pair(targets, probabilities)
    return ops.sum(-(y * ops.log(f) + (1 - y) * ops.log(1 - f)))


def binary_cross_entropy_loose(targets: Any, probabilities: Any) -> Any:
    """Σ −y·log f + (1 − y)·log(1 − f), as printed: the minus reaches the first term only.

    An example of class 1 has the right value, y = 1 and f = 0.1 give 2.302585 either way, which is
    why the lecture's example does not show it. For y = 0 the sign is turned: f = 0.1 gives
    −0.105361, the loss falls without bound as f → 1, and descent drives f to the wrong class.

    Args and Returns are those of `binary_cross_entropy`, but the scalar may be negative.
    """
    y, f = _pair(targets, probabilities)
    return ops.sum(-y * ops.log(f) + (1 - y) * ops.log(1 - f))


def squared_error(targets: Any, predictions: Any) -> Any:
    """Σ (y − f)²: 0 where every prediction meets its target.

    Args:
        targets: y, of any shape.
        predictions: f, of the same shape.

    Returns:
        A scalar, 0 or more.
    """
    y, f = _pair(targets, predictions)
    return ops.sum(ops.square(y - f))


def squared_error_loose(targets: Any, predictions: Any) -> Any:
    """Σ y·f², as printed without the minus: least for f = 0 whatever the targets, if these are > 0.

    Args and Returns are those of `squared_error`, but a negative target makes the scalar negative.
    """
    y, f = _pair(targets, predictions)
    return ops.sum(y * ops.square(f))


def batch_norm(inputs: Any) -> Any:
    """(x − μ)/σ with σ² = ε + 1/m Σ (x − μ)²: every feature gets standard deviation 1.

    Args:
        inputs: batch of shape (m, features).

    Returns:
        An array of the same shape.

    Reference:
        Ioffe and Szegedy, 2015, Batch normalization, arXiv:1502.03167, algorithm 1.
    """
    return PlainBatchNormalization(scale_and_offset=False)(inputs, training=True)


def batch_norm_loose(inputs: Any) -> Any:
    """(x − μ)/σ with σ² = ε + Σ (x − μ)², as printed: every feature gets standard deviation 1/√m.

    The signal then shrinks with the size of the batch, at each layer anew.

    Args and Returns are those of `batch_norm`.
    """
    return PlainBatchNormalization(scale_and_offset=False, literal=True)(inputs, training=True)


def kernel_features(points: Any) -> Any:
    """φ(x) = (x₁², √2·x₁x₂, x₂²), whose scalar products are the kernel ⟨x, y⟩².

    Args:
        points: array of shape (…, 2).

    Returns:
        An array of shape (…, 3).
    """
    first, second = _parts(points)
    return ops.stack([first**2, math.sqrt(2.0) * first * second, second**2], axis=-1)


def kernel_expansion(x: Any, y: Any) -> Any:
    """⟨x, y⟩² multiplied out: x₁²y₁² + 2·x₁y₁x₂y₂ + x₂²y₂².

    Args:
        x: array of shape (…, 2).
        y: array of the same shape.

    Returns:
        An array of shape (…).
    """
    (x1, x2), (y1, y2) = _parts(x), _parts(y)
    return x1**2 * y1**2 + 2 * x1 * y1 * x2 * y2 + x2**2 * y2**2


def kernel_expansion_loose(x: Any, y: Any) -> Any:
    """x₁²y₁² + 2·x₁y₁x₂y₂ + y₂²y₂², as printed: no kernel, for swapping x and y changes it.

    Args and Returns are those of `kernel_expansion`.
    """
    (x1, x2), (y1, y2) = _parts(x), _parts(y)
    return x1**2 * y1**2 + 2 * x1 * y1 * x2 * y2 + y2**2 * y2**2


def dropout_rate(kept: float) -> float:
    """The `rate` of `keras.layers.Dropout` that keeps this share of the inputs: 1 − kept.

    Args:
        kept: share of the inputs that stays active, in (0, 1].
    """
    return 1 - kept


def dropout_rate_loose(kept: float) -> float:
    """The share that is kept, taken for the `rate`: "80 % of the inputs active" drops 80 %.

    Hidden layers hide the mistake: half kept is half dropped.
    """
    return kept


def he_deviation(fan_in: int) -> float:
    """Standard deviation √(2/n) of He's weights N(0, 2/n): a ReLU layer keeps its signal's size.

    Args:
        fan_in: n, number of a unit's inputs.
    """
    return math.sqrt(2 / fan_in)


def he_deviation_loose(fan_in: int) -> float:
    """2/n, the second argument of N(0, 2/n) taken for a standard deviation, as code often has it.

    Each layer then shrinks its signal by √(2/n): by 10 for 200 inputs.
    """
    return 2 / fan_in


def overlapping_pooling(images: Any) -> Any:
    """Maximum over 3×3 pixels with step 2: neighbouring squares share a row; the map shrinks.

    Args:
        images: array of shape (batch, height, width, channels).

    Returns:
        An array of shape (batch, (height − 1)//2, (width − 1)//2, channels).

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, section 3.4.
    """
    return keras.layers.MaxPooling2D(3, 2)(images)


def overlapping_pooling_loose(images: Any) -> Any:
    """What a bracket makes of it, "overlapping pooling (LRN)": a normalisation across channels.

    It divides each value by those of the neighbouring channels at its pixel and shrinks nothing.

    Args:
        images: array of shape (batch, height, width, channels).

    Returns:
        An array of the same shape.

    Reference:
        Krizhevsky, Sutskever and Hinton, 2012, section 3.3.
    """
    return LocalResponseNormalization()(images)


def convolution_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Pixels of a convolution's output along one side: (size + 2·padding − kernel)/stride + 1.

    Args:
        size: pixels of the input along that side.
        kernel: pixels of the kernel.
        stride: step.
        padding: pixels added on either side.

    Raises:
        ValueError: if the steps do not end at the border: 224 pixels with an 11×11 kernel and
            step 4 do not, 227 do.
    """
    steps, rest = divmod(size + 2 * padding - kernel, stride)
    if rest or steps < 0:
        raise ValueError(
            "`size` must let the kernel step from border to border; else pixels are left over. "
            f"Received: size={size}, kernel={kernel}, stride={stride}, padding={padding}"
        )
    return steps + 1


def vgg16_parameters(convolutions: tuple[int, ...] = (2, 2, 3, 3, 3)) -> int:
    """Trainable parameters of VGG16 by arithmetic, for 224×224×3 pixels and 1,000 classes.

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


def vgg16_parameters_loose() -> int:
    """The count of the net that the lecture's table describes: two convolutions in block three."""
    return vgg16_parameters((2, 2, 2, 3, 3))


def _pair(first: Any, second: Any) -> tuple[Any, Any]:
    """Both as float tensors of the second's kind."""
    like: Any = ops.convert_to_tensor(second)
    return ops.cast(first, like.dtype), like


def _parts(points: Any) -> tuple[Any, Any]:
    tensor: Any = ops.convert_to_tensor(points)
    return tensor[..., 0], tensor[..., 1]
