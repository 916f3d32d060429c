"""Layers of nested models, their activations, and hooks on their outputs."""

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

__all__ = ["activation_name", "count_parameters", "layer_hooks", "leaf_layers", "shadowed"]


def leaf_layers(model: "keras.Layer") -> list["keras.Layer"]:
    """Returns the layers of a model in order, with nested models replaced by their layers.

    Args:
        model: a Keras model. A layer that contains no layers has no leaves.
    """
    leaves = []
    for layer in getattr(model, "layers", []):
        leaves += leaf_layers(layer) if getattr(layer, "layers", None) else [layer]
    return leaves


def count_parameters(model: "keras.Model") -> int:
    """Counts the numbers in a model's weights, without those of layers that hold data.

    Args:
        model: built. A layer with a true attribute `holds_data`, such as the graph of a graph
            convolutional network, has data as its weights; so have the `data_variables` of a model,
            such as the persistent chains of a restricted Boltzmann machine.
    """
    held = sum(
        layer.count_params() for layer in leaf_layers(model) if getattr(layer, "holds_data", False)
    )
    held += sum(math.prod(variable.shape) for variable in getattr(model, "data_variables", ()))
    return model.count_params() - held


def activation_name(layer: "keras.Layer") -> str | None:
    """Returns the name of a layer's activation, or None without one."""
    import keras

    if isinstance(layer, keras.layers.ReLU):
        return "relu"
    function = getattr(layer, "activation", None)
    return None if function is None else getattr(function, "__name__", type(function).__name__)


@contextlib.contextmanager
def shadowed(attribute: str, values: Sequence[tuple[Any, Any]]) -> Iterator[None]:
    """Replaces an attribute on instances, past the tracking of Keras, until the block ends.

    Args:
        attribute: its name.
        values: (instance, value) pairs, each instance once.
    """
    before = [(instance, instance.__dict__.get(attribute)) for instance, _ in values]
    for instance, value in values:
        instance.__dict__[attribute] = value
    try:
        yield
    finally:
        for instance, value in before:
            if value is None:  # the attribute is that of the class
                del instance.__dict__[attribute]
            else:
                instance.__dict__[attribute] = value


@contextlib.contextmanager
def layer_hooks(
    layers: Sequence["keras.Layer"], change: Callable[[int, Any], Any]
) -> Iterator[None]:
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

    with shadowed("call", [(layer, wrapped(i, layer.call)) for i, layer in enumerate(layers)]):
        yield
