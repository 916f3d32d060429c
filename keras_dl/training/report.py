"""What is drawn after a training, from the test set, which is looked at here for the only time."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.data import Data
from keras_dl.recipe import Recipe
from keras_dl.tasks.classification import report_classification

__all__ = ["drawn", "made", "pictures"]


def made(recipe: Recipe, model: Any, data: Data) -> dict[str, Any]:
    """Calls the recipe's report; a classifier without one gets the usual figures."""
    if recipe.report is not None:
        return dict(recipe.report(model, data))
    return report_classification(model, data) if recipe.task_name == "classification" else {}


def drawn(history: Mapping[str, list[float]], reported: Mapping[str, Any]) -> dict[str, Any]:
    """The figures among what was reported, with the learning curves in front."""
    figures = {name: v for name, v in reported.items() if hasattr(v, "savefig")}
    return {"learning_curves": plots.learning_curves(dict(history)), **figures}


def pictures(model: Any, since: int = 1) -> dict[int, np.ndarray]:
    """Tiles the images that a model's `sample_monitor` recorded after each epoch.

    Args:
        model: any model.
        since: first epoch asked for.

    Returns:
        Epoch (from 1) → one uint8 picture of all its images; empty without a `sample_monitor`.
    """
    monitor = getattr(model, "sample_monitor", None)
    snapshots = {} if monitor is None else monitor.snapshots
    return {
        epoch: plots.tile_images(images, math.ceil(math.sqrt(len(images))))
        for epoch, images in snapshots.items()
        if epoch >= since and len(images)
    }
