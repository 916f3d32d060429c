"""Activation maximization: images that a class or a filter reacts to most."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_dl.backend.gradients import gradients
from keras_dl.explanations._layers import choose_layer, layer_output
from keras_dl.explanations._logits import class_logits, logits_only, target_score
from keras_dl.utils.checks import check_count, check_nonnegative, check_positive

__all__ = ["maximize"]


def maximize(
    model: keras.Model,
    units: Sequence[int],
    *,
    layer: str | None = None,
    bounds: tuple[float, float] = (0.0, 255.0),
    steps: int = 200,
    rate: float = 0.03,
    jitter: int = 4,
    seed: int = 0,
) -> np.ndarray:
    """Finds images by gradient ascent from noise around mid-grey.

    Each step follows the gradient with low spatial frequencies weighted up, 1/f as in photographs,
    at the image moved by a random number of pixels; without this, high frequencies win.

    Args:
        model: a classifier; with `layer` any image model. Its images have one size.
        units: class numbers; with `layer` numbers of filters, whose mean over positions is raised.
        layer: name of the layer; None: logits of classes.
        bounds: smallest and largest value of a pixel in the units of the model's inputs.
        steps: gradient steps, 1 or more.
        rate: root mean square of a step, as a share of the range.
        jitter: largest movement in pixels, 0 or more.
        seed: of the noise and the movements.

    Returns:
        (units, height, width, channels) within the bounds.

    Raises:
        TypeError, ValueError: if an argument does not fit the model.

    Reference:
        Olah, Mordvintsev and Schubert, 2017, Feature Visualization, sections on regularization
        (transformation robustness, preconditioning). Simonyan et al., 2014, section 2.
    """
    check_count("steps", steps, "each is one gradient")
    check_count("jitter", jitter, "it is a number of pixels", least=0)
    check_positive("rate", rate, "it is a share of the range of pixels")
    check_nonnegative("range", bounds[1] - bounds[0], "`bounds` are in ascending order")
    shape = tuple(model.input_shape[1:])
    if len(shape) != 3 or None in shape:
        raise ValueError(f"`model` must take images of one size. Received: input shape {shape}")
    if not units:
        raise ValueError("`units` must hold at least one class or filter. Received: none")
    random, middle, half = np.random.default_rng(seed), sum(bounds) / 2, (bounds[1] - bounds[0]) / 2
    noise = random.standard_normal((len(units), *shape), dtype="float32")
    x = middle + half * 0.05 * noise
    score = _score(model, x, list(units), layer)
    weights = _spectrum(shape[:2])
    for _ in range(steps):
        moved = tuple(random.integers(-jitter, jitter + 1, 2))
        slope = gradients(lambda values: score(values[0]), [np.roll(x, moved, (1, 2))])[0]
        slope = np.roll(slope, (-moved[0], -moved[1]), (1, 2))
        slope = np.fft.irfft2(np.fft.rfft2(slope, axes=(1, 2)) * weights, shape[:2], axes=(1, 2))
        size = np.sqrt((slope**2).mean(axis=(1, 2, 3), keepdims=True))
        moved_on = x + 2 * half * rate * slope / np.maximum(size, 1e-12)
        x = np.clip(moved_on, *bounds).astype("float32")
    return x


def _score(model: keras.Model, x: np.ndarray, units: list[int], layer: str | None) -> Any:
    """Returns the function from images to the sum of what each one is to maximize."""
    numbers = np.array(units)
    if layer is None:
        _check_units(units, class_logits(model, x[:1]).shape[1], "classes")

        def logit(images: Any) -> Any:
            with logits_only(model):
                return target_score(model, images, numbers)

        return logit

    place = choose_layer(model, x, layer)
    count = layer_output(model, ops.convert_to_tensor(x[:1]), place).shape[-1]
    _check_units(units, count, f"filters of {layer}")

    def mean_activation(images: Any) -> Any:
        output: Any = ops.cast(layer_output(model, images, place), "float32")
        means: Any = ops.mean(output, axis=(1, 2))
        return ops.sum(means * ops.one_hot(numbers, count, dtype="float32"))

    return mean_activation


def _check_units(units: list[int], count: int, what: str) -> None:
    if min(units) < 0 or max(units) >= count:
        raise ValueError(
            f"`units` must be numbers of {what}, from 0 to {count - 1}. Received: {units}"
        )


def _spectrum(sides: tuple[int, int]) -> np.ndarray:
    """Returns 1/f for each coefficient of the real transform, (rows, columns / 2 + 1, 1).

    Constant below four periods in the image: the mean would outrun everything else.
    """
    rows, columns = np.fft.fftfreq(sides[0]), np.fft.rfftfreq(sides[1])
    frequency = np.hypot(rows[:, None], columns[None])
    return (1 / np.maximum(frequency, 4 / max(sides)))[..., None]
