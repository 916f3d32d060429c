"""What recipes report of a trained classifier, and what a report of their own can build on."""

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import keras
import numpy as np
from scipy.special import expit, softmax

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Classes, Data, Images, Split, read_images
from keras_dl.data.images.pixels import to_bytes
from keras_dl.data.reading_options import reading_options
from keras_dl.data.tables.inputs import read_rows
from keras_dl.data.unreadable import Unreadable
from keras_dl.losses import SmoothedCrossentropy
from keras_dl.metrics.classification import (
    average_precision,
    classification_metrics,
    precision_recall_curve,
    ranked_classes,
    roc_auc,
    roc_curve,
)
from keras_dl.metrics.per_class import class_counts
from keras_dl.space import Range
from keras_dl.tasks.base import (
    Evaluator,
    Prediction,
    SavedRun,
    Task,
    white_of,
    without_answer,
)
from keras_dl.utils.layers import leaf_layers

__all__ = [
    "ClassificationEvaluator",
    "ImageClassification",
    "as_probabilities",
    "compile_classifier",
    "first_kernel",
    "probabilities",
    "rank_classes",
    "ranking_figures",
    "report_classification",
    "task",
]

MOST_NAMED = 20  # classes with metrics of their own


def probabilities(model: Any, x: np.ndarray, batch_size: int = 256) -> np.ndarray:
    """Class probabilities of raw examples.

    Args:
        model: gives logits or probabilities (n, classes), or of the second of two classes (n, 1).
        x: raw examples (n, …).
        batch_size: examples at a time.

    Returns:
        (n, classes) float32, each row adding up to 1.
    """
    values = np.asarray(outputs(model, x, batch_size), dtype="float32")
    classes = 2 if values.shape[-1] == 1 else values.shape[-1]
    chance = as_probabilities(model, values, classes)
    return softmax(values, axis=-1) if chance is None else chance


def as_probabilities(model: Any, values: Any, classes: int) -> np.ndarray | None:
    """Converts a classifier's outputs to class probabilities.

    Args:
        model: its loss tells whether a single output is a logit.
        values: logits or probabilities (n, classes), or those of the second of two classes (n, 1).
        classes: number of classes.

    Returns:
        (n, classes) float32; None if the outputs are of another form.
    """
    if not isinstance(values, np.ndarray) or values.ndim != 2:
        return None
    values = values.astype("float32")
    if values.shape[1] == classes:
        normalized = (values >= 0).all() and np.allclose(values.sum(axis=1), 1, atol=1e-3)
        return values if normalized else softmax(values, axis=1)
    if values.shape[1] != 1 or classes != 2:
        return None
    unit = (values >= 0).all() and (values <= 1).all()
    logits = not unit or getattr(getattr(model, "loss", None), "from_logits", False)
    second = expit(values) if logits else values
    return np.concatenate([1 - second, second], axis=1)


def ranking_figures(y: np.ndarray, chance: np.ndarray, names: Sequence[str]) -> dict[str, Any]:
    """Draws ROC and precision–recall curves of the second of two classes, or of each of up to 10.

    Args:
        y: class numbers, (n,).
        chance: probabilities, (n, classes).
        names: of the classes.

    Returns:
        "roc" and "precision_recall"; empty with more classes, or if one class alone occurs.
    """
    roc: dict[str, tuple[np.ndarray, np.ndarray, float]] = {}
    precision_recall = dict(roc)
    for c in ranked_classes(y, len(names)):
        positive, scores = y == c, chance[:, c]
        roc[names[c]] = (*roc_curve(positive, scores), roc_auc(positive, scores))
        area = average_precision(positive, scores)
        precision_recall[names[c]] = (*precision_recall_curve(positive, scores), area)
    if not roc:
        return {}
    return {"roc": plots.roc(roc), "precision_recall": plots.precision_recall(precision_recall)}


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
        **_score_classes(data.test.y, predicted, names),
    }
    figures |= ranking_figures(data.test.y, chance, names)
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
    test_metrics = ("balanced_accuracy", "f1", "auc", "average_precision")

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
        kind, classes = run.spec["inputs"]["type"], run.spec["class_names"]
        if kind not in ("Images", "Features") or not classes:
            raise ValueError(
                "`run_id` must name a classifier of images, table rows or texts. Received: "
                f"{kind}, {len(classes)} classes"
            )
        unreadable: Unreadable = []
        with reading_options(header=header, delimiter=delimiter, encoding=encoding):
            if kind == "Features":
                examples, sources = read_rows(inputs, run.spec, unreadable, run.preprocessor)
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
