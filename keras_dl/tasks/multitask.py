"""Multitask learning: classes of images and numbers that describe them, from one network."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from keras_dl import plots
from keras_dl.algorithms.multitask import Multitask
from keras_dl.backend.inference import outputs
from keras_dl.data import Data
from keras_dl.data.moments import MOMENTS
from keras_dl.data.unreadable import Unreadable
from keras_dl.tasks.base import Prediction, SavedRun, Task, without_answer
from keras_dl.tasks.examples import read_examples

__all__ = ["MultitaskLearning", "task"]


class MultitaskLearning(Task):
    """A head "class" and a head "moments" on one trunk."""

    name = "multitask"

    def report(self, model: Multitask, data: Data) -> dict[str, Any]:
        """Returns each σ, and confusion matrix and R² of moments if their heads were trained."""
        found: Any = outputs(model, data.test.x)
        report: dict[str, Any] = {f"sigma/{head}": s for head, s in model.sigmas().items()}
        if model.head_weights["class"]:
            classes = np.asarray(found["class"]).argmax(axis=1)
            names = list(data.class_names)
            actual = data.test.y["class"]
            report["confusion_matrix"] = plots.confusion_matrix(actual, classes, names)
        if model.head_weights["moments"]:
            report |= _report_moments(data.test.y["moments"], np.asarray(found["moments"]))
        return report

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Predicts class and moments of images; the moments have mean 0 and variance 1 in train.

        Args:
            run: of a multitask model of images.
            inputs: image files, folders or `.npz` files.

        Raises:
            ValueError: if the run is no such model.
        """
        unreadable: Unreadable = []
        examples, sources = read_examples(run, inputs, unreadable)
        answers = []
        if sources:
            found: Any = outputs(run.model, examples)
            for i, source in enumerate(sources):
                chance = softmax(np.asarray(found["class"][i], np.float64))
                best = int(chance.argmax())
                name = run.spec["class_names"][best]
                values = zip(MOMENTS, found["moments"][i], strict=True)
                text = ", ".join(f"{moment} {value:+.2f}" for moment, value in values)
                ranking = ((name, float(chance[best])),)
                answers.append(
                    Prediction(source, f"{name} {chance[best]:.3f}; {text}", ranking=ranking)
                )
        return [*answers, *without_answer(unreadable)]


def _report_moments(actual: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """Returns R² of each moment that varies, and predicted against actual slant."""
    errors, variances = np.square(predicted - actual).mean(axis=0), actual.var(axis=0)
    shares = {
        f"r_squared/{name}": float(1 - error / variance)
        for name, error, variance in zip(MOMENTS, errors, variances, strict=True)
        if variance > 0
    }
    unit = "standard deviations of slant"
    return {
        **shares,
        "slant": plots.predicted_against_actual(actual[:, -1], predicted[:, -1], unit),
    }


task = MultitaskLearning()
