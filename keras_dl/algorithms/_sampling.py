"""Assignment of boxes to objects, and random samples of them with a fixed share of objects."""

from typing import Any, NamedTuple

import keras
from keras import ops as keras_ops

from keras_dl.algorithms._boxes import box_iou

__all__ = ["Matches", "draw_sample", "match_boxes"]

ops: Any = keras_ops  # its stubs allow None for every tensor


class Matches(NamedTuple):
    """Objects of boxes.

    Attributes:
        overlap: largest intersection over union with an object, (batch, n); 0 without objects.
        objects: row number of that object, (batch, n) int32.
        best: whether no box overlaps one of the objects more, (batch, n) bool.
    """

    overlap: Any
    objects: Any
    best: Any


def match_boxes(boxes: Any, objects: Any, there: Any) -> Matches:
    """Finds the object that each box overlaps most.

    Args:
        boxes: (batch, n, 4) or (n, 4).
        objects: (batch, slots, 4).
        there: whether a slot holds an object, (batch, slots) bool.
    """
    overlap = ops.where(there[:, None], box_iou(boxes, objects), 0.0)
    highest = ops.max(overlap, axis=1, keepdims=True)
    best = ops.any((overlap == highest) & (highest > 0), axis=2)
    owners = ops.cast(ops.argmax(overlap, axis=2), "int32")
    return Matches(ops.max(overlap, axis=2), owners, best)


def draw_sample(
    positive: Any, negative: Any, count: int, share: float, seed: keras.random.SeedGenerator
) -> tuple[Any, Any]:
    """Draws positives, at most a share of the sample, and fills it with negatives.

    Args:
        positive: (batch, n) bool.
        negative: (batch, n) bool, without the positives.
        count: size of the sample of each row.
        share: largest share of positives.
        seed: of the draws.

    Returns:
        The drawn positives and the drawn negatives, (batch, n) bool each.
    """
    draws: Any = keras.random.uniform(ops.shape(positive), seed=seed)
    picked = positive & (_rank(draws, positive) < int(count * share))
    left = count - ops.sum(ops.cast(picked, "int32"), axis=1, keepdims=True)
    return picked, negative & (_rank(draws, negative) < left)


def _rank(draws: Any, among: Any) -> Any:
    """Place of each draw in the order of those that count, (batch, n)."""
    order = ops.argsort(ops.where(among, draws, 2.0), axis=1)
    return ops.cast(ops.argsort(order, axis=1), "int32")
