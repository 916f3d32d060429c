"""Backward passes of ReLU in deconvnets and in guided backpropagation, on every backend."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import ops

from keras_dl.utils.layers import leaf_layers, shadowed

__all__ = ["RULES", "has_rectifiers", "modified_rectifiers"]

RULES = ("deconvnet", "guided", "linear")
FUNCTIONS = (keras.activations.relu, keras.activations.relu6)
OPERATIONS = {"Relu": keras.activations.relu, "Relu6": keras.activations.relu6}


@contextlib.contextmanager
def modified_rectifiers(model: keras.Model, rule: str) -> Iterator[None]:
    """Changes the backward pass of all ReLU and ReLU6 of a model until the block ends.

    Args:
        model: nested models are included. ReLU within the `call` of a user's own layers stays.
        rule: "deconvnet" keeps positive gradients; "guided" keeps them where the input is
            positive, and below 6 for ReLU6; "linear" keeps all.
    """
    fused, layers, operations = _rectifiers(model)
    with (
        shadowed("activation", [(layer, _modified(layer.activation, rule)) for layer in fused]),
        shadowed("call", [(layer, _modified(layer.call, rule)) for layer in layers]),
        shadowed("call", [(operation, _modified(f, rule)) for operation, f in operations]),
    ):
        yield


def has_rectifiers(model: keras.Model) -> bool:
    """Returns whether a model has a ReLU whose backward pass can be changed."""
    return any(_rectifiers(model))


def _rectifiers(model: keras.Model) -> tuple[list[Any], list[Any], list[tuple[Any, Any]]]:
    """Layers with a fused ReLU, ReLU layers, and operations of a functional graph."""
    leaves = {id(layer): layer for layer in leaf_layers(model)}.values()
    fused = [layer for layer in leaves if getattr(layer, "activation", None) in FUNCTIONS]
    layers = [
        layer for layer in leaves
        if isinstance(layer, keras.layers.ReLU) and layer.negative_slope == layer.threshold == 0
    ]  # fmt: skip
    return fused, layers, list({id(o): (o, f) for o, f in _operations(model)}.values())


def _operations(model: Any) -> Iterator[tuple[Any, Callable[..., Any]]]:
    for operation in getattr(model, "operations", ()):
        if type(operation).__name__ in OPERATIONS:
            yield operation, OPERATIONS[type(operation).__name__]
    for layer in getattr(model, "layers", ()):
        yield from _operations(layer)


def _modified(function: Callable[..., Any], rule: str) -> Callable[..., Any]:
    """Returns a rectifier with the forward pass of `function` and the backward pass of `rule`."""

    @ops.custom_gradient
    def rectified(x: Any) -> tuple[Any, Callable[..., Any]]:
        output = function(x)
        # Where ReLU passes its input on; at a bound it has no slope.
        passes: Any = ops.cast(ops.logical_and(output == x, x > 0), x.dtype)

        def backward(*arguments: Any, upstream: Any = None) -> Any:
            gradient = arguments[0] if upstream is None else upstream
            if rule == "linear":
                return gradient
            positive = ops.relu(gradient)
            return positive if rule == "deconvnet" else positive * passes

        return output, backward

    return lambda inputs, **_: rectified(inputs)
