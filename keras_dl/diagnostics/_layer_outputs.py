"""Selection of layers, and hooks on their outputs."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

from keras_dl.utils.layers import leaf_layers

__all__ = ["layer_hooks", "select_layers"]


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


def activation_name(layer: keras.Layer) -> str | None:
    """Returns the name of a layer's activation, or None without one."""
    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    function = getattr(layer, "activation", None)
    return None if function is None else getattr(function, "__name__", type(function).__name__)


@contextlib.contextmanager
def layer_hooks(layers: Sequence[keras.Layer], change: Callable[[int, Any], Any]) -> Iterator[None]:
    """Replaces the output of each layer's first call by `change(index, output)`.

    The `call` of each layer is shadowed on the instance, hence the model must run uncompiled.
    """
    done: set[int] = set()

    def wrapped(index: int, call: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            if index in done:
                return output
            done.add(index)
            return change(index, output)

        return changed

    for index, layer in enumerate(layers):
        layer.__dict__["call"] = wrapped(index, layer.call)
    try:
        yield
    finally:
        for layer in layers:
            del layer.__dict__["call"]
