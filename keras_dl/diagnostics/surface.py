"""The loss over a plane through the space of all weights, and a training's way over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_dl.backend.gradients import loss_at

__all__ = ["Surface", "WeightPath", "axes_of", "loss_surface", "projected", "random_directions"]

Weights = list[np.ndarray]


@dataclass(frozen=True)
class Surface:
    """Losses on a grid.

    Attributes:
        first: coordinates along the first direction, (columns,).
        second: coordinates along the second direction, (rows,).
        loss: (rows, columns).
    """

    first: np.ndarray
    second: np.ndarray
    loss: np.ndarray


def random_directions(model: Any, seed: int = 0) -> tuple[Weights, Weights]:
    """Two random directions in weight space, normalised filter by filter.

    Each filter of a direction gets the norm of the model's filter in its place, so that the scale
    invariance of ReLU nets does not make one minimum look sharper than another. A filter is what
    feeds one unit: all but the last axis of a kernel. Biases and the weights of normalisations are
    left alone, as in the authors' code.

    Args:
        model: built.
        seed: of the directions.

    Returns:
        Two lists of arrays, one array for each of `model.trainable_variables`.

    Reference:
        Li, Xu, Taylor, Studer and Goldstein, 2018, Visualizing the loss landscape of neural nets,
        arXiv:1712.09913, section 4.
    """
    random = np.random.default_rng(seed)
    weights = _weights(model)
    return _filter_normalised(random, weights), _filter_normalised(random, weights)


def _filter_normalised(random: np.random.Generator, weights: Weights) -> Weights:
    found = []
    for weight in weights:
        drawn = random.normal(size=weight.shape)
        if weight.ndim < 2:
            found.append(np.zeros(weight.shape))
            continue
        fan_in = tuple(range(weight.ndim - 1))
        own, given = (np.sqrt((w**2).sum(axis=fan_in, keepdims=True)) for w in (weight, drawn))
        found.append(drawn * own / given)
    return found


def axes_of(model: Any) -> tuple[Weights, Weights]:
    """The two axes of a model with two parameters, as directions.

    Raises:
        ValueError: if the model has not exactly two trainable parameters.
    """
    shapes = [tuple(v.shape) for v in model.trainable_variables]
    sizes = [int(np.prod(shape)) for shape in shapes]
    if sum(sizes) != 2:
        raise ValueError(
            "`model` must have two trainable parameters; give directions for a larger one. "
            f"Received: {sum(sizes):,} parameters"
        )
    flat = np.eye(2)
    first, second = ([p.reshape(s) for p, s in zip(np.split(row, np.cumsum(sizes)[:-1]), shapes,
                                                   strict=True)] for row in flat)  # fmt: skip
    return first, second


def loss_surface(
    model: Any,
    x: Any,
    y: Any,
    directions: tuple[Weights, Weights],
    first: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
    *,
    centre: Weights | None = None,
) -> Surface:
    """The loss at `centre` + a·first direction + b·second direction, for all a and b of a grid.

    The model runs as outside training and stays as it is.

    Args:
        model: compiled and built.
        x: raw examples (batch, …) on which the loss is taken.
        y: their targets.
        directions: two lists of arrays, as of `random_directions` or `axes_of`.
        first: coordinates a, (columns,).
        second: coordinates b, (rows,).
        centre: a value for each trainable weight; None for those of the model.

    Raises:
        ValueError: if `model` is not compiled, or a direction does not fit its weights.
    """
    middle = _weights(model) if centre is None else [np.asarray(w, "float64") for w in centre]
    for name, weights in (("directions[0]", directions[0]), ("directions[1]", directions[1]),
                          ("centre", middle)):  # fmt: skip
        _check_shapes(name, weights, [tuple(v.shape) for v in model.trainable_variables])
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    loss = np.empty((len(b), len(a)))
    for row, column in np.ndindex(loss.shape):
        moved = [
            keras.ops.convert_to_tensor((w + a[column] * u + b[row] * v).astype("float32"))
            for w, u, v in zip(middle, *directions, strict=True)
        ]
        loss[row, column] = float(
            np.asarray(keras.ops.convert_to_numpy(loss_at(model, x, y, moved)))
        )
    return Surface(a, b, loss)


def projected(
    path: Sequence[Weights], directions: tuple[Weights, Weights], centre: Weights
) -> np.ndarray:
    """Coordinates of a path on the plane of two directions, by least squares.

    Args:
        path: weights, one list of arrays for each point.
        directions: the two that span the plane; they need not be orthogonal.
        centre: weights at the plane's origin.

    Returns:
        (points, 2). What lies off the plane is lost; with `axes_of` nothing does.
    """
    plane = np.stack([_flat(direction) for direction in directions], axis=1)  # (weights, 2)
    offsets = np.stack([_flat(point) - _flat(centre) for point in path], axis=1)
    return np.linalg.lstsq(plane, offsets, rcond=None)[0].T


class WeightPath(keras.callbacks.Callback):
    """Keeps all trainable weights before training and after each epoch or step.

    Args:
        every_step: whether to keep them after each step, not only after each epoch.

    Attributes:
        path: one list of arrays for each look.
    """

    def __init__(self, every_step: bool = False) -> None:
        super().__init__()
        self.every_step = every_step
        self.path: list[Weights] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Keeps the initial weights."""
        self.path = [_weights(self.model)]

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Keeps the weights after a step."""
        if self.every_step:
            self.path.append(_weights(self.model))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keeps the weights after an epoch."""
        if not self.every_step:
            self.path.append(_weights(self.model))


def _weights(model: Any) -> Weights:
    values = (variable.value for variable in model.trainable_variables)
    return [np.array(keras.ops.convert_to_numpy(value), dtype="float64") for value in values]


def _flat(weights: Weights) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in weights])


def _check_shapes(name: str, weights: Weights, shapes: list[tuple[int, ...]]) -> None:
    given = [np.shape(weight) for weight in weights]
    if given != shapes:
        raise ValueError(
            f"`{name}` must hold an array for each trainable weight, of its shape: {shapes}. "
            f"Received: {given}"
        )
