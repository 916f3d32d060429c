"""Hyperparameters and their domains: one annotated parameter, read by run, tune, CLI and MLflow.

    def build(data, *, dropout: Annotated[float, Range(0.0, 0.5)] = 0.0): ...

Light on purpose: the command line reads spaces without loading Keras.
"""

import difflib
import inspect
import math
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

__all__ = ["Choice", "Hyper", "Range", "Repeat", "When", "check", "hypers", "resolve"]


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
        ValueError: if `low` is not below `high`, or not above 0 with `log=True`.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"`low` must be below `high`. Received: low={self.low}, high={self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"`low` must be above 0 with log=True. Received: low={self.low}")

    def holds(self, value: Any) -> bool:
        """Whether `value` lies within the bounds."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and math.isfinite(value) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} … {self.high:g}" + (" (log)" if self.log else "")


@dataclass(frozen=True, init=False)
class Choice:
    """One of the listed values: `Choice("relu", "tanh")`.

    Raises:
        ValueError: if fewer than one value is listed.
    """

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        if not values:
            raise ValueError("`values` must list at least one choice. Received: values=()")
        object.__setattr__(self, "values", values)

    def holds(self, value: Any) -> bool:
        """Whether `value` is one of the choices, of the same kind (True is not 1)."""
        return any(value == v and isinstance(value, bool) == isinstance(v, bool) for v in self.values)

    def __str__(self) -> str:
        return " | ".join(format_value(v) for v in self.values)


@dataclass(frozen=True)
class Repeat:
    """A tuple of `low` to `high` items, each from `item`: `Repeat(Range(16, 1024), 1, 3)`."""

    item: "Range | Choice"
    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high or self.high < 1:
            raise ValueError(
                f"`low` must lie between 0 and `high`. Received: low={self.low}, high={self.high}"
            )

    def holds(self, value: Any) -> bool:
        """Whether `value` is a tuple of allowed length whose items all lie in `item`."""
        return (
            isinstance(value, tuple)
            and self.low <= len(value) <= self.high
            and all(self.item.holds(v) for v in value)
        )

    def __str__(self) -> str:
        return f"{self.low} to {self.high} of ({self.item})"


@dataclass(frozen=True, init=False)
class When:
    """The condition under which a hyperparameter means anything: `When("optimizer", "sgd")`."""

    name: str
    values: tuple[Any, ...]

    def __init__(self, name: str, *values: Any) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return f"{self.name} is {' or '.join(format_value(v) for v in self.values)}"


Domain = Range | Choice | Repeat


@dataclass(frozen=True)
class Hyper:
    """One hyperparameter: where it comes from, its default and its domain.

    Attributes:
        name: parameter, flag and MLflow name.
        kind: bool, int, float, str or tuple (the type its values have).
        item: type of a tuple's items; None otherwise.
        default: value that `run` takes.
        domain: what `tune` searches and `run` accepts; None: any value of the kind, never searched.
        when: condition that makes it active; None means always.
        optional: whether None is a value too.
    """

    name: str
    kind: type
    default: Any
    domain: Domain | None = None
    when: When | None = None
    item: type | None = None
    optional: bool = False


def hypers(function: Callable[..., Any]) -> dict[str, Hyper]:
    """Reads the keyword-only parameters of `function` as hyperparameters, in order.

    Raises:
        TypeError: if one lacks a default or an annotation of a known kind.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            if parameter.default is parameter.empty:
                raise TypeError(
                    f"`{name}` must have a default; run() takes it when nothing is given. "
                    f"Received: {function.__name__}(…, {name})"
                )
            found[name] = hyper(name, hints.get(name), parameter.default)
    return found


def hyper(name: str, annotation: Any, default: Any) -> Hyper:
    """Makes the `Hyper` of one annotated parameter; both readers, runtime and ast, end here.

    Raises:
        TypeError: if the annotation is not bool, int, float, str or a tuple of one of them.
        ValueError: if the default lies outside the domain.
    """
    domain = when = None
    if typing.get_origin(annotation) is Annotated:
        annotation, *extras = typing.get_args(annotation)
        domain = next((e for e in extras if isinstance(e, Domain)), None)
        when = next((e for e in extras if isinstance(e, When)), None)
    arguments = typing.get_args(annotation)
    optional = type(None) in arguments
    if optional:
        annotation = next(a for a in arguments if a is not type(None))
    item = None
    if typing.get_origin(annotation) is tuple:
        annotation, item = tuple, typing.get_args(annotation)[0]
    if annotation not in (bool, int, float, str, tuple):
        raise TypeError(
            f"`{name}` must be annotated bool, int, float, str or tuple[…]. Received: {annotation}"
        )
    made = Hyper(name, annotation, default, domain, when, item, optional)
    check(made, default)
    return made


def check(hyper: Hyper, value: Any) -> Any:
    """Returns `value` as the hyperparameter's kind, or refuses it.

    Raises:
        TypeError: if the kind is wrong.
        ValueError: if the value lies outside the domain.
    """
    if value is None and hyper.optional:
        return None
    value = _as_kind(hyper, value)
    if hyper.domain is not None and not hyper.domain.holds(value):
        raise ValueError(f"`{hyper.name}` must lie in {hyper.domain}. Received: {hyper.name}={value!r}")
    return value


def resolve(space: Mapping[str, Hyper], given: Mapping[str, Any]) -> dict[str, Any]:
    """Completes `given` with defaults and checks every value.

    Returns:
        The values of all *active* hyperparameters, in the order of the space.

    Raises:
        ValueError: for an unknown name, a value outside its domain, or one whose condition fails.
        TypeError: for a value of the wrong kind.
    """
    unknown(given, space, "hyperparameter")
    values = {name: check(h, given.get(name, h.default)) for name, h in space.items()}
    for name, h in space.items():
        if h.when is not None and not is_active(h, values):
            if name in given:
                raise ValueError(
                    f"`{name}` only has an effect when {h.when}. "
                    f"Received: {name}={given[name]!r}, {h.when.name}={values.get(h.when.name)!r}"
                )
            del values[name]
    return values


def is_active(hyper: Hyper, values: Mapping[str, Any]) -> bool:
    """Whether the hyperparameter's condition, if it has one, holds for `values`."""
    return hyper.when is None or values.get(hyper.when.name) in hyper.when.values


def unknown(given: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuses the first name of `given` that is not `known`, with the nearest match.

    Raises:
        ValueError: naming the unknown one, the close match and all known ones.
    """
    known = list(known)
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"{name!r} is not a {what}.{hint} Known: {', '.join(known)}")


def format_value(value: Any) -> str:
    """Writes a value as the command line reads it: `512,256`, `true`, `0.1`."""
    if isinstance(value, tuple):
        return ",".join(format_value(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def parse_value(hyper: Hyper, text: str) -> Any:
    """Reads a value as typed on the command line and checks it.

    Raises:
        ValueError: if the text is not of the hyperparameter's kind or lies outside its domain.
    """
    if hyper.optional and text.lower() == "none":
        return None
    if hyper.kind is tuple:
        parts = [p for p in text.replace("x", ",").split(",") if p.strip()]
        return check(hyper, tuple(_parse(hyper, hyper.item or str, p.strip()) for p in parts))
    return check(hyper, _parse(hyper, hyper.kind, text))


def _parse(hyper: Hyper, kind: type, text: str) -> Any:
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"`{hyper.name}` must be true or false. Received: {hyper.name}={text!r}")
        return text.lower() == "true"
    try:
        return kind(text)
    except ValueError:
        raise ValueError(
            f"`{hyper.name}` must be of kind {kind.__name__}. Received: {hyper.name}={text!r}"
        ) from None


def _as_kind(hyper: Hyper, value: Any) -> Any:
    if hasattr(value, "item") and not getattr(value, "shape", ()):
        value = value.item()  # numpy scalars come from people's own loops
    if hyper.kind is tuple and isinstance(value, (list, tuple)):
        return tuple(value)
    if hyper.kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hyper.kind) or (hyper.kind is not bool and isinstance(value, bool)):
        raise TypeError(
            f"`{hyper.name}` must be of kind {hyper.kind.__name__}. "
            f"Received: {hyper.name}={value!r} ({type(value).__name__})"
        )
    return value
