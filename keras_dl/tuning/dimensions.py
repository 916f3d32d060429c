"""Dimensions of a search space: values as codes that a model of the objective can compute with."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from keras_dl.space import Choice, Domain, Hyper, Range, Repeat, format_value

__all__ = ["Dimension", "dimensions", "label"]

LISTED = 1000  # values that are listed; longer ranges of integers are rounded


@dataclass(frozen=True)
class Dimension:
    """One raw value of a setting.

    The code of a value is its position in 0 … 1 on the dimension's scale, or the index of a
    category.

    Attributes:
        name: key among the raw values.
        default: raw value of the recipe; None: no value, as where the recipe has None.
        values: all values; empty for an interval.
        positions: codes of the values.
        categorical: whether the values have no order.
        even: whether all values are equally likely; if not, as their part of the scale is wide.
        low: lower end of an interval.
        high: upper end of an interval.
        log: whether the interval's scale is logarithmic.
        integer: whether the interval holds integers.
        parent: index of the dimension that this one depends on; None: always active.
        under: values of the parent under which it is active.
    """

    name: str
    default: Any = None
    values: tuple[Any, ...] = ()
    positions: tuple[float, ...] = ()
    categorical: bool = False
    even: bool = True
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    integer: bool = False
    parent: int | None = None
    under: tuple[Any, ...] = ()

    def decode(self, code: float) -> Any:
        """Returns the raw value at a code."""
        if self.values:
            return self.values[int(self.nearest(np.array(code)))]
        value = self.low + code * (self.high - self.low)
        if self.log:
            value = self.low * (self.high / self.low) ** code
        value = min(max(value, self.low), self.high)
        return round(value) if self.integer else float(value)

    def encode(self, value: Any) -> float:
        """Returns the code of a raw value, which need not be one of a grid's."""
        if value in self.values:
            return self.positions[self.values.index(value)]
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def nearest(self, codes: np.ndarray) -> np.ndarray:
        """Returns the indices of the values closest to the codes."""
        middles = np.add(self.positions[1:], self.positions[:-1]) / 2
        return np.searchsorted(middles, codes)

    def snap(self, codes: np.ndarray) -> np.ndarray:
        """Returns the codes of the values closest to `codes`, which may lie outside the scale."""
        if self.values:
            return np.asarray(self.positions)[self.nearest(codes)]
        codes = np.clip(codes, 0.0, 1.0)
        return np.array([self.encode(self.decode(c)) for c in codes]) if self.integer else codes

    def quantiles(self, uniform: np.ndarray) -> np.ndarray:
        """Returns the codes at quantiles in 0 … 1 of the distribution of random search."""
        if not (self.values and self.even):
            return self.snap(uniform)
        count = len(self.values)
        index = np.minimum((uniform * count).astype(int), count - 1)
        return np.asarray(self.positions)[index]


def dimensions(searched: Mapping[str, Hyper]) -> tuple[Dimension, ...]:
    """Lists the dimensions of hyperparameters, parents before their children.

    A `Repeat` has its length as one dimension, and one more per item under greater lengths.

    Args:
        searched: hyperparameters by name, parents before their children.
    """
    found: list[Dimension] = []
    for hyper in searched.values():
        parent, under = None, ()
        names = [d.name for d in found]
        if hyper.when is not None and hyper.when.name in names:
            parent = names.index(hyper.when.name)
            above = searched[hyper.when.name]
            under = tuple(label(above, v) for v in hyper.when.values)
        found.extend(_of_hyper(hyper, len(found), parent, under))
    return tuple(found)


def _of_hyper(
    hyper: Hyper, index: int, parent: int | None, under: tuple[Any, ...]
) -> Iterator[Dimension]:
    domain, default = hyper.domain, hyper.default
    if not isinstance(domain, Repeat):
        base = Dimension(hyper.name, parent=parent, under=under)
        if isinstance(domain, Choice):
            labels = tuple(label(hyper, v) for v in domain.values)
            yield _choice(replace(base, default=label(hyper, default)), labels)
        else:
            yield _scale(replace(base, default=default), domain, hyper.kind)
        return
    default = default or ()
    lengths = tuple(range(domain.low, domain.high + 1))
    length = Dimension(f"{hyper.name}.length", len(default), parent=parent, under=under)
    yield _choice(length, lengths)
    for i in range(domain.high):
        longer = tuple(n for n in lengths if n > i)
        value = default[i] if i < len(default) else None
        item = Dimension(f"{hyper.name}.{i}", value, parent=index, under=longer)
        if isinstance(domain.item, Choice):
            yield _choice(item, domain.item.values)
        else:
            yield _scale(item, domain.item, hyper.item or float)


def _choice(base: Dimension, values: tuple[Any, ...]) -> Dimension:
    """Numbers in order are a scale on which neighbours are alike; other values are categories."""
    numbers = len(values) > 2 and all(type(v) in (int, float) for v in values)
    ordered = numbers and list(values) in (sorted(values), sorted(values, reverse=True))
    last = max(1, len(values) - 1) if ordered else 1
    positions = tuple(i / last for i in range(len(values)))
    default = base.default if base.default in values else None
    return replace(
        base, default=default, values=values, positions=positions, categorical=not ordered
    )


def _scale(base: Dimension, domain: Domain | None, kind: type) -> Dimension:
    assert isinstance(domain, Range)
    low, high, step = kind(domain.low), kind(domain.high), domain.step
    base = replace(base, low=low, high=high, log=domain.log, integer=kind is int)
    if step is None and (kind is not int or high - low >= LISTED):
        return base
    values = _grid(low, high, step or 1, domain.log and step is not None)
    if kind is int:
        values = dict.fromkeys(round(v) for v in values)
    values = tuple(values)
    positions = tuple(base.encode(v) for v in values)
    return replace(
        base, values=values, positions=positions, even=step is not None or not domain.log
    )


def _grid(low: float, high: float, step: float, geometric: bool) -> Sequence[float]:
    ratio = math.log(high / low) / math.log(step) if geometric else (high - low) / step
    steps = range(int(ratio + 1e-9) + 1)
    return [min(low * step**k if geometric else low + k * step, high) for k in steps]


def label(hyper: Hyper, value: Any) -> Any:
    """Returns the value, or its text for tuples and mixed types, which KerasTuner refuses."""
    kinds = {type(v) for v in getattr(hyper.domain, "values", (value,))}
    plain = len(kinds) == 1 and kinds <= {bool, int, float, str}
    return value if plain else format_value(value)
