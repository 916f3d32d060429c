"""Accuracy of a binary classifier by label and colour, and the effect of the colour alone."""

from typing import Any

import numpy as np

from keras_dl.backend.inference import outputs
from keras_dl.data import Split
from keras_dl.data.environments import colour_groups, swap_colours
from keras_dl.metrics.groups import group_accuracies

__all__ = ["evaluate_colour_groups"]


def evaluate_colour_groups(model: Any, split: Split) -> dict[str, float]:
    """Evaluates a classifier of coloured images with one logit.

    Args:
        model: from raw images to logits (n, 1).
        split: of `keras_dl.data.environments.coloured_environments`.

    Returns:
        "worst_group_accuracy", of the four groups of label and colour, and "changed_by_colour",
        the share of predictions that change when red and green are exchanged.
    """
    predicted = outputs(model, split.x)[:, 0] > 0
    swapped = outputs(model, swap_colours(split.x))[:, 0] > 0
    by_group = group_accuracies(predicted == split.y, colour_groups(split))
    return {
        "worst_group_accuracy": min(by_group.values()),
        "changed_by_colour": float(np.mean(predicted != swapped)),
    }
