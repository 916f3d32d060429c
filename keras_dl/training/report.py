"""What is drawn after a training, from the test set, which is looked at here for the only time."""

from collections.abc import Mapping
from typing import Any

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.recipe import Recipe
from keras_dl.reporting import classification

__all__ = ["drawn", "made"]


def made(recipe: Recipe, model: Any, data: Data) -> dict[str, Any]:
    """Calls the recipe's report; a classifier without one gets the usual figures."""
    if recipe.report is not None:
        return dict(recipe.report(model, data))
    return classification(model, data) if recipe.task == "classification" else {}


def drawn(history: Mapping[str, list[float]], reported: Mapping[str, Any]) -> dict[str, Any]:
    """The figures among what was reported, with the learning curves in front."""
    figures = {name: v for name, v in reported.items() if hasattr(v, "savefig")}
    return {"learning_curves": plots.learning_curves(dict(history)), **figures}
