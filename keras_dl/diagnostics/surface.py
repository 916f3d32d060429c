"""The loss over a plane in weight space, and the path of a training on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import keras
import numpy as np

from keras_dl.backend.gradients import loss_at

__all__ = [
    "Surface",
    "WeightPath",
    "loss_surface",
    "parameter_axes",
    "project_path",
    "random_directions",
]

Weights = list[np.ndarray]


@dataclass(frozen=True)
class Surface:
    """Losses on a grid.

    Attributes:
        first: coordinates along the first direction, (columns,).
        second: coordinates along the second direction, (rows,).
        loss: losses, (rows, columns).
    """

    first: np.ndarray
    second: np.ndarray
    loss: np.ndarray


def random_directions(model: keras.Model, seed: int = 0) -> tuple[Weights, Weights]:
    """Draws two random directions in weight space, normalised filter by filter.

    Each filter of a direction has the norm of the corresponding filter of the model, so that the
    scale invariance of ReLU networks does not affect the apparent sharpness of minima. A filter
    holds the weights of one unit: all but the last axis of a kernel. Directions are 0 for biases
    and normalisation weights, as in the authors' code.

    Args:
        model: built model.
        seed: random seed.

    Returns:
        Two lists with one array per variable of `model.trainable_variables`.

    Reference:
        Li, Xu, Taylor, Studer and Goldstein, 2018, Visualizing the loss landscape of neural nets,
        arXiv:1712.09913, section 4.
    """
    random = np.random.default_rng(seed)
    weights = _weights(model)
    return _filter_normalised(random, weights), _filter_normalised(random, weights)


def _filter_normalised(random: np.random.Generator, weights: Weights) -> Weights:
    direction = []
    for weight in weights:
        noise = random.normal(size=weight.shape)
        if weight.ndim < 2:
            direction.append(np.zeros(weight.shape))
            continue
        fan_in = tuple(range(weight.ndim - 1))
        norm, noise_norm = (
            np.sqrt((w**2).sum(axis=fan_in, keepdims=True)) for w in (weight, noise)
        )
        direction.append(noise * norm / noise_norm)
    return direction


def parameter_axes(model: keras.Model) -> tuple[Weights, Weights]:
    """Returns the two coordinate axes of a model with two parameters, as directions.

    Raises:
        ValueError: if the model does not have exactly two trainable parameters.
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
    model: keras.Model,
    x: np.ndarray,
    y: np.ndarray,
    directions: tuple[Weights, Weights],
    first: Sequence[float] | np.ndarray,
    second: Sequence[float] | np.ndarray,
    *,
    centre: Weights | None = None,
) -> Surface:
    """Computes the loss at `centre` + a·first direction + b·second direction on a grid.

    The model runs in inference mode and is not changed.

    Args:
        model: compiled and built.
        x: raw examples (batch, …).
        y: targets of `x`.
        directions: two directions, such as those of `random_directions` or `parameter_axes`.
        first: coordinates a, (columns,).
        second: coordinates b, (rows,).
        centre: one array per trainable weight; None for the weights of the model.

    Returns:
        Coordinates and losses of the grid.

    Raises:
        ValueError: if `model` is not compiled or a shape does not match its weights.
    """
    middle = _weights(model) if centre is None else [np.asarray(w, "float64") for w in centre]
    for name, weights in (("directions[0]", directions[0]), ("directions[1]", directions[1]),
                          ("centre", middle)):  # fmt: skip
        _check_shapes(name, weights, [tuple(v.shape) for v in model.trainable_variables])
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    inputs, targets = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    loss = np.empty((len(b), len(a)))
    for row, column in np.ndindex(loss.shape):
        moved = [
            keras.ops.convert_to_tensor((w + a[column] * u + b[row] * v).astype("float32"))
            for w, u, v in zip(middle, *directions, strict=True)
        ]
        loss[row, column] = float(
            np.asarray(keras.ops.convert_to_numpy(loss_at(model, inputs, targets, moved)))
        )
    return Surface(a, b, loss)


def project_path(
    path: Sequence[Weights], directions: tuple[Weights, Weights], centre: Weights
) -> np.ndarray:
    """Projects a path to the plane of two directions by least squares.

    Args:
        path: one list of weight arrays per point.
        directions: two directions that span the plane, not necessarily orthogonal.
        centre: weights at the plane's origin.

    Returns:
        Coordinates (points, 2); components off the plane are dropped.
    """
    plane = np.stack([_flat(direction) for direction in directions], axis=1)  # (weights, 2)
    offsets = np.stack([_flat(point) - _flat(centre) for point in path], axis=1)
    return np.linalg.lstsq(plane, offsets, rcond=None)[0].T


class WeightPath(keras.callbacks.Callback):
    """Records all trainable weights before training and after each epoch or step.

    Args:
        every_step: True records after each step, False after each epoch.

    Attributes:
        path: recorded weights, one list of arrays per record.
    """

    def __init__(self, every_step: bool = False) -> None:
        super().__init__()
        self.every_step = every_step
        self.path: list[Weights] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Records the initial weights."""
        self.path = [_weights(cast(keras.Model, self.model))]

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the weights after a step."""
        if self.every_step:
            self.path.append(_weights(cast(keras.Model, self.model)))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the weights after an epoch."""
        if not self.every_step:
            self.path.append(_weights(cast(keras.Model, self.model)))


def _weights(model: keras.Model) -> Weights:
    values = (variable.value for variable in model.trainable_variables)
    return [np.array(keras.ops.convert_to_numpy(value), dtype="float64") for value in values]


def _flat(weights: Weights) -> np.ndarray:
    return np.concatenate([np.ravel(weight) for weight in weights])


def _check_shapes(name: str, weights: Weights, shapes: list[tuple[int, ...]]) -> None:
    received = [np.shape(weight) for weight in weights]
    if received != shapes:
        raise ValueError(
            f"`{name}` must hold an array for each trainable weight, of its shape: {shapes}. "
            f"Received: {received}"
        )
