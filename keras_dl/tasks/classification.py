"""What recipes report of a trained classifier, and what a report of their own can build on."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np
from scipy.special import softmax

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Images, read_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading_options import reading_options
from keras_dl.data.tables.inputs import read_rows
from keras_dl.data.unreadable import Unreadable
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.metrics.per_class import class_counts
from keras_dl.space import Range
from keras_dl.tasks.base import Prediction, SavedRun, Task, white_of, without_answer
from keras_dl.utils.layers import leaf_layers

__all__ = [
    "ImageClassification",
    "compile_classifier",
    "first_kernel",
    "probabilities",
    "rank_classes",
    "report_classification",
    "task",
]

MOST_NAMED = 20  # classes with metrics of their own


def probabilities(model: Any, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """Class probabilities of raw examples.

    Args:
        model: gives logits (n, classes).
        x: raw examples (n, …).
        batch_size: examples at a time.

    Returns:
        (n, classes) float32, each row adding up to 1.
    """
    logits = outputs(model, x, batch_size)
    return softmax(np.asarray(logits, dtype="float32"), axis=-1)


def report_classification(model: Any, data: Data) -> dict[str, Any]:
    """Figures and numbers of a classifier on the test set.

    Args:
        model: takes raw examples, gives logits.
        data: its test split is shown.

    Returns:
        The figures `confusion_matrix`, `class_scores` (precision and recall of each class) and, for
        images, `mistakes` and `filters`; the means `macro_precision` and `macro_recall` over
        classes, and for up to 20 classes `precision/NAME` and `recall/NAME`.
    """
    chance = probabilities(model, data.test.x, data.batch_size)
    predicted, names = chance.argmax(axis=1), list(data.class_names)
    figures = {
        "confusion_matrix": plots.confusion_matrix(data.test.y, predicted, names),
        **_score_classes(data.test.y, predicted, names),
    }
    if isinstance(data.inputs, Images):
        figures["mistakes"] = plots.mistakes(to_bytes(data.test.x), data.test.y, chance, names)
        kernel = first_kernel(model, data.input_shape)
        if kernel is not None:
            figures["filters"] = plots.filters(kernel)
    return figures


def _score_classes(
    y_true: np.ndarray, predicted: np.ndarray, names: Sequence[str]
) -> dict[str, Any]:
    """Returns the figure `class_scores` and the numbers; shares of no example are left out."""
    counts = class_counts(y_true, predicted, len(names))
    scores = {"precision": counts.precision, "recall": counts.recall}
    results: dict[str, Any] = {
        "class_scores": plots.class_scores(names, *scores.values(), *map(counts.intervals, scores))
    }
    labels = [re.sub(r"[^\w. -]", "_", name, flags=re.ASCII) for name in names]
    if len(set(labels)) < len(labels):
        labels = [str(number) for number in range(len(labels))]
    for kind, shares in scores.items():
        defined = [(n, float(v)) for n, v in zip(labels, shares, strict=True) if not np.isnan(v)]
        results[f"macro_{kind}"] = float(np.mean([value for _, value in defined]))
        if len(names) <= MOST_NAMED:
            results |= {f"{kind}/{name}": value for name, value in defined}
    return results


def first_kernel(model: Any, input_shape: tuple[int, ...]) -> np.ndarray | None:
    """Weights of the first layer that looks at pixels, as images.

    Args:
        model: any Keras model.
        input_shape: (height, width, channels) of its examples.

    Returns:
        (height, width, channels, filters), or None where no layer has such weights.
    """
    for layer in leaf_layers(model):
        weights = getattr(layer, "kernel", None)
        if weights is None:
            continue
        kernel = np.asarray(keras.ops.convert_to_numpy(weights))
        if isinstance(layer, keras.layers.Conv2D):
            return kernel
        if isinstance(layer, keras.layers.Dense) and len(kernel) == np.prod(input_shape):
            return kernel.reshape(*input_shape, -1)
        return None
    return None


def compile_classifier(
    model: keras.Model, optimizer: Any, *, label_smoothing: float = 0.0
) -> keras.Model:
    """Compiles a model that gives logits: cross-entropy with class numbers, accuracy.

    Args:
        model: from raw examples to logits (batch, classes).
        optimizer: a Keras optimizer.
        label_smoothing: share of the probability that is spread over all classes, in [0, 1);
            the validation and test losses are smoothed too, as Keras does it.

    Returns:
        The same model.

    Raises:
        TypeError, ValueError: if `label_smoothing` is not a number in [0, 1).
    """
    if label_smoothing == 0:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    else:
        loss = SmoothedCrossentropy(label_smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


class ImageClassification(Task):
    """Classes of images or table rows."""

    name = "classification"

    def report(self, model: keras.Model, data: Data) -> dict[str, Any]:
        """Returns the figures of `report_classification`."""
        return report_classification(model, data)

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        top: Annotated[int, Range(1, 1000)] = 3,
        header: bool | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> Iterable[Prediction]:
        """Classifies images or rows of a table.

        Args:
            run: a classifier of images or of table rows.
            inputs: image files, folders of images or `.npz` files with `x`; CSV files with the
                columns of the training data.
            top: classes per input, most probable first.
            header: whether the first line of a CSV file holds names; None: by its content.
            delimiter: character between the columns of a CSV file; None: by its content.
            encoding: encoding of a CSV file; None: UTF-8.

        Raises:
            ValueError: if the run is no such classifier, or an option has no effect.
        """
        kind, classes = run.spec["inputs"]["type"], run.spec["class_names"]
        if kind not in ("Images", "Features") or not classes:
            raise ValueError(
                "`run_id` must name a classifier of images, table rows or texts. Received: "
                f"{kind}, {len(classes)} classes"
            )
        unreadable: Unreadable = []
        with reading_options(header=header, delimiter=delimiter, encoding=encoding):
            if kind == "Features":
                examples, sources = read_rows(inputs, run.spec, unreadable)
            else:
                shape = tuple(run.spec["input_shape"])
                examples, sources = read_images(inputs, shape, white_of(run), unreadable)
        return [*rank_classes(run, examples, sources, top), *without_answer(unreadable)]


def rank_classes(
    run: SavedRun, examples: np.ndarray, sources: Sequence[str], top: int
) -> list[Prediction]:
    """Ranks the classes of each example by probability.

    Args:
        run: a classifier that returns logits.
        examples: (n, …), as the model takes them.
        sources: name of each example.
        top: classes per example.
    """
    names = run.spec["class_names"]
    predictions: list[Prediction] = []
    if not sources:
        return predictions
    for source, row in zip(sources, probabilities(run.model, examples), strict=True):
        ranking = tuple((names[i], float(row[i])) for i in (-row).argsort()[:top])
        text = ", ".join(f"{name} {share:.3f}" for name, share in ranking)
        predictions.append(Prediction(source, text, ranking=ranking))
    return predictions


task = ImageClassification()
