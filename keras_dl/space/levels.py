"""Levels of the factors of an experiment: the values of hyperparameters that are crossed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from keras_dl.space import Hyper, check, check_names, format_value, is_active, parse_value
from keras_dl.space.domains import Choice, Range

__all__ = ["parse_levels", "resolve_levels"]


def parse_levels(text: str) -> dict[str, list[str]]:
    """Reads `dropout=0,0.5 activation=relu,tanh` as texts by name.

    Raises:
        ValueError: if a part is not of the form NAME=LEVEL,LEVEL.
    """
    levels: dict[str, list[str]] = {}
    for part in re.split(r"[;\s]+", text.strip()):
        name, sign, listed = part.partition("=")
        if not (name and sign and listed):
            raise ValueError(
                "`values` must give levels as NAME=LEVEL,LEVEL with blanks between the factors. "
                f"Received: values={text!r}"
            )
        levels[name.replace("-", "_")] = listed.split(",")
    return levels


def resolve_levels(
    space: Mapping[str, Hyper],
    over: Iterable[str],
    values: str | Mapping[str, Iterable[Any]],
    fixed: Mapping[str, Any],
) -> dict[str, tuple[Any, ...]]:
    """Returns the levels of each factor; the default comes first if it is among them.

    A factor without explicit levels takes all values of a Choice, off and on of a switch, and the
    two ends of a Range. Levels in a logarithmic range, and of a hyperparameter whose default is
    None, must be explicit: the ends are rarely worth comparing.

    Args:
        space: the recipe's hyperparameters.
        over: names of the factors; names in `values` are factors too.
        values: levels by name, or the same as text: `dropout=0,0.5 activation=relu,tanh`.
        fixed: hyperparameters held at a value.

    Raises:
        ValueError, TypeError: for unknown, fixed or inactive factors, levels outside their domain
            or listed twice, a factor with a single level, or one whose levels must be explicit.
    """
    explicit = parse_levels(values) if isinstance(values, str) and values else dict(values or {})
    names = list(dict.fromkeys([*over, *explicit]))
    check_names(names, space, "hyperparameter")
    if not names:
        raise ValueError("`over` must name at least one hyperparameter to vary. Received: none")
    resolved = {}
    for name in names:
        if name in fixed:
            raise ValueError(f"`over` must not name what is fixed. Received: {name}={fixed[name]}")
        hyper = space[name]
        _refuse_inactive(hyper, space, fixed, names)
        levels = _check_levels(hyper, explicit[name]) if name in explicit else _usual_levels(hyper)
        resolved[name] = tuple(sorted(levels, key=lambda level: level != hyper.default))
    return resolved


def _check_levels(hyper: Hyper, listed: Iterable[Any]) -> list[Any]:
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        raise TypeError(
            f"`values` must list the levels of {hyper.name}. Received: {hyper.name}={listed!r}"
        )
    texts = hyper.kind is not str  # a text is parsed unless texts are the values
    levels = [
        parse_value(hyper, x) if isinstance(x, str) and texts else check(hyper, x) for x in listed
    ]
    if len(levels) < 2 or len(set(levels)) < len(levels):
        received = ", ".join(map(format_value, levels))
        raise ValueError(
            f"`values` must give {hyper.name} two different levels or more. Received: {received}"
        )
    return levels


def _usual_levels(hyper: Hyper) -> list[Any]:
    domain = hyper.domain
    if hyper.kind is bool:
        return [False, True]
    if isinstance(domain, Choice):
        return list(domain.values)
    if isinstance(domain, Range) and not domain.log and hyper.default is not None:
        low, high = hyper.kind(domain.low), hyper.kind(domain.high)
        return [low, high]
    raise ValueError(
        f"`values` must give the levels of {hyper.name}: {hyper.name}=LEVEL,LEVEL. Received: none"
    )


def _refuse_inactive(
    hyper: Hyper, space: Mapping[str, Hyper], fixed: Mapping[str, Any], names: list[str]
) -> None:
    """Refuses a factor without effect in some setting, whose effect could not be estimated."""
    if hyper.when is None:
        return
    values = {n: h.default for n, h in space.items()} | dict(fixed)
    if hyper.when.name in names or not is_active(hyper, values):
        raise ValueError(
            f"`over` must name hyperparameters that act in every setting; {hyper.name} acts only "
            f"when {hyper.when}"
        )
