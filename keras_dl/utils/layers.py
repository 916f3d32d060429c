"""Layers of nested models."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

__all__ = ["leaf_layers"]


def leaf_layers(model: "keras.Layer") -> list["keras.Layer"]:
    """Returns the layers of a model in order, with nested models replaced by their layers.

    Args:
        model: a Keras model. A layer that contains no layers has no leaves.
    """
    leaves = []
    for layer in getattr(model, "layers", []):
        leaves += leaf_layers(layer) if getattr(layer, "layers", None) else [layer]
    return leaves
