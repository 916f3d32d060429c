"""Hyperparameters: one annotated parameter each, read by run, tune, the command line and MLflow.

    def build(data, *, dropout: Annotated[float, Range(0.0, 0.5)] = 0.0): ...

Imports the standard library only: the command line reads spaces without loading Keras.
"""

import functools
import inspect
import operator
import re
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from keras_dl.space.domains import AtLeast, Choice, Domain, Range, Repeat, When, format_value
from keras_dl.utils.matching import did_you_mean

__all__ = [
    "Choice",
    "Domain",
    "Hyper",
    "Range",
    "Repeat",
    "When",
    "check",
    "check_domain",
    "check_names",
    "format_value",
    "hyper",
    "hypers",
    "is_active",
    "parse_value",
    "resolve",
]

MISSING = inspect.Parameter.empty
KINDS = {bool: "true or false", int: "an integer", float: "a number", str: "text"}
UNIONS = (typing.Union, types.UnionType)
PLURALS = {bool: "true or false", int: "integers", float: "numbers", str: "texts"}


@dataclass(frozen=True)
class Hyper:
    """One hyperparameter with its default and its domain.

    Attributes:
        name: parameter, flag and MLflow name.
        kind: bool, int, float, str or tuple (the type its values have).
        item: type of a tuple's items; None otherwise.
        default: value of `run` if none is passed.
        domain: what `tune` searches and `run` accepts; None: any value of the kind, never searched.
        when: condition that makes it active; None means always.
        optional: whether None is a value too.
        bound: smallest value, of a number without a domain; None: any.
        words: texts that are values too, as of `int | Literal["auto"]`; never searched.
    """

    name: str
    kind: type
    default: Any
    domain: Domain | None = None
    when: When | None = None
    item: type | None = None
    optional: bool = False
    bound: AtLeast | None = None
    words: tuple[str, ...] = ()

    @property
    def kind_words(self) -> str:
        """Returns the kind of its values in words."""
        kind = KINDS[self.kind] if self.item is None else f"a tuple of {PLURALS[self.item]}"
        *first, last = kind, *self.words, *(["none"] if self.optional else [])
        return f"{', '.join(first)} or {last}" if first else last


def hypers(function: Callable[..., Any], exclude: Collection[str] = ()) -> dict[str, Hyper]:
    """Reads the keyword-only parameters of a function as hyperparameters, in order.

    Args:
        function: a recipe's `data`, `build` or `train`, or any other function.
        exclude: parameters that are not hyperparameters, by name.

    Raises:
        TypeError: if one lacks a default or an annotation of a known kind, or if a parameter with
            a default is not keyword-only.
        ValueError: if a default lies outside its domain.
    """
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD and parameter.default is not MISSING:
            refuse_positional(parameter.name)
    keywords = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in exclude]
    annotations = _evaluated(function, {p.name: p.annotation for p in keywords})
    return {p.name: hyper(p.name, annotations[p.name], p.default) for p in keywords}


def refuse_positional(name: str) -> None:
    """Refuses a parameter that has a default and no `*` before it.

    Raises:
        TypeError: always.
    """
    raise TypeError(
        f"`{name}` must stand behind a `*` to be a hyperparameter: def build(data, *, {name}=…). "
        f"Received: a default without one"
    )


def hyper(name: str, annotation: Any, default: Any) -> Hyper:
    """Returns the `Hyper` of one annotated parameter; used for functions and for syntax trees.

    Args:
        name: of the parameter.
        annotation: its annotation, `Annotated` or not; `inspect.Parameter.empty` for none.
        default: its default; `inspect.Parameter.empty` for none.

    Raises:
        TypeError: if the annotation is not bool, int, float, str or a tuple of one of them, if the
            default is missing or of another kind, or if the domain is not one for this kind.
        ValueError: if the default lies outside the domain.
    """
    bare, extras, optional = _unwrapped(annotation, (), False)
    bare, words = _without_words(bare)
    arguments = typing.get_args(bare)
    item = arguments[0] if len(arguments) == 2 and arguments[1] is Ellipsis else None
    kind = tuple if typing.get_origin(bare) is tuple and item in KINDS else bare
    if kind not in KINDS and (kind is not tuple or item is None):
        name_of_type = "nothing" if annotation is MISSING else getattr(bare, "__qualname__", bare)
        raise TypeError(
            f"`{name}` must be annotated bool, int, float, str or tuple[int, ...], with or without "
            f"`| None`. Received: {bare if arguments else name_of_type}"
            f"{' | None' if optional else ''}"
        )
    if default is MISSING:
        raise TypeError(f"`{name}` must have a default, for run() to take. Received: none")
    domain = next((e for e in extras if isinstance(e, Domain)), None)
    when = next((e for e in extras if isinstance(e, When)), None)
    bound = next((e for e in extras if isinstance(e, AtLeast)), None)
    unchecked = Hyper(name, kind, default, domain, when, item, optional, bound, words)
    check_domain(unchecked)
    return replace(unchecked, default=check(unchecked, default))


def check(hyper: Hyper, value: object) -> Any:
    """Returns `value` as the hyperparameter's kind if it lies in the domain.

    Raises:
        TypeError: if the kind is wrong.
        ValueError: if the value lies outside the domain.
    """
    if (value is None and hyper.optional) or (isinstance(value, str) and value in hyper.words):
        return value
    value = _as_kind(hyper, value)
    domain = hyper.domain or hyper.bound
    if domain is not None and not domain.holds(value):
        choices = domain.values if isinstance(domain, Choice) and hyper.kind is str else ()
        hint = did_you_mean(value, choices)
        raise ValueError(
            f"`{hyper.name}` must {domain.rule}{_or_words(hyper)}.{hint} "
            f"Received: {hyper.name}={value!r}"
        )
    return value


def resolve(space: Mapping[str, Hyper], values: Mapping[str, Any]) -> dict[str, Any]:
    """Completes values with defaults and checks all of them.

    Args:
        space: hyperparameters by name.
        values: values by name; names that are missing take their default.

    Returns:
        The values of all *active* hyperparameters, in the order of the space.

    Raises:
        ValueError: for an unknown name, a value outside its domain, or one whose condition fails.
        TypeError: for a value of the wrong kind.
    """
    check_names(values, space, "hyperparameter")
    resolved = {name: check(h, values.get(name, h.default)) for name, h in space.items()}
    inactive = [h for h in space.values() if not is_active(h, resolved)]
    for h in inactive:
        if h.name in values and h.when is not None:
            raise ValueError(
                f"`{h.name}` must be left out; it only has an effect when {h.when}. Received: "
                f"{h.name}={resolved[h.name]!r}, {h.when.name}={resolved.get(h.when.name)!r}"
            )
        del resolved[h.name]
    return resolved


def is_active(hyper: Hyper, values: Mapping[str, Any]) -> bool:
    """Returns whether the hyperparameter's condition, if it has one, holds for `values`."""
    return hyper.when is None or values.get(hyper.when.name) in hyper.when.values


def check_names(names: Iterable[str], allowed: Iterable[str], what: str) -> None:
    """Refuses the first name that is not allowed.

    Args:
        names: the names to check.
        allowed: all names that exist.
        what: kind of thing that they name, for the message.

    Raises:
        ValueError: naming the wrong one, the closest one and all that are allowed.
    """
    allowed = list(allowed)
    for name in names:
        if name not in allowed:
            hint = did_you_mean(name, allowed)
            article = "an" if what[0] in "aeio" else "a"
            raise ValueError(
                f"{name!r} is not {article} {what}.{hint} Available: {', '.join(allowed)}"
            )


def parse_value(hyper: Hyper, text: str) -> Any:
    """Parses a value of the command line and checks it.

    Raises:
        ValueError: if the text is not of the hyperparameter's kind or lies outside its domain.
    """
    if hyper.optional and text.lower() == "none":
        return None
    if text.lower() in hyper.words:
        return text.lower()
    if hyper.item is None:
        return check(hyper, _parse(hyper, hyper.kind, text))
    # Sizes are also written 3x3; a text may contain an x.
    parts = re.split(r"," if hyper.item is str else r",|(?<=\d)x(?=\d)", text.strip())
    if parts[-1] == "":
        parts.pop()
    return check(hyper, tuple(_parse(hyper, hyper.item, p.strip(), text) for p in parts))


def _parse(hyper: Hyper, kind: type, text: str, whole: str | None = None) -> Any:
    """Parses a text as `kind`; the message has `whole`, the tuple that the text is part of."""
    try:
        return {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        words = hyper.kind_words if whole is None else f"{PLURALS[kind]} with commas between"
        received = text if whole is None else whole
        raise ValueError(
            f"`{hyper.name}` must be {words}. Received: {hyper.name}={received!r}"
        ) from None


def _evaluated(function: Callable[..., Any], annotations: dict[str, Any]) -> dict[str, Any]:
    """Evaluates annotations that are texts; those of other parameters may have unknown names."""
    origin = inspect.unwrap(getattr(function, "func", function))  # partial keeps its `func`
    shell = types.SimpleNamespace(__annotations__=annotations)
    names = getattr(origin, "__globals__", {})
    return typing.get_type_hints(shell, names, include_extras=True)


def _unwrapped(
    annotation: Any, extras: tuple[Any, ...], optional: bool
) -> tuple[Any, tuple[Any, ...], bool]:
    """Removes `Annotated[…]` and `… | None`, in any order; returns (type, extras, optional)."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _unwrapped(arguments[0], extras + arguments[1:], optional)
    if origin in UNIONS and type(None) in arguments:
        inner = [a for a in arguments if a is not type(None)]
        return _unwrapped(functools.reduce(operator.or_, inner), extras, True)
    return annotation, extras, optional


def _without_words(annotation: Any) -> tuple[Any, tuple[str, ...]]:
    """Removes `… | Literal["auto"]`; returns (type, texts)."""
    arguments = typing.get_args(annotation)
    literals = [a for a in arguments if typing.get_origin(a) is typing.Literal]
    others = [a for a in arguments if a not in literals]
    if typing.get_origin(annotation) not in UNIONS or len(literals) != 1 or len(others) != 1:
        return annotation, ()
    return others[0], typing.get_args(literals[0])


def _or_words(hyper: Hyper) -> str:
    return f" or be {' or '.join(hyper.words)}" if hyper.words else ""


def check_domain(hyper: Hyper) -> None:
    """Refuses a domain of values of another kind, which `run` would refuse.

    Raises:
        TypeError: if the values are of another kind.
    """
    domain = hyper.domain
    if isinstance(domain, Choice):
        for value in domain.values:
            check(hyper, value)
        return
    if isinstance(domain, Repeat):
        fits = _fits(hyper.item, domain.item)
    else:
        fits = domain is None or _fits(hyper.kind, domain)
    fits = fits and (hyper.bound is None or (domain is None and hyper.kind in (int, float)))
    if not fits:
        raise TypeError(
            f"`{hyper.name}` must have a domain for {hyper.kind_words}. "
            f"Received: {domain or hyper.bound!r}"
        )


def _fits(kind: type | None, domain: Range | Choice) -> bool:
    if isinstance(domain, Choice):
        return all(_is(kind, _cast(kind, v)) for v in domain.values)
    numbers = (domain.low, domain.high, domain.step or 1)
    return kind is float or (kind is int and all(isinstance(n, int) for n in numbers))


def _as_kind(hyper: Hyper, value: object) -> Any:
    value = _plain(value)
    cast, fits = _cast(hyper.kind, value), hyper.item is None
    if isinstance(value, (list, tuple)) and hyper.item is not None:
        cast = tuple(_cast(hyper.item, _plain(v)) for v in value)
        fits = all(_is(hyper.item, v) for v in cast)
    if not fits or not _is(hyper.kind, cast):
        raise TypeError(
            f"`{hyper.name}` must be {hyper.kind_words}. "
            f"Received: {hyper.name}={value!r} ({type(value).__name__})"
        )
    return cast


def _plain(value: Any) -> Any:
    """Returns a NumPy scalar as a Python number."""
    return value.item() if hasattr(value, "item") and not getattr(value, "shape", ()) else value


def _cast(kind: type | None, value: object) -> object:
    return float(value) if kind is float and type(value) is int else value


def _is(kind: type | None, value: object) -> bool:
    """Returns whether a value is of a kind; True and False are no integers here."""
    return (
        kind is not None and isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    )
