"""Faster R-CNN: a network proposes regions, and a second one classifies and corrects them."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops as keras_ops

from keras_dl.algorithms._boxes import (
    clip_boxes,
    decode_boxes,
    encode_boxes,
    make_anchors,
    suppress,
)
from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.algorithms._sampling import draw_sample, match_boxes

__all__ = ["FasterRCNN", "smooth_l1"]

ops: Any = keras_ops  # its stubs allow None for every tensor

# Constants of the paper and of its authors' code.
ANCHOR_OBJECT, ANCHOR_BACKGROUND = 0.7, 0.3  # overlap of anchors with objects
ANCHOR_SAMPLE, ANCHOR_SHARE = 256, 0.5
REGION_OBJECT, REGION_SHARE = 0.5, 0.25
BEFORE_SUPPRESSION, OVERLAP = 400, 0.7  # of proposals
CODE_WEIGHTS = (10.0, 10.0, 5.0, 5.0)  # 1 / (.1, .1, .2, .2)
LEAST_SCORE, LEAST_SIDE = 0.05, 1.0
CLASS_OVERLAP, MOST = 0.5, 100  # of detections


@keras.saving.register_keras_serializable("keras_dl")
class FasterRCNN(ComposedModel):
    """A two-stage detector, trained in one step on four losses ("approximate joint training").

    In training `call` passes the images on, and `compute_loss` mirrors images and boxes together,
    computes maps, anchors' losses, proposals, and the losses of sampled regions; proposals are
    constants, so that no gradient passes through their corners. Outside of training `call` returns
    detections of a fixed number, padded with the class -1. Validation draws samples of anchors and
    regions, too: its loss is that of training without mirroring.

    Args:
        backbone: from pixels to a list of maps, or one.
        proposer: from maps to objectness logits and box codes of the anchors.
        head: from the pooled maps and regions to class logits and box codes by class.
        num_classes: number of classes without the background.
        strides: of the maps, in pixels.
        sizes: sides of the anchors in pixels, a list for each level.
        ratios: height / width of the anchors.
        regions: proposals kept for each image.
        sample: of these and the objects, those that the head is trained on.
        mirror: whether half of the images are mirrored left to right in training, and half of them
            upside down.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Raises:
        ValueError: if the numbers of levels differ.

    Reference:
        Ren, He, Girshick and Sun, 2015, Faster R-CNN, arXiv:1506.01497, sections 3.1 and 3.2.
    """

    components = ("backbone", "proposer", "head")
    arguments = ("num_classes", "strides", "sizes", "ratios", "regions", "sample", "mirror")

    def __init__(
        self,
        backbone: Any,
        proposer: Any,
        head: Any,
        *,
        num_classes: int,
        strides: Sequence[int],
        sizes: Sequence[Sequence[float]],
        ratios: Sequence[float] = (0.5, 1.0, 2.0),
        regions: int = 64,
        sample: int = 64,
        mirror: bool = True,
        **kwargs: Any,
    ) -> None:
        if len(strides) != len(sizes):
            raise ValueError(
                "`sizes` must have a list for each level of the maps. "
                f"Received: {len(sizes)} lists, {len(strides)} strides"
            )
        super().__init__(**kwargs)
        self.backbone, self.proposer, self.head = backbone, proposer, head
        self.num_classes, self.strides = num_classes, list(strides)
        self.sizes, self.ratios = [list(level) for level in sizes], list(ratios)
        self.regions, self.sample, self.mirror = regions, sample, mirror
        self.height, self.width = backbone.input.shape[1:3]
        self.anchors = self._make_anchors()
        self.seed_generator = keras.random.SeedGenerator()
        names = ("objectness", "anchor_boxes", "classes", "region_boxes")
        self.trackers = {name: keras.metrics.Mean(name=f"{name}_loss") for name in names}
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Detects objects; in training returns the images.

        Args:
            inputs: pixels (batch, height, width, 3).
            training: whether a loss follows.

        Returns:
            "boxes" (batch, 100, 4) as (left, top, right, bottom) in pixels, "classes" (batch, 100)
            int32 and "scores" (batch, 100), best first; -1 and 0 where there is nothing more.
        """
        if training:
            return inputs
        maps, objectness, codes = self._propose(inputs, training=False)
        proposals, valid = self._proposals(objectness, codes)
        logits, corrections = self.head([*self._pooled(maps), proposals], training=False)
        return self._detections(proposals, valid, logits, corrections)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Computes the sum of the four losses.

        Args:
            x: pixels (batch, height, width, 3).
            y: "boxes" (batch, slots, 4) and "classes" (batch, slots), -1 for empty slots.
            y_pred: not used.
            sample_weight: not used.
            training: whether images are mirrored and normalisations use the batch.
        """
        boxes, classes = ops.cast(y["boxes"], "float32"), ops.cast(y["classes"], "int32")
        there = classes >= 0
        if training and self.mirror:
            x, boxes = self._mirrored(x, boxes)
        maps, objectness, codes = self._propose(x, training=training)
        losses = self._anchor_losses(objectness, codes, boxes, there)
        proposals, valid = self._proposals(objectness, codes)
        losses |= self._region_losses(maps, proposals, valid, boxes, classes, training)
        for name, loss in losses.items():
            self.trackers[name].update_state(loss)
        return sum(losses.values())

    def _make_anchors(self) -> np.ndarray:
        """The anchors of all levels, (n, 4)."""
        levels = []
        for stride, sizes, maps in zip(
            self.strides, self.sizes, keras.tree.flatten(self.backbone.output), strict=True
        ):
            levels.append(make_anchors(sizes, self.ratios, stride, *maps.shape[1:3]))
        return np.concatenate(levels)

    def _pooled(self, maps: list[Any]) -> list[Any]:
        """The levels that regions are sampled from: all but the coarsest of a pyramid."""
        return maps[: len(self.head.inputs) - 1]

    def _propose(self, x: Any, training: bool) -> tuple[list[Any], Any, Any]:
        """Maps by level, and of all anchors logits (batch, n) and codes (batch, n, 4)."""
        maps = keras.tree.flatten(self.backbone(x, training=training))
        pairs = [self.proposer(level, training=training) for level in maps]
        batch = ops.shape(x)[0]
        logits = [ops.reshape(pair[0], (batch, -1)) for pair in pairs]
        codes = [ops.reshape(pair[1], (batch, -1, 4)) for pair in pairs]
        return maps, ops.concatenate(logits, axis=1), ops.concatenate(codes, axis=1)

    def _proposals(self, objectness: Any, codes: Any) -> tuple[Any, Any]:
        """The best boxes that overlap little, (batch, regions, 4), and which of them are boxes."""
        # The second stage does not move the boxes that it looks at.
        logits, codes = ops.stop_gradient(objectness), ops.stop_gradient(codes)
        logits, rows = ops.top_k(logits, min(BEFORE_SUPPRESSION, len(self.anchors)))
        anchors = ops.take(ops.convert_to_tensor(self.anchors), rows, axis=0)
        boxes = decode_boxes(ops.take_along_axis(codes, rows[..., None], axis=1), anchors)
        boxes = clip_boxes(boxes, self.height, self.width)
        large = ops.min(boxes[..., 2:] - boxes[..., :2], axis=-1) >= LEAST_SIDE
        logits = ops.where(large, logits, ops.full_like(logits, -np.inf))
        retained, valid = suppress(boxes, logits, OVERLAP, self.regions)
        return ops.take_along_axis(boxes, retained[..., None], axis=1), valid

    def _anchor_losses(self, objectness: Any, codes: Any, boxes: Any, there: Any) -> dict[str, Any]:
        anchors = ops.convert_to_tensor(self.anchors)
        matches = match_boxes(anchors, boxes, there)
        positive = (matches.overlap >= ANCHOR_OBJECT) | matches.best
        negative = (matches.overlap < ANCHOR_BACKGROUND) & ops.logical_not(positive)
        drawn = positive, negative, ANCHOR_SAMPLE, ANCHOR_SHARE, self.seed_generator
        picked, others = draw_sample(*drawn)
        target, used = ops.cast(picked, "float32"), ops.cast(picked | others, "float32")
        total = ops.maximum(ops.sum(used), 1.0)
        entropy = ops.binary_crossentropy(target, objectness, from_logits=True)
        wanted = encode_boxes(
            ops.take_along_axis(boxes, matches.objects[..., None], axis=1), anchors
        )
        distance = ops.sum(smooth_l1(codes - wanted, 1 / 9), axis=-1)
        return {
            "objectness": ops.sum(entropy * used) / total,
            "anchor_boxes": ops.sum(distance * target) / total,
        }

    def _region_losses(
        self, maps: list[Any], proposals: Any, valid: Any, boxes: Any, classes: Any, training: bool
    ) -> dict[str, Any]:
        there = classes >= 0
        # The objects themselves are proposals, too: so there are good ones from the first step.
        regions, real = ops.concatenate([proposals, boxes], 1), ops.concatenate([valid, there], 1)
        matches = match_boxes(regions, boxes, there)
        positive = (matches.overlap >= REGION_OBJECT) & real
        negative = (matches.overlap < REGION_OBJECT) & real
        drawn = positive, negative, self.sample, REGION_SHARE, self.seed_generator
        picked, others = draw_sample(*drawn)
        order = 2 * ops.cast(picked, "float32") + ops.cast(others, "float32")
        order, rows = ops.top_k(order, min(self.sample, regions.shape[1]))
        owners = ops.take_along_axis(matches.objects, rows, axis=1)
        regions = ops.take_along_axis(regions, rows[..., None], axis=1)
        own = ops.take_along_axis(boxes, owners[..., None], axis=1)
        is_object, used = order > 1, ops.cast(order > 0, "float32")
        # 0 is the background.
        labels = ops.where(is_object, ops.take_along_axis(classes, owners, axis=1) + 1, 0)
        logits, codes = self.head([*self._pooled(maps), regions], training=training)
        entropy = ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        codes = ops.take_along_axis(codes, labels[..., None, None], axis=2)[:, :, 0]
        distance = ops.sum(
            smooth_l1(codes - encode_boxes(own, regions, CODE_WEIGHTS), 1.0), axis=-1
        )
        total = ops.maximum(ops.sum(used), 1.0)
        return {
            "classes": ops.sum(entropy * used) / total,
            "region_boxes": ops.sum(distance * ops.cast(is_object, "float32")) / total,
        }

    def _detections(self, proposals: Any, valid: Any, logits: Any, codes: Any) -> dict[str, Any]:
        scores = ops.softmax(logits)[..., 1:]
        boxes = decode_boxes(codes[:, :, 1:], proposals[:, :, None], CODE_WEIGHTS)
        boxes = clip_boxes(boxes, self.height, self.width)
        large = ops.min(boxes[..., 2:] - boxes[..., :2], axis=-1) >= LEAST_SIDE
        usable = (scores > LEAST_SCORE) & valid[..., None] & large
        scores = ops.where(usable, scores, ops.full_like(scores, -np.inf))
        count, batch = self.regions * self.num_classes, ops.shape(logits)[0]
        labels = ops.tile(ops.arange(self.num_classes, dtype="int32"), [self.regions])
        scores = ops.reshape(scores, (batch, count))
        boxes = ops.reshape(boxes, (batch, count, 4))
        # Classes lie apart, so that only boxes of the same one suppress each other.
        apart = ops.cast(labels, "float32")[None, :, None] * (self.height + self.width)
        rows, detected = suppress(boxes + apart, scores, CLASS_OVERLAP, MOST)
        retained = ops.take_along_axis(scores, rows, axis=1)
        return {
            "boxes": ops.where(
                detected[..., None], ops.take_along_axis(boxes, rows[..., None], axis=1), 0.0
            ),
            "classes": ops.where(detected, ops.take(labels, rows), -1),
            "scores": ops.where(detected, retained, 0.0),
        }

    def _mirrored(self, x: Any, boxes: Any) -> tuple[Any, Any]:
        """Images and boxes, each image mirrored left to right and upside down at random."""
        batch = ops.shape(x)[0]
        draws: Any = keras.random.randint((batch, 2), 0, 2, seed=self.seed_generator)
        for bit, (axis, side) in enumerate(((2, self.width), (1, self.height))):
            moved: Any = draws[:, bit] > 0
            x = ops.where(moved[:, None, None, None], ops.flip(x, axis=axis), x)
            boxes = ops.where(moved[:, None, None], mirror_boxes(boxes, side, bit), boxes)
        return x, boxes


def mirror_boxes(boxes: Any, side: int, axis: int) -> Any:
    """Mirrors boxes (…, 4) with an image: axis 0 left to right, 1 upside down.

    Args:
        boxes: as (left, top, right, bottom) in pixels.
        side: width (axis 0) or height (axis 1) of the image.
        axis: 0 or 1.
    """
    left, top, right, bottom = (boxes[..., place : place + 1] for place in range(4))
    if axis == 0:
        left, right = side - right, side - left
    else:
        top, bottom = side - bottom, side - top
    return ops.concatenate([left, top, right, bottom], axis=-1)


def smooth_l1(difference: Any, beta: float) -> Any:
    """Computes ½·d²/β below β and |d| − β/2 above.

    Reference:
        Girshick, 2015, Fast R-CNN, arXiv:1504.08083, equation 3, with β = 1.
    """
    size = ops.abs(difference)
    return ops.where(size < beta, 0.5 * size**2 / beta, size - beta / 2)
