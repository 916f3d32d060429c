"""Domains: the values that a hyperparameter may take, and the condition that makes it active."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeGuard

__all__ = ["AtLeast", "Choice", "Domain", "Range", "Repeat", "When", "format_value"]


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.

    Args:
        low: smallest value.
        high: largest value.
        log: sample on a logarithmic scale; `low` must be above 0.
        step: distance between sampled neighbours (with `log`, their ratio); None means 1 for
            integers and continuous for floats. Values between are still accepted by `run`.

    Raises:
        TypeError: if a bound is not a finite number.
        ValueError: if `low` is not below `high`, or not above 0 with `log=True`, or if `step` does
            not lead upwards.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    def __post_init__(self) -> None:
        for name, value in {"low": self.low, "high": self.high, "step": self.step}.items():
            if not _is_number(value) and not (name == "step" and value is None):
                raise TypeError(f"`{name}` must be a finite number. Received: {name}={value!r}")
        if not self.low < self.high:
            raise ValueError(
                f"`low` must be below `high`. Received: low={self.low}, high={self.high}"
            )
        if self.log and self.low <= 0:
            raise ValueError(f"`low` must be above 0 with log=True. Received: low={self.low}")
        still = 1 if self.log else 0
        if self.step is not None and self.step <= still:
            raise ValueError(
                f"`step` must be above {still}{' with log=True' if self.log else ''}. "
                f"Received: step={self.step}"
            )

    def holds(self, value: object) -> bool:
        """Returns whether `value` lies within the bounds."""
        return _is_number(value) and self.low <= value <= self.high

    @property
    def rule(self) -> str:
        """Returns the rule for messages, such as `lie in 0 … 1`."""
        return f"lie in {_readable(self.low)} … {_readable(self.high)}"

    def __str__(self) -> str:
        scale = ["log"] if self.log else []
        if self.step is not None:
            scale.append(f"{'×' if self.log else 'step '}{format_value(self.step)}")
        how = f" ({', '.join(scale)})" if scale else ""
        return f"{_readable(self.low)} … {_readable(self.high)}{how}"


@dataclass(frozen=True, init=False)
class Choice:
    """One of the listed values: `Choice("relu", "tanh")`.

    Raises:
        ValueError: if fewer than one value is listed.
    """

    values: tuple[Any, ...]

    def __init__(self, *values: object) -> None:
        if not values:
            raise ValueError("`values` must list at least one choice. Received: values=()")
        object.__setattr__(self, "values", values)

    def holds(self, value: object) -> bool:
        """Returns whether `value` is one of the choices, of the same type (True is not 1)."""
        return any(
            value == v and isinstance(value, bool) == isinstance(v, bool) for v in self.values
        )

    @property
    def rule(self) -> str:
        """Returns the rule for messages, such as `lie in 0 … 1`."""
        return f"be {_either(self.values)}"

    def __str__(self) -> str:
        return " | ".join(format_value(v) for v in self.values)


@dataclass(frozen=True)
class Repeat:
    """A tuple of `low` to `high` items, each from `item`: `Repeat(Range(16, 1024), 1, 3)`.

    Raises:
        TypeError: if `item` is not a Range or a Choice, or a bound not an integer.
        ValueError: if the bounds do not satisfy 0 ≤ low ≤ high and high ≥ 1.
    """

    item: Range | Choice
    low: int
    high: int

    def __post_init__(self) -> None:
        if not isinstance(self.item, (Range, Choice)):
            raise TypeError(f"`item` must be a Range or a Choice. Received: item={self.item!r}")
        if type(self.low) is not int or type(self.high) is not int:
            raise TypeError(
                f"`low` and `high` must be integers. Received: low={self.low}, high={self.high}"
            )
        if not 0 <= self.low <= self.high or self.high < 1:
            raise ValueError(
                f"`low` must lie between 0 and `high`, and `high` be 1 or more. "
                f"Received: low={self.low}, high={self.high}"
            )

    def holds(self, value: object) -> bool:
        """Returns whether `value` is a tuple of allowed length with items from `item`."""
        return (
            isinstance(value, tuple)
            and self.low <= len(value) <= self.high
            and all(self.item.holds(v) for v in value)
        )

    @property
    def rule(self) -> str:
        """Returns the rule for messages, such as `lie in 0 … 1`."""
        return f"be {self._length()} that each {self.item.rule}"

    def __str__(self) -> str:
        return f"{self._length()}, each {self.item}"

    def _length(self) -> str:
        if self.low == self.high:
            return f"{self.low} value{'s' if self.low > 1 else ''}"
        return f"{self.low} to {self.high} values"


@dataclass(frozen=True)
class AtLeast:
    """The bound of a number that `run` checks and `tune` does not search: `AtLeast(1)`.

    Args:
        least: smallest value.

    Raises:
        TypeError: if the bound is not a finite number.
    """

    least: float

    def __post_init__(self) -> None:
        if not _is_number(self.least):
            raise TypeError(f"`least` must be a finite number. Received: least={self.least!r}")

    def holds(self, value: object) -> bool:
        """Returns whether `value` is a number within the bound."""
        return _is_number(value) and value >= self.least

    @property
    def rule(self) -> str:
        """Returns the rule for messages, such as `be at least 1`."""
        return f"be {self}"

    def __str__(self) -> str:
        return f"at least {_readable(self.least)}"


@dataclass(frozen=True, init=False)
class When:
    """The condition that makes a hyperparameter active: `When("optimizer", "sgd")`.

    Raises:
        ValueError: if no value is listed.
    """

    name: str
    values: tuple[Any, ...]

    def __init__(self, name: str, *values: object) -> None:
        if not values:
            raise ValueError(
                f"`values` must list at least one value of {name}. Received: values=()"
            )
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return f"{self.name} is {_either(self.values)}"


Domain = Range | Choice | Repeat


def format_value(value: object) -> str:
    """Formats a value as the command line reads it: `512,256`, `true`, `0.1`, without rounding."""
    if isinstance(value, tuple):
        return ",".join(format_value(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0")
    return "none" if value is None else str(value)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and type(value) is not bool and math.isfinite(value)


def _readable(number: float) -> str:
    whole = isinstance(number, int) or number.is_integer()
    return f"{int(number):,}" if whole and abs(number) >= 10_000 else format_value(number)


def _either(values: Iterable[Any]) -> str:
    *first, last = (format_value(v) for v in values)
    return f"{', '.join(first)} or {last}" if first else last
