"""Checks of a layer's arguments, one message form."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

__all__ = ["check_choice_of_two", "check_count", "check_real", "pair"]


def check_count(name: str, value: Any, meaning: str, *, least: int = 1) -> None:
    """Accept `value` only if it is an integer of at least `least`.

    Raises:
        TypeError: if `value` is not an integer (True and 3.0 are not).
        ValueError: if it is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"`{name}` must be an integer; {meaning}. Received: {name}={value!r}")
    if value < least:
        raise ValueError(f"`{name}` must be at least {least}; {meaning}. Received: {name}={value}")


def check_real(name: str, value: Any, meaning: str) -> None:
    """Accept `value` only if it is a number.

    Raises:
        TypeError: if it is not (True is not).
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"`{name}` must be a number; {meaning}. Received: {name}={value!r}")


def check_choice_of_two(name: str, value: Any, first: str, second: str) -> None:
    """Accept `value` only if it is one of two words.

    Raises:
        ValueError: if it is neither.
    """
    if value not in (first, second):
        raise ValueError(f'`{name}` must be "{first}" or "{second}". Received: {name}={value!r}')


def pair(name: str, value: Any, meaning: str) -> tuple[int, int]:
    """Two sizes, (vertical, horizontal), from one integer or two.

    Raises:
        TypeError: if `value` is neither an integer nor a sequence of integers.
        ValueError: if it has not two items, or one is below 1.
    """
    sizes: Any = value
    if isinstance(value, str) or not isinstance(value, Sequence):
        check_count(name, value, meaning)
        sizes = (value, value)
    if len(sizes) != 2:
        raise ValueError(
            f"`{name}` must be one integer or two; {meaning}. Received: {name}={value!r}"
        )
    for size in sizes:
        check_count(name, size, meaning)
    return int(sizes[0]), int(sizes[1])
