"""Looking at what layers give while a model runs, and adding to it."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

__all__ = ["hooked", "leaf_layers", "observed"]


def leaf_layers(model: Any) -> list[Any]:
    """Layers from input to output, those of nets within the model in their place."""
    found = []
    for layer in getattr(model, "layers", []):
        found += leaf_layers(layer) if getattr(layer, "layers", None) else [layer]
    return found


def observed(model: Any, names: Sequence[str] | None = None) -> list[Any]:
    """The layers that a probe looks at.

    Args:
        model: any Keras model of layers.
        names: of layers; None for those that end in a non-linearity, and the last one.

    Raises:
        ValueError: if a name is not a layer's, or nothing is left to look at.
    """
    layers = leaf_layers(model)
    if names is not None:
        known = {layer.name: layer for layer in layers}
        for name in names:
            if name not in known:
                raise ValueError(
                    f"`names` must name layers of the model: {', '.join(known)}. Received: {name!r}"
                )
        return [known[name] for name in names]
    chosen = [layer for layer in layers if nonlinearity(layer) not in (None, "linear")]
    if layers and layers[-1] not in chosen:
        chosen.append(layers[-1])
    if not chosen:
        raise ValueError(f"`model` must have layers. Received: model named {model.name!r}")
    return chosen


def nonlinearity(layer: Any) -> str | None:
    """Name of the activation that a layer ends in; None for layers that have no say in it."""
    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    function = getattr(layer, "activation", None)
    return None if function is None else getattr(function, "__name__", type(function).__name__)


@contextlib.contextmanager
def hooked(layers: Sequence[Any], change: Callable[[int, Any], Any]) -> Iterator[None]:
    """Lets `change(index, output)` replace what each layer gives; the first call of each counts.

    The layers' own `call` is shadowed meanwhile, so the model must run uncompiled.
    """
    seen: set[int] = set()

    def wrapped(index: int, call: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            if index in seen:
                return output
            seen.add(index)
            return change(index, output)

        return changed

    for index, layer in enumerate(layers):
        layer.__dict__["call"] = wrapped(index, layer.call)
    try:
        yield
    finally:
        for layer in layers:
            del layer.__dict__["call"]
