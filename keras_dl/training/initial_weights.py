"""Initial weights from another model: layers of the same name and shapes get its weights."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from keras_dl.utils.layers import leaf_layers

__all__ = ["INDEX", "Match", "copy_weights", "describe_match", "match_layers", "trained_layers"]

INDEX = "layers"  # member with the names of the layers
MOST_NAMED = 6  # layers in a sentence


class Match(NamedTuple):
    """The layers of a model that get weights of a source.

    Attributes:
        copied: weights by layer, in the order of `layer.weights`.
        others: names of the model's other layers with weights.
        parameters: number of weights that are copied.
    """

    copied: list[tuple[keras.Layer, list[np.ndarray]]]
    others: list[str]
    parameters: int

    @property
    def sentence(self) -> str:
        """What was copied, and what starts at random."""
        names = ", ".join(self.others[:MOST_NAMED]) + ", …" * (len(self.others) > MOST_NAMED)
        rest = f"; at random: {names}" if self.others else ""
        total = len(self.copied) + len(self.others)
        return f"{len(self.copied)} of {total} layers, {self.parameters:,} weights{rest}"


def describe_match(match: Match, *, folds: bool) -> str:
    """Returns a sentence on copied layers for the screen.

    Args:
        match: of the layers.
        folds: whether a cross-validation follows.
    """
    warning = "; if their training saw these examples, the folds are not independent of them"
    return match.sentence + warning * folds


def match_layers(path: Path, model: keras.Model) -> Match:
    """Finds the layers of a model that a source has under the same name with the same shapes.

    Layers that normalize or hold the data keep what they took from the model's own data set.

    Args:
        path: file of the source's arrays.
        model: built.

    Raises:
        ValueError: if there is no such layer.
    """
    source = _arrays(path)
    copied, others = [], []
    for layer in trained_layers(model):
        shapes = [tuple(weight.shape) for weight in layer.weights]
        fits = [
            values
            for values in source.get(layer.name, ())
            if [value.shape for value in values] == shapes
        ]
        if len(fits) == 1:
            copied.append((layer, fits[0]))
        else:  # none, or several that cannot be told apart
            others.append(layer.name)
    if not copied:
        raise ValueError(
            "`init_from` must name a model with layers of the same names and shapes as the "
            f"recipe's, {', '.join(others[:MOST_NAMED])}. Received: one with the layers "
            f"{', '.join(list(source)[:MOST_NAMED])}"
        )
    return Match(copied, others, sum(v.size for _, values in copied for v in values))


def copy_weights(path: Path, model: keras.Model) -> None:
    """Copies the weights that `match_layers` finds into the model."""
    for layer, values in match_layers(path, model).copied:
        for weight, value in zip(layer.weights, values, strict=True):
            weight.assign(value)


def trained_layers(model: keras.Model) -> list[keras.Layer]:
    """Returns the layers whose weights a training learns."""
    return [
        layer
        for layer in leaf_layers(model)
        if layer.weights
        and not isinstance(layer, keras.layers.Normalization)
        and not getattr(layer, "holds_data", False)
    ]


@functools.lru_cache(maxsize=2)
def _arrays(path: Path) -> Mapping[str, list[list[np.ndarray]]]:
    """Returns the weights of the source's layers by name; a name may occur several times."""
    by_name: dict[str, list[list[np.ndarray]]] = {}
    with np.load(path, allow_pickle=False) as members:
        for number, (name, count) in enumerate(json.loads(str(members[INDEX]))):
            by_name.setdefault(name, []).append([members[f"{number}.{i}"] for i in range(count)])
    return by_name
