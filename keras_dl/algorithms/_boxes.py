"""Boxes as tensors: overlap, coding relative to anchors, clipping, non-maximum suppression.

A box is (left, top, right, bottom) in pixels, edges rather than pixel centres: its width is
right − left, without the + 1 of older code.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops as keras_ops

__all__ = ["box_iou", "clip_boxes", "decode_boxes", "encode_boxes", "make_anchors", "suppress"]

ops: Any = keras_ops  # its stubs allow None for every tensor

LARGEST = math.log(1000 / 16)  # of the coded log ratio of sides, so that exp does not overflow
SMALLEST = 1e-3  # pixels; sides of padding are 0, and their logarithm is not wanted


def make_anchors(
    sizes: Sequence[float], ratios: Sequence[float], stride: int, rows: int, columns: int
) -> np.ndarray:
    """Returns the anchors of one level: every size and ratio around every cell's centre.

    Args:
        sizes: square roots of the areas, in pixels.
        ratios: height / width.
        stride: side of a cell in pixels.
        rows: rows of cells.
        columns: columns of cells.

    Returns:
        (rows · columns · sizes · ratios, 4) float32, in the order of a map (rows, columns, …) with
        sizes before ratios.

    Reference:
        Ren, He, Girshick and Sun, 2015, Faster R-CNN, arXiv:1506.01497, section 3.1.1.
    """
    size, ratio = (grid.reshape(-1) for grid in np.meshgrid(sizes, ratios, indexing="ij"))
    height, width = size * np.sqrt(ratio), size / np.sqrt(ratio)
    shapes = np.stack([-width, -height, width, height], axis=-1) / 2
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    centres = (np.stack([x, y, x, y], axis=-1).reshape(-1, 1, 4) + 0.5) * stride
    return (centres + shapes).reshape(-1, 4).astype("float32")


def box_iou(one: Any, other: Any) -> Any:
    """Computes intersection over union of all pairs.

    Args:
        one: (…, n, 4).
        other: (…, m, 4).

    Returns:
        (…, n, m) in [0, 1]; 0 where both boxes have no area.
    """
    a, b = one[..., :, None, :], other[..., None, :, :]
    low, high = ops.maximum(a[..., :2], b[..., :2]), ops.minimum(a[..., 2:], b[..., 2:])
    sides = ops.maximum(high - low, 0.0)
    common = sides[..., 0] * sides[..., 1]
    return common / ops.maximum(_area(a) + _area(b) - common, SMALLEST)


def encode_boxes(boxes: Any, anchors: Any, weights: Sequence[float] = (1, 1, 1, 1)) -> Any:
    """Codes boxes by the shift of their centre and the logarithm of their sides.

    Args:
        boxes: (…, 4), of positive sides.
        anchors: (…, 4), what they are coded relative to.
        weights: factors of the four numbers, 1 / their standard deviation.

    Returns:
        (…, 4): w₀·Δx/width, w₁·Δy/height, w₂·log width ratio, w₃·log height ratio.

    Reference:
        Girshick et al., 2014, R-CNN, arXiv:1311.2524, appendix C.
    """
    centre, side = _centre_and_side(boxes)
    base, scale = _centre_and_side(anchors)
    parts = [(centre - base) / scale, ops.log(side / scale)]
    return ops.concatenate(parts, axis=-1) * ops.convert_to_tensor(weights, "float32")


def decode_boxes(codes: Any, anchors: Any, weights: Sequence[float] = (1, 1, 1, 1)) -> Any:
    """Undoes `encode_boxes`; ratios of sides above 62.5 are cut.

    Args:
        codes: (…, 4).
        anchors: (…, 4).
        weights: those of the coding.

    Returns:
        Boxes (…, 4).
    """
    base, scale = _centre_and_side(anchors)
    codes = codes / ops.convert_to_tensor(weights, "float32")
    centre = codes[..., :2] * scale + base
    half = ops.exp(ops.minimum(codes[..., 2:], LARGEST)) * scale / 2
    return ops.concatenate([centre - half, centre + half], axis=-1)


def clip_boxes(boxes: Any, height: int, width: int) -> Any:
    """Cuts boxes (…, 4) at the border of the image."""
    limits = ops.convert_to_tensor([width, height, width, height], "float32")
    return ops.minimum(ops.maximum(boxes, 0.0), limits)


def suppress(boxes: Any, scores: Any, threshold: float, count: int) -> tuple[Any, Any]:
    """Greedy non-maximum suppression with a fixed number of results.

    The highest score is kept and all boxes that overlap it by more than the threshold are dropped,
    again and again. Of equal scores the first comes first.

    Args:
        boxes: (batch, n, 4).
        scores: (batch, n); −∞ for boxes that are never kept.
        threshold: largest intersection over union of two kept boxes.
        count: boxes to keep.

    Returns:
        Row numbers (batch, count) int32, the highest score first; and (batch, count) bool, False
        where nothing was left.
    """
    boxes, scores = ops.stop_gradient(boxes), ops.stop_gradient(scores)
    numbers = ops.arange(boxes.shape[1], dtype="int32")
    places = ops.arange(count, dtype="int32")
    none = ops.zeros_like(scores[:, :1], dtype="int32") + ops.zeros((1, count), "int32")

    def step(place: Any, state: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        left, retained, valid = state
        best = ops.cast(ops.argmax(left, axis=1), "int32")[:, None]
        picked = ops.take_along_axis(boxes, best[:, :, None], axis=1)
        remaining = ops.cast(ops.max(left, axis=1, keepdims=True) > -np.inf, "int32")
        here = ops.cast(places == place, "int32")[None]
        gone = (box_iou(picked, boxes)[:, 0] > threshold) | (numbers[None] == best)
        left = ops.where(gone, ops.full_like(left, -np.inf), left)
        return left, retained + here * best, valid + here * remaining

    _, retained, valid = ops.fori_loop(0, count, step, (scores, none, none))
    return retained, valid > 0


def _area(boxes: Any) -> Any:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _centre_and_side(boxes: Any) -> tuple[Any, Any]:
    side = ops.maximum(boxes[..., 2:] - boxes[..., :2], SMALLEST)
    return boxes[..., :2] + side / 2, side
