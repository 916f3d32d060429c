"""Recipes of classes on data whose targets are numbers: what changes once the data are known."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keras_dl.data import Data, Values
from keras_dl.recipe import Recipe
from keras_dl.space import hypers
from keras_dl.training.job import Job

__all__ = ["adapt_job", "adapt_recipe", "drop_idle"]

OF_CLASSES = ("classification", "binary_classification")


def adapt_recipe(recipe: Recipe, targets: str) -> Recipe:
    """Returns the recipe of a regression for one of classes whose targets are numbers.

    Args:
        recipe: any recipe.
        targets: name of the targets' spec, "Classes", "Values", ….

    Raises:
        ValueError: if the recipe needs classes.
    """
    if targets != Values.__name__ or recipe.task_name not in OF_CLASSES:
        return recipe
    return recipe.for_numbers()


def drop_idle(recipe: Recipe, values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the hyperparameters that have an effect without classes.

    Args:
        recipe: as `adapt_recipe` returns it.
        values: hyperparameters by name.

    Raises:
        ValueError: if one without effect has another value than its default.
    """
    for name in recipe.classes_only:
        default = hypers(recipe.build)[name].default
        if values.get(name, default) != default:
            raise ValueError(
                f"`{name}` must be left out where the targets are numbers. "
                f"Received: {name}={values[name]!r}"
            )
    return {name: value for name, value in values.items() if name not in recipe.classes_only}


def adapt_job(job: Job, data: Data) -> Job:
    """Returns the job with the recipe and the hyperparameters that suit the data's targets.

    Raises:
        ValueError: if the recipe needs classes, or a hyperparameter does.
    """
    recipe = adapt_recipe(job.recipe, type(data.targets).__name__)
    if recipe is job.recipe:
        return job
    return replace(job, recipe=recipe, values=drop_idle(recipe, job.values))
