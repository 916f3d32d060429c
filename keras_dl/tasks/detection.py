"""Object detection: average precision by class, precision over recall, images with boxes."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import keras
import numpy as np
from PIL import Image

from keras_dl import Range, plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.segmentation import read_pictures
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.detection import (
    Detections,
    Objects,
    coco_precision,
    mean_average_precision,
    precision_by_recall,
)
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Detection", "detect", "objects_of", "task"]

AT_ONCE = 8  # images per step of inference
SHOWN = 3  # test images in the report, the worst
CERTAIN = 0.5  # least score of the detections that are drawn


def detect(model: keras.Model, images: np.ndarray) -> list[Detections]:
    """Detects objects.

    Args:
        model: gives "boxes", "classes" and "scores", with the class -1 for padding.
        images: (n, height, width, channels) uint8.

    Returns:
        The detections of each image, the best first.
    """
    detected: Any = outputs(model, images, AT_ONCE)
    rows = zip(detected["boxes"], detected["classes"], detected["scores"], strict=True)
    return [Detections(boxes[k >= 0], k[k >= 0], scores[k >= 0]) for boxes, k, scores in rows]


def objects_of(split: Split) -> list[Objects]:
    """Returns the objects of each image of a split."""
    rows = zip(split.y["boxes"], split.y["classes"], strict=True)
    return [Objects(boxes[classes >= 0], classes[classes >= 0]) for boxes, classes in rows]


class Detection(Task):
    """Boxes round the objects of images."""

    name = "detection"
    test_metrics = ("coco_precision",)

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns one evaluator: mean average precision at overlap .5, COCO's 101 points."""

        def scores(model: keras.Model, split: Split) -> dict[str, float]:
            detected = detect(model, split.x)
            mean, _ = mean_average_precision(
                objects_of(split), detected, data.num_classes, points=101
            )
            return {"map50": mean}

        return (scores,)

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns one evaluator: COCO's mean over the overlaps .50 to .95."""

        def scores(model: keras.Model, split: Split) -> dict[str, float]:
            detected = detect(model, split.x)
            return {"coco_precision": coco_precision(objects_of(split), detected, data.num_classes)}

        return (scores,)

    def report(self, model: keras.Model, data: Data) -> "dict[str, Figure | float]":
        """Returns the worst test images, precision over recall, and precision by class.

        Args:
            model: a detector.
            data: its test split is shown.

        Returns:
            Figures; "ap50_CLASS" by 101 points, and the mean by 11 points and by area.
        """
        objects, detected = objects_of(data.test), detect(model, data.test.x)
        names, count = data.class_names, data.num_classes
        _, values = mean_average_precision(objects, detected, count, points=101)
        curves = {}
        for label, name in enumerate(names):
            if not np.isnan(values[label]):
                recall, precision = precision_by_recall(objects, detected, label)
                if not len(recall):
                    recall = precision = np.zeros(1)
                curves[name] = recall, precision, float(values[label])
        certain = [_certain(image, CERTAIN) for image in detected]
        worst = np.argsort([_quality(*pair, count) for pair in zip(objects, certain, strict=True)])
        worst = worst[:SHOWN]
        overlays = plots.detection_overlays(
            data.test.x[worst],
            [[(b, int(k), "") for b, k in zip(*objects[row], strict=True)] for row in worst],
            [
                [(b, int(k), f"{s:.2f}") for b, k, s in zip(*certain[row], strict=True)]
                for row in worst
            ],
            names,
        )
        return {
            "overlays": overlays,
            "precision_recall": plots.precision_recall(curves),
            "map50_11_points": mean_average_precision(objects, detected, count, points=11)[0],
            "map50_area": mean_average_precision(objects, detected, count)[0],
            **{
                f"ap50_{name}": float(value)
                for name, value in zip(names, values, strict=True)
                if not np.isnan(value)
            },
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        score: Annotated[float, Range(0.05, 1.0)] = CERTAIN,
    ) -> Iterable[Prediction]:
        """Detects objects in image files of any size.

        Each is brought to the size of the training images, and its boxes back to its own.

        Args:
            run: model and spec of a finished run.
            inputs: image files, folders or archives.
            score: least score of the boxes that are told and drawn.

        Yields:
            Number of objects by class, and as picture the image with boxes. For files that cannot
            be read, the reasons.
        """
        names, shape = run.spec["targets"]["names"], run.spec["input_shape"]
        unreadable: Unreadable = []
        for source, image in read_pictures(inputs, shape[-1], white_of(run), unreadable):
            height, width = image.shape[:2]
            small = Image.fromarray(image).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
            (detected,) = detect(run.model, np.asarray(small)[None])
            detected = _certain(detected, score)
            boxes = detected.boxes * np.array([width / shape[1], height / shape[0]] * 2)
            counts = np.bincount(detected.classes, minlength=len(names))
            text = ", ".join(f"{counts[k]} {name}" for k, name in enumerate(names) if counts[k])
            yield Prediction(
                source, text or "nothing", plots.draw_boxes(image, boxes, detected.classes)
            )
        yield from without_answer(unreadable)


def _certain(detected: Detections, least: float) -> Detections:
    rows = detected.scores >= least
    return Detections(detected.boxes[rows], detected.classes[rows], detected.scores[rows])


def _quality(objects: Objects, detected: Detections, count: int) -> float:
    """F1 of the detections of one image."""
    hits = 0.0
    for label in range(count):
        recall, _ = precision_by_recall([objects], [detected], label)
        if len(recall) and not np.isnan(recall[-1]):
            hits += recall[-1] * (objects.classes == label).sum()
    return 2 * hits / max(len(objects.boxes) + len(detected.boxes), 1)


task = Detection()
