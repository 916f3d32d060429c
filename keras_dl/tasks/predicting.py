"""Predictions of tracked models, by their tasks."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras_dl.data.text  # noqa: F401  (registers the preprocessors of texts)
from keras_dl.data.serialization import preprocessor_from_json
from keras_dl.space import Hyper, hypers
from keras_dl.tasks.base import Prediction, SavedRun, Task, get_task
from keras_dl.tracking import models, store
from keras_dl.tracking.model_runs import check_has_model

__all__ = ["load_preprocessor", "load_run", "options", "predictions", "task_of"]

COMMON = ("top", "out")  # options of the command itself


def options(run_id: str) -> dict[str, Hyper]:
    """Returns the options that only the task of this run has, by name.

    They are the keyword-only parameters of the task's `predict`, annotated like hyperparameters.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run.
    """
    declared = hypers(task_of(run_id).predict, exclude=("run", "inputs"))
    return {name: hyper for name, hyper in declared.items() if name not in COMMON}


def predictions(
    run_id: str, inputs: Sequence[str], *, top: int = 3, out: str | None = None, **own: Any
) -> Iterator[Prediction]:
    """Applies a run's model to inputs, as its task does.

    Args:
        run_id: of the run, or its first characters.
        inputs: files, folders, texts or words, as the task takes them.
        top: results for each input, best first; tasks that rank nothing ignore it.
        out: folder where the caller writes pictures; no concern of the task.
        **own: the task's own options, see `options`.

    Raises:
        ValueError: if there is no such run, or an input cannot be read.
    """
    if top < 1:
        raise ValueError(f"`top` must be 1 or more. Received: top={top}")
    task = task_of(run_id)
    ranked = "top" in hypers(task.predict, exclude=("run", "inputs"))
    yield from task.predict(load_run(run_id), inputs, **own, **({"top": top} if ranked else {}))


def task_of(run_id: str) -> Task:
    """Returns the task of a run.

    Raises:
        ValueError: if there is no such run, or it has a task that only its recipe's file knows.
    """
    check_has_model(run_id)
    return get_task(models.task_name(run_id))


def load_run(run_id: str) -> SavedRun:
    """Loads model, facts and preprocessor of a run.

    Raises:
        ValueError: if there is no such run, or it has no model.
    """
    model, spec = models.load(run_id), models.spec(run_id)
    preprocessor = preprocessor_from_json(models.preprocessor(run_id))
    return SavedRun(model, spec, preprocessor, store.find_run(run_id).data.metrics)


def load_preprocessor(run_id: str) -> Any:
    """Returns the preprocessor of a run, which turns raw inputs into those of its model.

    Args:
        run_id: of the run, or its first characters.

    Raises:
        ValueError: if there is no such run, or its data had no preprocessor.
    """
    preprocessor = preprocessor_from_json(models.preprocessor(run_id))
    if preprocessor is None:
        raise ValueError(f"`run_id` must name a run with a preprocessor. Received: {run_id}")
    return preprocessor
