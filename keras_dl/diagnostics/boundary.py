"""Class probabilities of a classifier of two features over the plane."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

__all__ = ["PredictionGrid", "decision_boundary"]

MARGIN = 0.15  # share of the range of the points, on each side


@dataclass(frozen=True)
class PredictionGrid:
    """Class probabilities on a grid.

    Attributes:
        first: values of the first feature, (columns,).
        second: values of the second feature, (rows,).
        probabilities: of each class, (rows, columns, classes).
    """

    first: np.ndarray
    second: np.ndarray
    probabilities: np.ndarray


def decision_boundary(model: keras.Model, x: np.ndarray, *, points: int = 200) -> PredictionGrid:
    """Computes class probabilities on a grid that covers the examples.

    Args:
        model: maps (batch, 2) to logits (batch, classes), or (batch, 1) for the second of two
            classes.
        x: examples (n, 2); the grid covers them with a margin.
        points: grid points in each direction.

    Returns:
        Coordinates and probabilities of the grid.

    Raises:
        ValueError: if `x` does not have two features or `points` is below 2.
    """
    x = np.asarray(x, dtype="float32")
    if x.ndim != 2 or x.shape[1] != 2 or not len(x):
        raise ValueError(
            "`x` must have shape (examples, 2); a boundary is drawn over two features. "
            f"Received: x of shape {x.shape}"
        )
    if points < 2:
        raise ValueError(f"`points` must be 2 or more. Received: points={points}")
    low, high = x.min(axis=0), x.max(axis=0)
    gap = MARGIN * np.where(high > low, high - low, 1.0)
    first, second = (np.linspace(low[i] - gap[i], high[i] + gap[i], points) for i in (0, 1))
    grid = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2).astype("float32")
    # Keras annotates `verbose` as str.
    outputs = model.predict(grid, batch_size=4096, verbose=0)  # pyright: ignore[reportArgumentType]
    logits: Any = keras.ops.convert_to_tensor(outputs)
    if logits.shape[-1] == 1:
        logits = keras.ops.concatenate([keras.ops.zeros_like(logits), logits], axis=-1)
    chance = keras.ops.convert_to_numpy(keras.ops.softmax(logits, axis=-1))
    return PredictionGrid(first, second, np.asarray(chance).reshape(points, points, -1))
