"""The interface of a task: callbacks, evaluators, report and predictions of a kind of model."""

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_dl.utils.matching import did_you_mean

if TYPE_CHECKING:
    import keras

    from keras_dl.data import Data, Preprocessor, Split
    from keras_dl.data.unreadable import Unreadable

__all__ = [
    "Evaluator",
    "Prediction",
    "SavedRun",
    "Task",
    "get_task",
    "white_of",
    "without_answer",
]

Evaluator = Callable[["keras.Model", "Split"], Mapping[str, float]]


@dataclass(frozen=True)
class SavedRun:
    """A tracked model with the facts that its predictions need.

    Attributes:
        model: the trained model.
        spec: facts of its data: inputs, targets, class_names, input_shape, …
        preprocessor: turns raw inputs into the model's; None where the data had none.
        metrics: of the finished run, such as a threshold that validation chose.
    """

    model: "keras.Model"
    spec: Mapping[str, Any]
    preprocessor: "Preprocessor | None"
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Prediction:
    """The answer to one input.

    Attributes:
        source: the input, as a file name or a text.
        text: the answer in words.
        picture: (height, width) or (height, width, 1 or 3) uint8, a film (pictures, height, width,
            3), or None.
        ranking: (class or word, score), best first; empty where the task ranks nothing.
        error: reason why the input has no answer, as it cannot be read; else "".
        columns: the answer as named values, for a table; empty: the text alone.
        truth: the right answer where the input carries it; else "".
    """

    source: str
    text: str
    picture: np.ndarray | None = None
    ranking: tuple[tuple[str, float], ...] = ()
    error: str = ""
    columns: Mapping[str, str | float] = field(default_factory=dict)
    truth: str = ""


class Task:
    """A kind of model: how it is evaluated, reported on and used.

    A module `keras_dl/tasks/NAME.py` with an instance named `task` makes `Recipe(task="NAME")`
    work; a recipe of one's own may pass an instance instead.

    Attributes:
        name: second half of the MLflow experiment's name, `mnist-classification`.
        test_metrics: names of the metrics of `test_evaluators`.
    """

    name = "task"
    test_metrics: tuple[str, ...] = ()

    def callbacks(self, model: "keras.Model", data: "Data") -> list[Any]:
        """Returns callbacks for `fit`, before evaluators: their metrics count for decisions."""
        return []

    def evaluators(self, data: "Data") -> tuple[Evaluator, ...]:
        """Returns functions from (model, split) to metrics, for each validation and the test."""
        return ()

    def test_evaluators(self, data: "Data") -> tuple[Evaluator, ...]:
        """Returns evaluators for the test, and for validations whose metric is the objective."""
        return ()

    def samples(self, model: "keras.Model", since: int) -> dict[int, np.ndarray]:
        """Returns pictures by epoch (from 1), of epochs not before `since`, uint8."""
        return {}

    def report(self, model: "keras.Model", data: "Data") -> dict[str, Any]:
        """Returns figures and numbers of a trained model on the test set, by name."""
        return {}

    def predict(self, run: SavedRun, inputs: Sequence[str]) -> Iterable[Prediction]:
        """Answers inputs of the command line.

        Options are keyword-only parameters annotated as hyperparameters are.

        Args:
            run: the model with its facts.
            inputs: files, folders or texts.

        Raises:
            ValueError: if the task predicts nothing, or an input cannot be read.
        """
        raise ValueError(f"`run_id` must name a run whose task predicts. Received: {self.name}")


def without_answer(unreadable: "Unreadable") -> list[Prediction]:
    """Returns predictions that state why their inputs cannot be read."""
    return [Prediction(source, "", error=reason) for source, reason in unreadable]


def white_of(run: SavedRun) -> float | None:
    """Returns the number that is white in the images of a run's training; None if unrecorded."""
    return run.spec.get("inputs", {}).get("white")


def get_task(task: str | Task) -> Task:
    """Returns a task by the name of its module in `keras_dl.tasks`; tasks pass through.

    Raises:
        ValueError: if there is no such module.
    """
    if isinstance(task, Task):
        return task
    if task.isidentifier() and importlib.util.find_spec(f"keras_dl.tasks.{task}") is not None:
        instance = getattr(importlib.import_module(f"keras_dl.tasks.{task}"), "task", None)
        if isinstance(instance, Task):
            return instance
    names = _names()
    raise ValueError(
        f"`task` must be one of {', '.join(names)}, or a `keras_dl.tasks.base.Task`."
        f"{did_you_mean(task, names)} Received: task={task!r}"
    )


def _names() -> list[str]:
    files = Path(__file__).parent.glob("[a-z]*.py")
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    return sorted(name for name, text in texts.items() if "\ntask = " in text)
