"""What recipes report of a trained classifier, and what a report of their own can build on."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Classes, Data, Images, Split
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading_options import reading_options
from keras_dl.data.unreadable import Unreadable
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.metrics.classification import classification_metrics
from keras_dl.space import Range
from keras_dl.tasks.base import (
    Evaluator,
    Prediction,
    SavedRun,
    Task,
    without_answer,
)
from keras_dl.tasks.class_figures import first_kernel, ranking_figures, score_classes
from keras_dl.tasks.class_probabilities import as_probabilities, probabilities
from keras_dl.tasks.examples import read_examples
from keras_dl.tasks.known_labels import add_known_labels

__all__ = [
    "ClassificationEvaluator",
    "ImageClassification",
    "compile_classifier",
    "rank_classes",
    "report_classification",
    "task",
]


def report_classification(model: Any, data: Data) -> dict[str, Any]:
    """Figures and numbers of a classifier on the test set.

    Args:
        model: takes raw examples, gives logits.
        data: its test split is shown.

    Returns:
        The figures `confusion_matrix`, `class_scores` (precision and recall of each class), `roc`
        and `precision_recall` for up to 10 classes and, for images, `mistakes` and `filters`; the
        means `macro_precision` and `macro_recall` over classes, and for up to 20 classes
        `precision/NAME` and `recall/NAME`.
    """
    chance = probabilities(model, data.test.x, data.batch_size)
    predicted, names = chance.argmax(axis=1), list(data.class_names)
    figures = {
        "confusion_matrix": plots.confusion_matrix(data.test.y, predicted, names),
        **score_classes(data.test.y, predicted, names),
    }
    figures |= ranking_figures(data.test.y, chance, names)
    if isinstance(data.inputs, Images):
        figures["mistakes"] = plots.mistakes(to_bytes(data.test.x), data.test.y, chance, names)
        kernel = first_kernel(model, data.input_shape)
        if kernel is not None:
            figures["filters"] = plots.filters(kernel)
    return figures


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


class ClassificationEvaluator:
    """Evaluates a classifier with the metrics of `keras_dl.metrics.classification_metrics`.

    Args:
        data: gives number of classes and batch size.
    """

    def __init__(self, data: Data) -> None:
        self._classes, self._batch_size = data.num_classes, data.batch_size

    def __call__(self, model: Any, split: Split) -> dict[str, float]:
        """Returns the metrics by name; none for examples without one class each."""
        y = split.y
        if not isinstance(y, np.ndarray) or y.ndim != 1 or y.dtype.kind not in "iu" or y.min() < 0:
            return {}
        chance = as_probabilities(model, outputs(model, split.x, self._batch_size), self._classes)
        if chance is None or len(chance) != len(y):
            return {}
        return classification_metrics(y, chance)


class ImageClassification(Task):
    """Classes of images or table rows."""

    name = "classification"
    test_metrics = (
        *("balanced_accuracy", "f1", "auc", "average_precision"),
        *("top1_accuracy", "top5_accuracy"),
    )

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns the evaluator of balanced accuracy, F1 and areas under curves."""
        classes = isinstance(data.targets, Classes) and not data.targets.by_split
        return (ClassificationEvaluator(data),) if classes else ()

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
        if not run.spec["class_names"]:
            raise ValueError("`run_id` must name a classifier. Received: a model without classes")
        unreadable: Unreadable = []
        with reading_options(header=header, delimiter=delimiter, encoding=encoding):
            examples, sources = read_examples(run, inputs, unreadable)
        answers = rank_classes(run, examples, sources, top)
        return [*add_known_labels(answers, inputs, run.spec), *without_answer(unreadable)]


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
        shares = {f"p({name})": float(p) for name, p in zip(names, row, strict=True)}
        columns: dict[str, str | float] = {"class": ranking[0][0], **shares}
        predictions.append(Prediction(source, text, ranking=ranking, columns=columns))
    return predictions


task = ImageClassification()
