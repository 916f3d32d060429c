"""Semantic segmentation: mean IoU, figures per class, and coloured masks of image files."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import keras
import numpy as np
from PIL import Image

from keras_dl import Choice, Range, plots
from keras_dl.algorithms.segmentation import masks_of
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split
from keras_dl.data.segmentation import read_pictures, voc_colours
from keras_dl.data.unreadable import Unreadable
from keras_dl.metrics.segmentation import (
    class_accuracy,
    class_iou,
    mean_iou,
    pixel_accuracy,
    pixel_confusion,
)
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, white_of, without_answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Segmentation", "predicted_masks", "task"]

AT_ONCE = 8  # images per step of inference
CHUNK = 64  # images whose logits are in memory together
SHOWN = 4  # test images in the report, the worst


def predicted_masks(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Predicts the most probable class of each pixel.

    Args:
        model: gives logits (batch, height, width, classes).
        images: (n, height, width, channels) uint8.

    Returns:
        Class numbers (n, height, width) uint8.
    """
    # In chunks: the logits of a data set are 11 floats a pixel, the classes one byte.
    chunks = [
        np.argmax(outputs(model, images[start : start + CHUNK], AT_ONCE), axis=-1).astype(np.uint8)
        for start in range(0, len(images), CHUNK)
    ]
    return np.concatenate(chunks)


class Segmentation(Task):
    """A class for each pixel, from a model that gives logits (batch, height, width, classes)."""

    name = "segmentation"

    def evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns one evaluator: mean IoU, pixel and class accuracy over a whole split."""

        def scores(model: keras.Model, split: Split) -> dict[str, float]:
            confusion = _confusion(predicted_masks(model, split.x), split, data)
            return {
                "mean_iou": mean_iou(confusion),
                "pixel_accuracy": pixel_accuracy(confusion),
                "class_accuracy": class_accuracy(confusion),
            }

        return (scores,)

    def report(self, model: keras.Model, data: Data) -> "dict[str, Figure | float]":
        """Returns overlays, scores per class and confusion on the test set.

        Args:
            model: gives logits per pixel.
            data: its test split is shown.

        Returns:
            Figures, and `iou_CLASS` of each class that occurs.
        """
        predicted = predicted_masks(model, data.test.x)
        confusion = _confusion(predicted, data.test, data)
        iou, names = class_iou(confusion), data.class_names
        masks = masks_of(data)
        rows = _worst(data.test.y, predicted, masks.ignore)
        overlays = plots.segmentation_overlays(
            data.test.x[rows],
            data.test.y[rows],
            predicted[rows],
            names,
            _colours(masks.colours, names),
            masks.ignore,
        )
        return {
            "overlays": overlays,
            "class_iou": plots.class_iou_bars(iou, names, mean_iou(confusion)),
            "confusion_matrix": plots.pixel_confusion_matrix(confusion, names),
            **{
                f"iou_{name}": float(value)
                for name, value in zip(names, iou, strict=True)
                if not np.isnan(value)
            },
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        top: Annotated[int, Range(1, 256)] = 3,
        draw: Annotated[str, Choice("colours", "overlay", "classes")] = "colours",
    ) -> Iterable[Prediction]:
        """Segments image files of any size.

        Each is brought to the height of the training images, and its mask back to its own size.

        Args:
            run: model and spec of a finished run.
            inputs: image files, folders or archives.
            top: number of classes in the text, the most frequent first.
            draw: the mask in the "colours" of the classes, the same as an "overlay" of the image,
                or a grey picture of the numbers of the "classes", as data sets have them.

        Yields:
            Share of the pixels by class; and the mask as picture. For files that cannot be read,
            the reasons.
        """
        targets, shape = run.spec["targets"], run.spec["input_shape"]
        names = targets["names"]
        colours = _colours(targets["colours"], names)
        unreadable: Unreadable = []
        for source, image in read_pictures(inputs, shape[-1], white_of(run), unreadable):
            mask = _segment(run.model, image, shape[0])
            picture = mask if draw == "classes" else plots.colour_mask(mask, colours)
            if draw == "overlay":
                picture = plots.paint(image, np.ones(mask.shape, bool), picture)
            yield Prediction(source, _shares(mask, names, top), picture)
        yield from without_answer(unreadable)


def _colours(colours: Sequence[Sequence[int]], names: Sequence[str]) -> Sequence[Sequence[int]]:
    return colours or voc_colours(len(names))


def _segment(model: keras.Model, image: np.ndarray, height: int) -> np.ndarray:
    """Predicts a mask of the image's size at the height that the model was trained with."""
    size = image.shape[1], image.shape[0]
    small = max(1, round(size[0] * height / size[1])), height
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    pixels = np.asarray(picture.resize(small, Image.Resampling.BILINEAR))
    mask = predicted_masks(model, pixels.reshape(1, height, small[0], -1))[0]
    return np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))


def _shares(mask: np.ndarray, names: Sequence[str], top: int) -> str:
    counts = np.bincount(mask.reshape(-1), minlength=len(names))
    order = [index for index in np.argsort(-counts)[:top] if counts[index]]
    return ", ".join(f"{names[index]} {100 * counts[index] / mask.size:.1f} %" for index in order)


def _worst(labels: np.ndarray, predicted: np.ndarray, ignore: int | None) -> np.ndarray:
    """Row numbers of the images with the smallest share of right pixels."""
    labelled = np.ones(labels.shape, bool) if ignore is None else labels != ignore
    right = ((labels == predicted) & labelled).sum(axis=(1, 2))
    return np.argsort(right / np.maximum(labelled.sum(axis=(1, 2)), 1), kind="stable")[:SHOWN]


def _confusion(predicted: np.ndarray, split: Split, data: Data) -> np.ndarray:
    return pixel_confusion(split.y, predicted, data.num_classes, masks_of(data).ignore)


task = Segmentation()
