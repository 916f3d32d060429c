"""Average precision of detections: by 11 points, by area, and by COCO's 101 points."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = [
    "COCO_THRESHOLDS",
    "Detections",
    "Objects",
    "average_precision",
    "coco_precision",
    "mean_average_precision",
    "precision_by_recall",
]

COCO_THRESHOLDS = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())
MOST = 100  # detections of an image that count, as COCO's maxDets


class Objects(NamedTuple):
    """What is on one image.

    Attributes:
        boxes: (n, 4) as (left, top, right, bottom) in pixels.
        classes: class numbers (n,).
    """

    boxes: np.ndarray
    classes: np.ndarray


class Detections(NamedTuple):
    """What was found on one image.

    Attributes:
        boxes: (n, 4) as (left, top, right, bottom) in pixels.
        classes: class numbers (n,).
        scores: (n,), higher for more certain ones.
    """

    boxes: np.ndarray
    classes: np.ndarray
    scores: np.ndarray


def precision_by_recall(
    objects: Sequence[Objects],
    detections: Sequence[Detections],
    label: int,
    *,
    threshold: float = 0.5,
    first_choice: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Matches the detections of one class to its objects and counts, the highest score first.

    Each object is found once. A detection takes the free object that it overlaps most (COCO); or,
    with `first_choice`, counts as wrong if the object that it overlaps most is taken (PASCAL VOC).

    Args:
        objects: by image.
        detections: by image, in the same order; the 100 of the highest scores of an image count.
        label: class number.
        threshold: least intersection over union of a match.
        first_choice: match as PASCAL VOC's development kit does.

    Returns:
        Recall and precision after each detection, (n,) each; recall is NaN if the class has no
        object.

    Raises:
        ValueError: if the numbers of images differ.
    """
    if len(objects) != len(detections):
        raise ValueError(
            "`objects` and `detections` must be of the same images. "
            f"Received: {len(objects)} and {len(detections)} images"
        )
    scores, hits, total = [], [], 0
    for there, detected in zip(objects, detections, strict=True):
        own = np.asarray(there.boxes, float).reshape(-1, 4)[np.asarray(there.classes) == label]
        rows = np.flatnonzero(np.asarray(detected.classes) == label)
        rows = rows[np.argsort(-np.asarray(detected.scores)[rows], kind="stable")][:MOST]
        boxes = np.asarray(detected.boxes, float).reshape(-1, 4)[rows]
        total += len(own)
        scores.append(np.asarray(detected.scores, float)[rows])
        hits.append(_match(own, boxes, threshold, first_choice))
    order = np.argsort(-np.concatenate([*scores, []]), kind="stable")
    right = np.cumsum(np.concatenate([*hits, []])[order])
    recall = right / total if total else np.full(len(right), np.nan)
    return recall, right / np.arange(1, len(right) + 1)


def average_precision(
    recall: np.ndarray, precision: np.ndarray, *, points: int | None = None
) -> float:
    """Averages the largest precision at or beyond each recall.

    Args:
        recall: after each detection, not falling, (n,).
        precision: the same, (n,).
        points: 11 for PASCAL VOC until 2009 and 101 for COCO, recalls at regular distances; None
            for the whole area, VOC from 2010.

    Returns:
        In [0, 1]; NaN for a class without objects.

    Reference:
        Everingham et al., 2010, The PASCAL visual object classes challenge, section 4.2;
        Lin et al., 2014, Microsoft COCO, arXiv:1405.0312, and pycocotools.
    """
    if np.isnan(recall).any():
        return float("nan")
    if not len(recall):
        return 0.0
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if points is None:
        return float(np.sum(np.diff(np.r_[0, recall]) * envelope))
    levels = np.linspace(0, 1, points)
    reached = np.searchsorted(recall, levels, side="left")
    return float(np.r_[envelope, 0][reached].mean())


def mean_average_precision(
    objects: Sequence[Objects],
    detections: Sequence[Detections],
    num_classes: int,
    *,
    threshold: float = 0.5,
    points: int | None = None,
) -> tuple[float, np.ndarray]:
    """Averages the average precision over the classes that have objects.

    Args:
        objects: by image.
        detections: by image, in the same order.
        num_classes: number of classes.
        threshold: least intersection over union of a match.
        points: as in `average_precision`; with 11 and None matches are PASCAL VOC's, with 101
            COCO's.

    Returns:
        The mean, and the values by class (num_classes,), NaN for classes without objects.
    """
    values = []
    for label in range(num_classes):
        curve = precision_by_recall(
            objects, detections, label, threshold=threshold, first_choice=points != 101
        )
        empty = not any((np.asarray(o.classes) == label).any() for o in objects)
        values.append(float("nan") if empty else average_precision(*curve, points=points))
    listed = np.array(values)[~np.isnan(values)]
    return float(listed.mean()) if len(listed) else float("nan"), np.array(values)


def coco_precision(
    objects: Sequence[Objects], detections: Sequence[Detections], num_classes: int
) -> float:
    """Averages COCO's mean average precision over the thresholds .50, .55, …, .95."""
    means = [
        mean_average_precision(objects, detections, num_classes, threshold=t, points=101)[0]
        for t in COCO_THRESHOLDS
    ]
    return float(np.mean(means))


def _match(own: np.ndarray, boxes: np.ndarray, threshold: float, first_choice: bool) -> np.ndarray:
    """Whether each box, in order of its score, finds an object, (n,) of 0 and 1."""
    overlap, hits = _iou(boxes, own), np.zeros(len(boxes))
    free = np.ones(len(own), bool)
    for row, values in enumerate(overlap):
        candidates = values if first_choice else np.where(free, values, -1.0)
        if not len(own):
            break
        # Of equal overlaps COCO takes the last object, VOC the first.
        best = int(candidates.argmax())
        if not first_choice:
            best = len(own) - 1 - int(candidates[::-1].argmax())
        if candidates[best] >= threshold and free[best]:
            hits[row], free[best] = 1, False
    return hits


def _iou(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=-1)
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=-1) for boxes in (one, other)]
    union = areas[0][:, None] + areas[1][None] - common
    return common / np.maximum(union, 1e-12)
