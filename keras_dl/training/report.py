"""Report of a finished training: figures and numbers on the test set, and examples of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import keras

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.recipe import Recipe
from keras_dl.tasks.base import get_task

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_figures", "examples", "make_report"]


def make_report(recipe: Recipe, model: keras.Model, data: Data) -> dict[str, Any]:
    """Returns figures and numbers by name: the recipe's report, or its task's.

    Args:
        recipe: its `report` is called where it has one.
        model: the trained model.
        data: its test set is used.
    """
    if recipe.report is not None:
        return dict(recipe.report(model, data))
    return dict(get_task(recipe.task).report(model, data))


def draw_figures(
    history: Mapping[str, list[float]], results: Mapping[str, Any], title: str
) -> "dict[str, Figure]":
    """Returns the learning curves and the figures among the results.

    Args:
        history: metric by Keras' name → value per epoch.
        results: as `make_report` returns them.
        title: recipe and data set, written above each figure.
    """
    figures = {name: v for name, v in results.items() if hasattr(v, "savefig")}
    figures = {"learning_curves": plots.learning_curves(dict(history)), **figures}
    for figure in figures.values():
        plots.add_title(figure, title)
    return figures


def examples(data: Data) -> Any:
    """Returns two examples of the test set, as the model takes them."""
    return data.test.take(data.sampler("test").indices(0, 0, 2, 1)).x
