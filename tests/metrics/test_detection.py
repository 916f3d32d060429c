import contextlib
import io

import numpy as np
import pytest

from keras_dl.metrics.detection import (
    COCO_THRESHOLDS,
    Detections,
    Objects,
    average_precision,
    coco_precision,
    mean_average_precision,
    precision_by_recall,
)

# Worked example of Padilla, Netto and da Silva, 2020, A survey on performance metrics for object-
# detection algorithms, figures 3 and 4: left, top, width, height of 15 objects on seven images, and
# of 24 detections behind their scores; intersection over union from .3.
OBJECTS = [
    [(25, 16, 38, 56), (129, 123, 41, 62)],
    [(123, 11, 43, 55), (38, 132, 59, 45)],
    [(16, 14, 35, 48), (123, 30, 49, 44), (99, 139, 47, 47)],
    [(53, 42, 40, 52), (154, 43, 31, 34)],
    [(59, 31, 44, 51), (48, 128, 34, 52)],
    [(36, 89, 52, 76), (62, 58, 44, 67)],
    [(28, 31, 55, 63), (58, 67, 50, 58)],
]
DETECTIONS = [
    [(0.88, 5, 67, 31, 48), (0.70, 119, 111, 40, 67), (0.80, 124, 9, 49, 67)],
    [(0.71, 64, 111, 64, 58), (0.54, 26, 140, 60, 47), (0.74, 19, 18, 43, 35)],
    [
        (0.18, 109, 15, 77, 39),
        (0.67, 86, 63, 46, 45),
        (0.38, 160, 62, 36, 53),
        (0.91, 105, 131, 47, 47),
        (0.44, 18, 148, 40, 44),
    ],
    [
        (0.35, 83, 28, 28, 26),
        (0.78, 28, 68, 42, 67),
        (0.45, 87, 89, 25, 39),
        (0.14, 10, 155, 60, 26),
    ],
    [
        (0.62, 50, 38, 28, 46),
        (0.44, 95, 11, 53, 28),
        (0.95, 29, 131, 72, 29),
        (0.23, 29, 163, 72, 29),
    ],
    [(0.45, 43, 48, 74, 38), (0.84, 17, 155, 29, 35), (0.43, 95, 110, 25, 42)],
    [(0.48, 16, 20, 101, 88), (0.95, 33, 116, 37, 49)],
]


def corners(rows):
    """Edges of the boxes; the example counts the last pixel in, as the first PASCAL VOC did."""
    left, top, width, height = np.array(rows, float).T
    return np.stack([left, top, left + width + 1, top + height + 1], axis=-1)


def worked_example():
    objects = [Objects(corners(rows), np.zeros(len(rows), int)) for rows in OBJECTS]
    detections = [
        Detections(corners(boxes), np.zeros(len(boxes), int), np.array(scores))
        for scores, boxes in (([r[0] for r in rows], [r[1:] for r in rows]) for rows in DETECTIONS)
    ]
    return objects, detections


@pytest.mark.parametrize(("points", "published"), [(11, 26.84), (None, 24.56)])
def test_worked_example(points, published):
    objects, detections = worked_example()
    curve = precision_by_recall(objects, detections, 0, threshold=0.3, first_choice=True)
    # The areas are printed as the sum of rounded rectangles: 24.56 for 24.57.
    assert 100 * average_precision(*curve, points=points) == pytest.approx(published, abs=0.01)
    assert len(curve[0]) == 24
    assert curve[0][-1] == pytest.approx(7 / 15)


def made(seed, images=12, classes=3):
    """Objects, and detections near some of them and elsewhere, with ties among the scores."""
    random = np.random.default_rng(seed)
    objects, detections = [], []
    for _ in range(images):
        count = random.integers(0, 7)
        corner, side = random.uniform(0, 80, (count, 2)), random.uniform(5, 40, (count, 2))
        boxes, labels = np.hstack([corner, corner + side]), random.integers(0, classes, count)
        detected = np.repeat(boxes, 2, axis=0) + random.normal(0, 3, (2 * count, 4))
        detected[:, 2:] = np.maximum(detected[:, 2:], detected[:, :2] + 1)
        other = random.uniform(0, 60, (4, 2))
        detected = np.vstack([detected, np.hstack([other, other + random.uniform(5, 40, (4, 2))])])
        kinds = np.r_[np.repeat(labels, 2), random.integers(0, classes, 4)]
        objects.append(Objects(boxes, labels))
        detections.append(Detections(detected, kinds, random.random(len(detected)).round(2)))
    return objects, detections


def by_pycocotools(objects, detections, classes):
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is the reference")
    evaluation = pytest.importorskip("pycocotools.cocoeval", reason="pycocotools is the reference")
    truth, detected = [], []
    for image, (there, predicted) in enumerate(zip(objects, detections, strict=True), start=1):
        for box, label in zip(there.boxes, there.classes, strict=True):
            low, side = box[:2], box[2:] - box[:2]
            truth.append({"id": len(truth) + 1, "image_id": image, "category_id": int(label),
                          "bbox": [*low, *side], "area": side.prod(), "iscrowd": 0})  # fmt: skip
        for box, label, score in zip(*predicted, strict=True):
            detected.append({"image_id": image, "category_id": int(label), "score": score,
                          "bbox": [*box[:2], *(box[2:] - box[:2])]})  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        base = coco.COCO()
        base.dataset = {
            "info": {},
            "images": [{"id": image + 1} for image in range(len(objects))],
            "annotations": truth,
            "categories": [{"id": label} for label in range(classes)],
        }
        base.createIndex()
        run = evaluation.COCOeval(base, base.loadRes(detected), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return run


@pytest.mark.parametrize("seed", range(4))
def test_equals_pycocotools(seed):
    objects, detections = made(seed)
    theirs = by_pycocotools(objects, detections, 3)
    assert coco_precision(objects, detections, 3) == pytest.approx(theirs.stats[0], abs=1e-9)
    for place in (0, 5):
        ours = mean_average_precision(
            objects, detections, 3, threshold=COCO_THRESHOLDS[place], points=101
        )
        by_class = theirs.eval["precision"][place, :, :, 0, 2].mean(axis=0)
        np.testing.assert_allclose(ours[1], by_class, atol=1e-9)


def test_more_than_a_hundred_detections_of_an_image_do_not_count():
    box = np.array([[0.0, 0, 10, 10]])
    objects = [Objects(box, np.zeros(1, int))]
    detected = np.vstack([np.repeat(box + 50, 100, axis=0), box])
    detections = [Detections(detected, np.zeros(101, int), np.linspace(1, 0.5, 101))]
    assert mean_average_precision(objects, detections, 1, points=101)[0] == 0
    assert by_pycocotools(objects, detections, 1).stats[1] == 0


def test_the_two_rules_of_matching_differ_where_the_best_object_is_taken():
    objects = [Objects(np.array([[0.0, 0, 10, 10], [3, 0, 13, 10]]), np.zeros(2, int))]
    detected = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10]])
    detections = [Detections(detected, np.zeros(2, int), np.array([0.9, 0.8]))]
    assert precision_by_recall(objects, detections, 0)[0].tolist() == [0.5, 1.0]
    assert precision_by_recall(objects, detections, 0, first_choice=True)[0].tolist() == [0.5, 0.5]


def test_limit_cases():
    nothing = Detections(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0))
    one = Objects(np.array([[0.0, 0, 4, 4]]), np.zeros(1, int))
    none = Objects(np.zeros((0, 4)), np.zeros(0, int))
    assert mean_average_precision([one], [nothing], 1)[0] == 0
    mean, values = mean_average_precision([one], [nothing], 2)
    assert mean == 0
    assert np.isnan(values[1])
    assert np.isnan(mean_average_precision([none], [nothing], 1)[0])
    flat = Objects(np.zeros((1, 4)), np.zeros(1, int))  # without area
    assert mean_average_precision([flat], [Detections(*flat, np.ones(1))], 1)[0] == 0
    with pytest.raises(ValueError, match="must be of the same images"):
        precision_by_recall([one], [], 0)
