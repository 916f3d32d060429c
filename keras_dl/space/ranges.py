"""Ranges of one call: domains that a search states for hyperparameters in place of their own."""

import math
from dataclasses import replace
from typing import Any

from keras_dl.space.domains import Choice, Domain, Range, Repeat, format_value
from keras_dl.space.hyperparameters import Hyper, check, check_domain, parse_value

__all__ = ["as_domain", "format_domain", "narrow", "parse_setting"]

BETWEEN = ".."


def as_domain(hyper: Hyper, value: object) -> Domain | None:
    """Returns the domain that an argument of `tune` states; None if it is a value to hold.

    Args:
        hyper: hyperparameter of the argument.
        value: a Range, Choice or Repeat; a list of choices, unless the hyperparameter is a tuple;
            or a value.

    Raises:
        ValueError: if the list is empty.
    """
    if isinstance(value, Domain):
        return value
    if not isinstance(value, (list, tuple)) or hyper.item is not None:
        return None
    if not value:
        raise _few(hyper, "none")
    return Choice(*value)


def narrow(hyper: Hyper, domain: Domain) -> Hyper:
    """Returns the hyperparameter with another domain, within its own.

    A range has the scale of the hyperparameter's own range, and its step where that fits. A range
    for a tuple is that of its items. A default outside the domain moves to the nearest value.

    Args:
        hyper: hyperparameter of a recipe.
        domain: values to search.

    Raises:
        TypeError: if the values are of another kind than the hyperparameter's.
        ValueError: if one lies outside the hyperparameter's domain, or there are fewer than two.
    """
    if isinstance(domain, Choice):
        values = tuple(check(hyper, value) for value in domain.values)
        if len(values) < 2 or len(set(values)) < len(values):
            raise _few(hyper, ",".join(map(format_value, values)))
        return _with_domain(hyper, Choice(*values))
    own = hyper.domain
    if isinstance(own, Repeat):
        lengths = (own.low, own.high)
        if isinstance(domain, Repeat):
            lengths, domain = (domain.low, domain.high), domain.item
        items = narrow(_item(hyper), domain).domain
        assert isinstance(items, (Range, Choice))
        return _with_domain(hyper, Repeat(items, *lengths))
    check_domain(replace(hyper, domain=domain))
    if isinstance(domain, Range):
        for bound in (domain.low, domain.high):
            check(hyper, bound)
        domain = _scaled(domain, own)
    return _with_domain(hyper, domain)


def parse_setting(hyper: Hyper, text: str) -> Any:
    """Parses the text of a flag of `tune`: a value, `LOW..HIGH`, or choices with commas between.

    Args:
        hyper: hyperparameter of the flag.
        text: a tuple is a value; a text is one unless the hyperparameter is a choice of texts.

    Returns:
        A value to hold, a Range or a Choice.

    Raises:
        TypeError, ValueError: if the text is neither, or not within the hyperparameter's domain.
    """
    if hyper.kind is not str and BETWEEN in text:
        return _checked(hyper, _parse_range(hyper, text))
    several = "," in text and hyper.item is None
    if several and (hyper.kind is not str or isinstance(hyper.domain, Choice)):
        values = [parse_value(hyper, part.strip()) for part in text.split(",") if part.strip()]
        return _checked(hyper, as_domain(hyper, values))
    return parse_value(hyper, text)


def format_domain(domain: Domain | None) -> str:
    """Formats a domain as the command line reads it: `0.0001..0.01` or `0,0.2`."""
    if isinstance(domain, Repeat):
        return format_domain(domain.item)
    if isinstance(domain, Range):
        return f"{format_value(domain.low)}{BETWEEN}{format_value(domain.high)}"
    return "" if domain is None else ",".join(map(format_value, domain.values))


def _checked(hyper: Hyper, domain: Domain | None) -> Domain:
    assert domain is not None
    narrow(hyper, domain)
    return domain


def _parse_range(hyper: Hyper, text: str) -> Range:
    number = replace(_item(hyper) if hyper.item else hyper, domain=None, optional=False)
    rule = "LOW..HIGH with LOW below HIGH" if number.kind in (int, float) else hyper.kind_words
    try:
        low, high = (parse_value(number, part.strip()) for part in text.split(BETWEEN))
        return Range(low, high)
    except (TypeError, ValueError):
        raise ValueError(f"`{hyper.name}` must be {rule}. Received: {hyper.name}={text}") from None


def _few(hyper: Hyper, values: str) -> ValueError:
    return ValueError(
        f"`{hyper.name}` must list two different values or more to be searched. "
        f"Received: {hyper.name}={values}"
    )


def _item(hyper: Hyper) -> Hyper:
    """Returns the hyperparameter of one item of a tuple."""
    domain = hyper.domain.item if isinstance(hyper.domain, Repeat) else None
    return Hyper(hyper.name, hyper.item or hyper.kind, None, domain)


def _scaled(domain: Range, own: Domain | None) -> Range:
    """Returns the range on the scale of the recipe's own, with its step if two values fit."""
    if not isinstance(own, Range):
        return domain
    log, step = domain.log or own.log, domain.step
    if step is None and own.step is not None and log == own.log:
        second = domain.low * own.step if log else domain.low + own.step
        step = own.step if second <= domain.high else None
    return replace(domain, log=log, step=step)


def _with_domain(hyper: Hyper, domain: Domain) -> Hyper:
    return replace(hyper, domain=domain, default=_nearest(domain, hyper.default))


def _nearest(domain: Domain, value: Any) -> Any:
    if domain.holds(value):
        return value
    if isinstance(domain, Repeat):
        items = (value or (None,))[: domain.high]
        items += items[-1:] * (domain.low - len(items))
        return tuple(_nearest(domain.item, item) for item in items)
    if isinstance(domain, Choice):
        return min(domain.values, key=lambda choice: _distance(choice, value))
    return domain.low if value is None else type(value)(min(max(value, domain.low), domain.high))


def _distance(one: Any, other: Any) -> float:
    numbers = all(isinstance(value, (int, float)) for value in (one, other))
    return abs(one - other) if numbers else math.inf
