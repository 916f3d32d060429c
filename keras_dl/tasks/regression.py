"""Regression: targets are real numbers."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.backend.inference import outputs
from keras_dl.data import Data, Split, Values
from keras_dl.data.reading_options import reading_options
from keras_dl.data.unreadable import Unreadable
from keras_dl.tasks.base import Evaluator, Prediction, SavedRun, Task, without_answer
from keras_dl.tasks.examples import read_examples
from keras_dl.tasks.known_labels import add_known_labels

__all__ = ["Regression", "evaluate_regression", "task"]


def evaluate_regression(model: Any, split: Split) -> dict[str, float]:
    """Computes R² and the errors of a regression.

    Args:
        model: from examples to values, (n, outputs).
        split: its targets are numbers, (n,) or (n, outputs).

    Returns:
        "r_squared", the explained share of the variance, mean over the outputs; and
        the mean absolute error "mae" and the root of the mean squared error "rmse" in units of the
        target; empty for other targets or outputs.
    """
    y = split.y
    if not isinstance(y, np.ndarray) or y.dtype.kind != "f" or y.ndim > 2:
        return {}
    actual = y.reshape(len(y), -1).astype(np.float64)
    predicted = outputs(model, split.x)
    if not isinstance(predicted, np.ndarray) or predicted.size != actual.size:
        return {}
    errors = predicted.reshape(actual.shape).astype(np.float64) - actual
    metrics = {
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt(np.square(errors).mean())),
    }
    variance = actual.var(axis=0)
    if (variance > 0).all():
        metrics["r_squared"] = float(np.mean(1 - np.square(errors).mean(axis=0) / variance))
    return metrics


class Regression(Task):
    """Regression of numbers."""

    name = "regression"
    test_metrics = ("r_squared", "mae", "rmse")

    def test_evaluators(self, data: Data) -> tuple[Evaluator, ...]:
        """Returns `evaluate_regression`."""
        return (evaluate_regression,) if isinstance(data.targets, Values) else ()

    def report(self, model: Any, data: Data) -> dict[str, Any]:
        """Returns the figures of a single target: predicted against actual values, residuals."""
        y = data.test.y
        if not isinstance(data.targets, Values) or y.size != len(y):
            return {}
        actual, predicted = y.ravel(), np.asarray(outputs(model, data.test.x)).ravel()
        return {
            "predicted_against_actual": plots.predicted_against_actual(actual, predicted),
            "residuals": plots.residuals(actual, predicted),
        }

    def predict(
        self,
        run: SavedRun,
        inputs: Sequence[str],
        *,
        header: bool | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
    ) -> Iterable[Prediction]:
        """Predicts the numbers of images or of rows of a table.

        Args:
            run: of a model of images or of table rows.
            inputs: image files, folders of images or `.npz` files with `x`; CSV files with the
                columns of the training data.
            header: whether the first line of a CSV file holds names; None: by its content.
            delimiter: character between the columns of a CSV file; None: by its content.
            encoding: encoding of a CSV file; None: UTF-8.

        Raises:
            ValueError: if the run's inputs are neither, or an option has no effect.
        """
        unreadable: Unreadable = []
        with reading_options(header=header, delimiter=delimiter, encoding=encoding):
            x, sources = read_examples(run, inputs, unreadable)
        values = np.asarray(outputs(run.model, x)) if sources else np.zeros((0, 1))
        answers = [_answer(source, row) for source, row in zip(sources, values, strict=True)]
        return [*add_known_labels(answers, inputs, run.spec), *without_answer(unreadable)]


def _answer(source: str, values: np.ndarray) -> Prediction:
    numbers = [float(value) for value in values.ravel()]
    several = len(numbers) > 1
    names = [f"prediction_{i}" if several else "prediction" for i in range(len(numbers))]
    columns: dict[str, str | float] = dict(zip(names, numbers, strict=True))
    return Prediction(source, ", ".join(f"{v:.6g}" for v in numbers), columns=columns)


task = Regression()
