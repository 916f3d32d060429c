"""Nets to count: each is built once, measured and let go; and what is published about them."""

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from inspect import signature
from typing import Any

from keras_dl import models
from keras_dl.facts.fact import Fact, Stated
from keras_dl.models._counts import links, units

__all__ = [
    "TABLES",
    "Measured",
    "counts_beyond",
    "measured",
    "parameters_of",
    "published",
    "shape_of",
    "table_fact",
]


def _tables() -> Iterator[dict[str, Any]]:
    for module in pkgutil.iter_modules(models.__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"keras_dl.models.{module.name}").PUBLISHED


# What is published beside each builder.
TABLES: dict[str, dict[str, Any]] = {n: t for table in _tables() for n, t in table.items()}
# Their counts do not depend on the initial weights, and drawing 60 million of them takes seconds.
LARGE = 1_000_000
# Where a figure of the tables stands in a `Measured`.
WORDS = {
    "trainable_parameters": ("parameters", "trainable parameters"),
    "links": ("links", "links, a bias counting as one"),
    "units": ("units", "units, the inputs among them"),
    "neurons": ("neurons", "units, without the inputs"),
}


@dataclass(frozen=True)
class Measured:
    """What is counted of a net.

    Attributes:
        parameters: number of trainable parameters.
        all_parameters: with those that are not trained, such as moving averages.
        shapes: output shape of each layer, without the batch.
        per_layer: number of trainable parameters of each layer.
        kernels: shape of the kernel of each layer that has one.
        kinds: name of each layer's class.
        links, units, neurons: as `keras_dl.models._counts` counts them; None for a net with layers
            that it does not know, or whose examples have no fixed length.
    """

    parameters: int
    all_parameters: int
    shapes: dict[str, tuple[int, ...]]
    per_layer: dict[str, int]
    kernels: dict[str, tuple[int, ...]]
    kinds: dict[str, str]
    links: int | None
    units: int | None
    neurons: int | None


def measured(name: str, **arguments: Any) -> Measured:
    """Builds the net of this name with the arguments of its published figures, and counts."""
    return _measured(name, tuple(sorted(arguments.items())))


@cache
def _measured(name: str, arguments: tuple[tuple[str, Any], ...]) -> Measured:
    figures = TABLES[name]
    given = figures.get("arguments", {k: figures.get(k) for k in ("input_shape", "num_classes")})
    build = getattr(models, name)
    large = figures["trainable_parameters"] > LARGE and "initializer" in signature(build).parameters
    start = {"initializer": "zeros"} if large else {}
    model = build(**{**given, **start, **dict(arguments)})
    layers = {layer.name: layer for layer in model.layers}
    return Measured(
        _size(model.trainable_weights),
        _size(model.weights),
        {n: tuple(layer.output.shape[1:]) for n, layer in layers.items()},
        {n: _size(layer.trainable_weights) for n, layer in layers.items()},
        {n: tuple(k.shape) for n, layer in layers.items() if (k := _kernel(layer)) is not None},
        {n: type(layer).__name__ for n, layer in layers.items()},
        _counted(links, model),
        _counted(units, model),
        _counted(units, model, inputs=False),
    )


def _kernel(layer: Any) -> Any:
    return getattr(layer, "kernel", None)


def _counted(count: Callable[..., int], model: Any, **given: Any) -> int | None:
    try:
        return count(model, **given)
    except TypeError:
        return None


def _size(weights: Any) -> int:
    return sum(math.prod(w.shape) for w in weights)


def published(name: str, figure: str = "trainable_parameters", **more: Any) -> Stated:
    """A figure that stands beside a builder, with its source."""
    return Stated(TABLES[name][figure], TABLES[name]["source"], **more)


def table_fact(
    name: str, figure: str, lecture: Stated | None = None, *, from_memory: bool = False
) -> Fact:
    """A count that stands beside a builder, as a fact."""
    attribute, words = WORDS[figure]
    compute = partial(_count, name, attribute)
    stated = published(name, figure, from_memory=from_memory)
    return Fact(name, attribute, words, compute, lecture, stated)


def counts_beyond(facts: Iterable[Fact]) -> list[Fact]:
    """The counts of parameters of those builders that none of the facts is about."""
    told = {fact.group for fact in facts}
    return [table_fact(name, "trainable_parameters") for name in TABLES if name not in told]


def _count(name: str, attribute: str) -> int:
    return getattr(measured(name), attribute)


def shape_of(name: str, layer: str, **arguments: Any) -> Callable[[], tuple[int, ...]]:
    """A function that gives the output shape of a layer."""
    return lambda: measured(name, **arguments).shapes[layer]


def parameters_of(name: str, layer: str) -> Callable[[], int]:
    """A function that gives a layer's number of trainable parameters."""
    return lambda: measured(name).per_layer[layer]
