"""Segmentation of one foreground: F1 and AUC at a threshold that validation chooses."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import keras
import numpy as np
from sklearn.metrics import average_precision_score, precision_recall_curve

from keras_dl import Choice, Range, plots
from keras_dl.algorithms.segmentation import masks_of
from keras_dl.algorithms.tiling import tiled
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.segmentation import read_pictures
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.binary_segmentation import best_threshold, f1_per_image, foreground_scores
from keras_dl.plots.segmentation import TWO_COLOURS
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BinarySegmentation", "foreground_probabilities", "task"]

AT_ONCE = 2  # images per step of inference: they are large
SHOWN = 4  # test images in the report, the worst
UNPAINTED = 255  # label of what is no foreground in the overlays
OVERLAP = 64  # pixels that neighbouring tiles have in common


def foreground_probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Predicts the probability of class 1 at each pixel.

    Args:
        model: gives logits (batch, height, width, 2).
        images: (n, height, width, channels) uint8.

    Returns:
        (n, height, width) float32 in [0, 1].
    """
    logits = outputs(model, images, AT_ONCE)
    return 1 / (1 + np.exp(logits[..., 0] - logits[..., 1]))


class BinarySegmentation(Task):
    """Foreground and background, from a model that gives logits (batch, height, width, 2)."""

    name = "binary_segmentation"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns one evaluator; its threshold is that of the best F1 on the validation split."""

        def scores(model: keras.Model, split: Split) -> dict[str, float]:
            ignore = masks_of(data).ignore
            probabilities = foreground_probabilities(model, split.x)
            of_validation = probabilities
            if split is not data.validation:
                of_validation = foreground_probabilities(model, data.validation.x)
            threshold = _threshold(data, of_validation)
            foreground = foreground_scores(split.y, probabilities, threshold, ignore)
            return {**foreground, "threshold": threshold}

        return (scores,)

    def report(self, model: keras.Model, data: Data) -> "dict[str, Figure | float]":
        """Returns the worst test images, precision over recall, and the second observer's F1.

        Args:
            model: gives logits per pixel.
            data: its test split is shown; `extras["second_observer"]` has a second person's masks
                of the test images, where there are such.

        Returns:
            Figures; and "second_observer_f1" where it is known.
        """
        ignore, test = masks_of(data).ignore, data.test
        threshold = _threshold(data, foreground_probabilities(model, data.validation.x))
        probabilities = foreground_probabilities(model, test.x)
        foreground = (probabilities >= threshold).astype(np.uint8)
        worst = np.argsort(f1_per_image(test.y, foreground, ignore))[:SHOWN]
        inside = np.ones(test.y.shape, bool) if ignore is None else test.y != ignore
        precision, recall, _ = precision_recall_curve(test.y[inside] == 1, probabilities[inside])
        points = {f"threshold {threshold:.2f}": _point(test.y, foreground, inside)}
        figures: dict[str, Figure | float] = {}
        second = data.extras.get("second_observer")
        if second is not None:
            points["second observer"] = _point(test.y, second, inside)
            figures["second_observer_f1"] = float(np.nanmean(f1_per_image(test.y, second, ignore)))
        figures["overlays"] = plots.segmentation_overlays(
            test.x[worst],
            _painted((test.y == 1) & inside)[worst],
            _painted((foreground == 1) & inside)[worst],
            data.class_names[1:],
            (masks_of(data).colours or TWO_COLOURS)[1:],
            UNPAINTED,
        )
        area = average_precision_score(test.y[inside] == 1, probabilities[inside])
        curve = recall[::-1][1:], precision[::-1][1:], float(area)
        figures["precision_recall"] = plots.precision_recall({data.class_names[1]: curve}, points)
        return figures

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        threshold: Annotated[float | None, Range(0.0, 1.0)] = None,
        tile: Annotated[int, Range(128, 4096)] = 1024,
        draw: Annotated[str, Choice("overlay", "classes")] = "overlay",
    ) -> Iterable[Prediction]:
        """Segments image files of any size, in their own resolution.

        Args:
            run: model and spec of a finished run.
            inputs: image files, folders or archives.
            threshold: pixels of this and higher probabilities are foreground; None: what validation
                chose, the metric "test/threshold" of the run.
            tile: side of the overlapping parts that larger images are segmented by, in pixels.
            draw: the image with the foreground painted as an "overlay", or a grey picture of the
                numbers of the "classes", 0 and 1, as data sets have them.

        Yields:
            Share of the foreground and the threshold; and the picture. For files that cannot be
            read, the reasons.
        """
        if threshold is None:
            threshold = run.metrics.get("test/threshold", 0.5)
        targets, channels = run.spec["targets"], run.spec["input_shape"][-1]
        colours = targets["colours"] or TWO_COLOURS
        unreadable: Unreadable = []

        def probabilities(part: np.ndarray) -> np.ndarray:
            return foreground_probabilities(run.model, part[None])[0]

        for source, image in read_pictures(inputs, channels, white_of(run), unreadable):
            foreground = tiled(probabilities, image, tile=tile, overlap=OVERLAP) >= threshold
            share = f"{targets['names'][1]} {100 * foreground.mean():.1f} %"
            text = f"{share}, of probabilities from {threshold:.3g}"
            picture = foreground.astype(np.uint8)
            if draw == "overlay":
                picture = plots.paint(image, foreground, colours[1])
            yield Prediction(source, text, picture)
        yield from without_answer(unreadable)


def _painted(foreground: np.ndarray) -> np.ndarray:
    """Masks of the foreground alone, class 0 of the figure."""
    return np.where(foreground, 0, UNPAINTED).astype(np.uint8)


def _threshold(data: Data, probabilities: np.ndarray) -> float:
    labels, ignore = data.validation.y, masks_of(data).ignore
    inside = np.ones(labels.shape, bool) if ignore is None else labels != ignore
    return best_threshold(labels[inside] == 1, probabilities[inside])


def _point(labels: np.ndarray, foreground: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Recall and precision of one segmentation."""
    wanted, painted = labels[inside] == 1, foreground[inside] == 1
    hits = float((wanted & painted).sum())
    return hits / max(float(wanted.sum()), 1), hits / max(float(painted.sum()), 1)


task = BinarySegmentation()
