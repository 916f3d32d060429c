"""Object detection: networks from images to boxes."""

from keras_dl.models.detection.faster_rcnn import (
    PUBLISHED,
    DetectorParts,
    detector_parts,
    faster_rcnn_r50_fpn,
    faster_rcnn_small,
)

__all__ = [
    "PUBLISHED",
    "DetectorParts",
    "detector_parts",
    "faster_rcnn_r50_fpn",
    "faster_rcnn_small",
]
