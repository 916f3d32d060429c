"""Selection of the layers whose outputs are inspected."""

from collections.abc import Sequence

import keras

from keras_dl.utils.layers import activation_name, leaf_layers

__all__ = ["select_layers"]


def select_layers(model: keras.Model, names: Sequence[str] | None = None) -> list[keras.Layer]:
    """Returns the layers to inspect, in order from the input.

    Args:
        model: model whose nested models are searched too.
        names: layer names; None selects layers with a non-linearity and the last layer.

    Raises:
        ValueError: if a name is unknown or the model has no layers.
    """
    layers = leaf_layers(model)
    if names is not None:
        by_name = {layer.name: layer for layer in layers}
        for name in names:
            if name not in by_name:
                raise ValueError(
                    f"`names` must name layers of the model: {', '.join(by_name)}. "
                    f"Received: {name!r}"
                )
        return [by_name[name] for name in names]
    selected = [layer for layer in layers if activation_name(layer) not in (None, "linear")]
    if layers and layers[-1] not in selected:
        selected.append(layers[-1])
    if not selected:
        raise ValueError(f"`model` must have layers. Received: model named {model.name!r}")
    return selected
