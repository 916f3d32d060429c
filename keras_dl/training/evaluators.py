"""Evaluators of a training: those of its task and its recipe, by split."""

from collections.abc import Mapping, Sequence

import keras

from keras_dl.data import Data, Split
from keras_dl.recipe import Recipe
from keras_dl.tasks.base import Evaluator, get_task

__all__ = ["Evaluators", "evaluated"]


class Evaluators:
    """Evaluators of a training's validations and of its test.

    Those that the task has for the test are evaluated in validations only if the objective is one
    of their metrics: each costs a pass over the split. Metrics of the same name that the model is
    compiled with stay.

    Args:
        recipe: its task, its own evaluators and its objective are used.
        data: data set of the training.
    """

    def __init__(self, recipe: Recipe, data: Data) -> None:
        task = get_task(recipe.task)
        self.own = (*task.evaluators(data), *recipe.evaluators)
        self._of_the_test = task.test_evaluators(data)
        self._wanted = recipe.objective.name.removeprefix("val_") in task.test_metrics

    def validate(
        self, model: keras.Model | None, split: Split, logs: Mapping[str, float]
    ) -> dict[str, float]:
        """Returns the metrics of a validation as `val_<name>`.

        Args:
            model: the model to evaluate.
            split: the validation split.
            logs: metrics that Keras reports of the epoch.
        """
        own = evaluated(self.own, model, split)
        further = evaluated(self._of_the_test if self._wanted else (), model, split)
        new = {n: v for n, v in further.items() if f"val_{n}" not in logs}
        return {f"val_{name}": value for name, value in (new | own).items()}

    def test(
        self, model: keras.Model | None, split: Split, metrics: Mapping[str, float]
    ) -> dict[str, float]:
        """Returns the metrics of the test, with those that Keras reports.

        Args:
            model: the model to evaluate.
            split: the test split.
            metrics: metrics that Keras reports.
        """
        further = evaluated(self._of_the_test, model, split)
        new = {n: v for n, v in further.items() if n not in metrics}
        return {**metrics, **new, **evaluated(self.own, model, split)}


def evaluated(
    evaluators: Sequence[Evaluator], model: keras.Model | None, split: Split
) -> dict[str, float]:
    """Returns the metrics of all evaluators.

    Args:
        evaluators: functions from (model, split) to metrics by name.
        model: the model to evaluate.
        split: validation or test.

    Raises:
        ValueError: if two evaluators return a metric of the same name.
    """
    metrics: dict[str, float] = {}
    for evaluator in evaluators:
        for name, value in evaluator(model, split).items():  # type: ignore[arg-type]
            if name in metrics:
                raise ValueError(
                    f"`evaluators` must return different metrics. Received: {name!r} twice"
                )
            metrics[name] = float(value)
    return metrics
