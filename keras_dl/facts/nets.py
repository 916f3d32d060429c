"""Counts of networks, each built once, and the published or derived counts."""

import importlib
import math
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import keras

from keras_dl import models
from keras_dl.backend.unallocated import unallocated_variables
from keras_dl.facts.fact import Fact, Stated
from keras_dl.models._counts import costs, links, units

__all__ = [
    "TABLES",
    "NetworkCounts",
    "measure",
    "parameters_of",
    "remaining_counts",
    "shape_of",
    "stated_figure",
    "table_fact",
]


def _tables() -> Iterator[dict[str, Any]]:
    for module in pkgutil.iter_modules(models.__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"keras_dl.models.{module.name}").PUBLISHED


# Figures of each builder; those named by "published" are printed in the source.
TABLES: dict[str, dict[str, Any]] = {n: t for table in _tables() for n, t in table.items()}
LARGE = 1_000_000  # parameters from which weights are not drawn: a net can have gigabytes of them
# Figure in the tables → attribute of `NetworkCounts`, description.
WORDS = {
    "trainable_parameters": ("parameters", "trainable parameters"),
    "links": ("links", "links, a bias counting as one"),
    "units": ("units", "units, the inputs among them"),
    "neurons": ("neurons", "units, without the inputs"),
    "multiply_adds": ("multiply_adds", "multiply-adds of one image"),
}


@dataclass(frozen=True)
class NetworkCounts:
    """Counts of one network.

    Attributes:
        parameters: number of trainable parameters.
        all_parameters: number including non-trainable ones, such as moving averages.
        shapes: output shape of each layer, without the batch axis.
        per_layer: number of trainable parameters of each layer.
        kernels: kernel shape of each layer with a kernel.
        kinds: class name of each layer.
        links, units, neurons, multiply_adds: counts of `keras_dl.models._counts`; None for
            unsupported layers or examples of variable length.
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
    multiply_adds: int | None


def measure(name: str, **arguments: Any) -> NetworkCounts:
    """Builds a network with the arguments of its published figures and counts."""
    return _measure(name, tuple(sorted(arguments.items())))


@cache
def _measure(name: str, arguments: tuple[tuple[str, Any], ...]) -> NetworkCounts:
    figures = TABLES[name]
    defaults = {k: figures.get(k) for k in ("input_shape", "num_classes")}
    defaults = figures.get("arguments", defaults)
    build = getattr(models, name)
    large = figures["trainable_parameters"] > LARGE
    with unallocated_variables() if large else nullcontext():
        model = build(**{**defaults, **dict(arguments)})
    layers = {layer.name: layer for layer in model.layers}
    return NetworkCounts(
        _size(model.trainable_weights),
        _size(model.weights),
        {
            n: tuple(layer.output.shape[1:])
            for n, layer in layers.items()
            if isinstance(layer.output, keras.KerasTensor)  # not several outputs
        },
        {n: _size(layer.trainable_weights) for n, layer in layers.items()},
        {n: tuple(k.shape) for n, layer in layers.items() if (k := _kernel(layer)) is not None},
        {n: type(layer).__name__ for n, layer in layers.items()},
        _count_or_none(links, model),
        _count_or_none(units, model),
        _count_or_none(units, model, inputs=False),
        _count_or_none(lambda net: costs(net).multiply_adds, model),
    )


def _kernel(layer: keras.Layer) -> keras.Variable | None:
    return getattr(layer, "kernel", None)


def _count_or_none(count: Callable[..., int], model: keras.Model, **options: bool) -> int | None:
    try:
        return count(model, **options)
    except TypeError:
        return None


def _size(weights: Iterable[keras.Variable]) -> int:
    return sum(math.prod(w.shape) for w in weights)


def stated_figure(name: str, figure: str = "trainable_parameters", **more: Any) -> Stated:
    """Returns a figure of a builder with its source.

    Args:
        name: name of the builder.
        figure: key of its `PUBLISHED` table.
        **more: further fields of `Stated`.
    """
    return Stated(TABLES[name][figure], TABLES[name]["source"], **more)


def table_fact(
    name: str, figure: str, lecture: Stated | None = None, *, from_memory: bool = False
) -> Fact:
    """Creates the fact for a published or derived count of a builder.

    Args:
        name: name of the builder.
        figure: key of its `PUBLISHED` table.
        lecture: figure of the lecture, if any.
        from_memory: True if the published figure has not been verified in the source.
    """
    attribute, words = WORDS[figure]
    compute = partial(_count, name, attribute)
    stated = stated_figure(name, figure, from_memory=from_memory)
    if figure in TABLES[name].get("published", ()):
        return Fact(name, attribute, words, compute, lecture, stated)
    return Fact(name, attribute, words, compute, lecture, derived=stated)


def remaining_counts(facts: Iterable[Fact]) -> list[Fact]:
    """Creates parameter-count facts for builders without one."""
    covered = {fact.group for fact in facts if fact.name == "parameters"}
    return [table_fact(name, "trainable_parameters") for name in TABLES if name not in covered]


def _count(name: str, attribute: str) -> int:
    return getattr(measure(name), attribute)


def shape_of(name: str, layer: str, **arguments: Any) -> Callable[[], tuple[int, ...]]:
    """Returns a function that computes the output shape of a layer.

    Args:
        name: name of the builder.
        layer: name of the layer.
        **arguments: arguments of the builder.
    """
    return lambda: measure(name, **arguments).shapes[layer]


def parameters_of(name: str, layer: str) -> Callable[[], int]:
    """Returns a function that counts the trainable parameters of a layer."""
    return lambda: measure(name).per_layer[layer]
