"""SIFT descriptors on a regular grid, as tensor operations of each backend."""

import math
from typing import Any

import numpy as np
from keras import ops

__all__ = ["CELLS", "ORIENTATIONS", "dense_sift"]

CELLS, ORIENTATIONS = 4, 8  # cells along a side of a descriptor, directions of a cell
LARGEST = 0.2  # of a normalized descriptor, so that one strong edge does not decide


def dense_sift(images: Any, cell: int, stride: int) -> Any:
    """Computes upright SIFT descriptors at each `stride`-th pixel.

    Gradients of the mean over channels are counted by direction in 4×4 cells, with linear
    interpolation between directions and between cells. A descriptor is normalized, cut at 0.2 and
    normalized again; where there is no gradient it is 0.

    Args:
        images: (n, height, width, channels) floats in [0, 1].
        cell: side of a cell in pixels; a descriptor covers 4·cell pixels.
        stride: step between descriptors.

    Returns:
        (n, rows, columns, 128): 8 directions for each cell, cells by row.

    Reference:
        Lowe, 2004, Distinctive Image Features from Scale-Invariant Keypoints, section 6.1, without
        its Gaussian window; Bosch, Zisserman and Munoz, 2007, for the grid.
    """
    pooled = _pool(_directions(ops.mean(images, axis=-1)), cell)
    starts = [cell * i for i in range(CELLS)]
    rows, columns = (
        (side - starts[-1] - 1) // stride + 1 for side in (pooled.shape[1], pooled.shape[2])
    )
    parts = [
        pooled[
            :,
            top : top + stride * (rows - 1) + 1 : stride,
            left : left + stride * (columns - 1) + 1 : stride,
        ]
        for top in starts
        for left in starts
    ]
    cut = ops.minimum(_normalized(ops.concatenate(parts, axis=-1)), LARGEST)
    return _normalized(cut)


def _directions(grey: Any) -> Any:
    """Returns (n, height, width, 8): the gradient's length, by its direction."""
    padded: Any = ops.pad(grey, ((0, 0), (1, 1), (1, 1)), mode="symmetric")
    down = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2
    right = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2
    squares: list[Any] = [ops.square(down), ops.square(right)]
    square = squares[0] + squares[1]
    root: Any = ops.sqrt(square + 1e-12)  # its gradient is finite at 0 too
    angle: Any = ops.arctan2(down, right)
    turn = angle[..., None] * (ORIENTATIONS / (2 * math.pi))
    centres = np.arange(ORIENTATIONS, dtype="float32")
    around: Any = ops.mod(turn - centres + ORIENTATIONS / 2, ORIENTATIONS)
    apart: Any = ops.abs(around - ORIENTATIONS / 2)
    shares: Any = ops.relu(1.0 - apart)
    return (square / root)[..., None] * shares


def _pool(maps: Any, cell: int) -> Any:
    """Returns weighted sums over cells, of all whose centre's neighbours lie in the image.

    A pixel counts by 1 - distance / cell, in both axes, for the cells whose centres are less than a
    cell away.
    """
    offsets = np.arange(cell * 2) - cell + 0.5  # pixels have centres, and so has an even cell
    weights = np.maximum(1.0 - np.abs(offsets) / cell, 0.0).astype("float32")
    kernel = np.zeros((2 * cell, 2 * cell, ORIENTATIONS, 1), "float32")
    kernel[...] = np.outer(weights, weights)[..., None, None]
    border = cell // 2  # half of the window reaches beyond the outer cells
    padded = ops.pad(maps, ((0, 0), (border, border), (border, border), (0, 0)))
    return ops.depthwise_conv(padded, ops.convert_to_tensor(kernel), data_format="channels_last")


def _normalized(x: Any) -> Any:
    squares: Any = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return x / ops.sqrt(squares + 1e-12)
