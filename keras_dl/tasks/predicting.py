"""Predictions of tracked models, by their tasks."""

from collections.abc import Iterable, Sequence
from typing import Any

import keras_dl.data.text  # noqa: F401  (registers the preprocessors of texts)
from keras_dl.data.serialization import preprocessor_from_json
from keras_dl.tasks.base import Prediction, SavedRun, Task, get_task
from keras_dl.tracking import models

__all__ = ["load_preprocessor", "load_run", "predict", "task_of"]


def predict(run_id: str, inputs: Sequence[str], **options: Any) -> Iterable[Prediction]:
    """Answers inputs with a run's model, as its task does.

    Args:
        run_id: of the run, or its first characters.
        inputs: files, folders or texts, whatever the task takes.
        **options: of the task's `predict`, such as `top`.

    Raises:
        ValueError: if the run cannot predict, or an input cannot be read.
    """
    return task_of(run_id).predict(load_run(run_id), inputs, **options)


def task_of(run_id: str) -> Task:
    """Returns the task of a run.

    Raises:
        ValueError: if there is no such run, or it is of an own task that only its recipe knows.
    """
    return get_task(models.task_name(run_id))


def load_run(run_id: str) -> SavedRun:
    """Loads model, facts and preprocessor of a run.

    Raises:
        ValueError: if there is no such run, or it has no model.
    """
    model, spec = models.load(run_id), models.spec(run_id)
    return SavedRun(model, spec, preprocessor_from_json(models.preprocessor(run_id)))


def load_preprocessor(run_id: str) -> Any:
    """Returns the preprocessor of a run, which turns raw inputs into those of its model.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run, or its data had no preprocessor.
    """
    preprocessor = load_run(run_id).preprocessor
    if preprocessor is None:
        raise ValueError(f"`run_id` must name a run with a preprocessor. Received: {run_id}")
    return preprocessor
