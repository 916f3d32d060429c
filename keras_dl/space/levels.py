"""Factors of an experiment and their levels: which values of which hyperparameters are crossed."""

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
    found: dict[str, list[str]] = {}
    for part in re.split(r"[;\s]+", text.strip()):
        name, sign, listed = part.partition("=")
        if not (name and sign and listed):
            raise ValueError(
                "`values` must give levels as NAME=LEVEL,LEVEL with blanks between the factors. "
                f"Received: values={text!r}"
            )
        found[name.replace("-", "_")] = listed.split(",")
    return found


def resolve_levels(
    space: Mapping[str, Hyper],
    over: Iterable[str],
    values: str | Mapping[str, Iterable[Any]],
    fixed: Mapping[str, Any],
) -> dict[str, tuple[Any, ...]]:
    """The levels of each factor, checked; the default comes first where it is among them.

    A factor without levels of its own takes all values of a Choice, off and on of a switch, and
    the two ends of a Range. Levels in a logarithmic range, and beside a default of None, must be
    given: their ends are rarely what one would compare.

    Args:
        space: the recipe's hyperparameters.
        over: names of the factors; those in `values` alone are factors too.
        values: levels by name, or the same as text: `dropout=0,0.5 activation=relu,tanh`.
        fixed: hyperparameters held at a value.

    Raises:
        ValueError, TypeError: for unknown, fixed or idle factors, levels outside their domain or
            given twice, a factor with a single level, or one whose levels must be given.
    """
    given = parse_levels(values) if isinstance(values, str) and values else dict(values or {})
    names = list(dict.fromkeys([*over, *given]))
    check_names(names, space, "hyperparameter")
    if not names:
        raise ValueError("`over` must name at least one hyperparameter to vary. Received: none")
    found = {}
    for name in names:
        if name in fixed:
            raise ValueError(f"`over` must not name what is fixed. Received: {name}={fixed[name]}")
        hyper = space[name]
        _refuse_idle(hyper, space, fixed, names)
        made = _checked(hyper, given[name]) if name in given else _usual(hyper)
        found[name] = tuple(sorted(made, key=lambda level: level != hyper.default))
    return found


def _checked(hyper: Hyper, listed: Iterable[Any]) -> list[Any]:
    if isinstance(listed, str) or not isinstance(listed, Iterable):
        raise TypeError(
            f"`values` must list the levels of {hyper.name}. Received: {hyper.name}={listed!r}"
        )
    spoken = hyper.kind is not str
    made = [
        parse_value(hyper, x) if isinstance(x, str) and spoken else check(hyper, x) for x in listed
    ]
    if len(made) < 2 or len(set(made)) < len(made):
        shown = ", ".join(map(format_value, made))
        raise ValueError(
            f"`values` must give {hyper.name} two different levels or more. Received: {shown}"
        )
    return made


def _usual(hyper: Hyper) -> list[Any]:
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


def _refuse_idle(
    hyper: Hyper, space: Mapping[str, Hyper], fixed: Mapping[str, Any], names: list[str]
) -> None:
    """A factor must have an effect in every setting, or the effects could not be told apart."""
    if hyper.when is None:
        return
    seen = {n: h.default for n, h in space.items()} | dict(fixed)
    if hyper.when.name in names or not is_active(hyper, seen):
        raise ValueError(
            f"`over` must name hyperparameters that act in every setting; {hyper.name} acts only "
            f"when {hyper.when}"
        )
