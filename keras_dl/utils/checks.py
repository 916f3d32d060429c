"""Argument checks with one form of message: rule, meaning, received value."""

import math
from collections.abc import Collection, Sequence
from numbers import Integral, Real
from typing import Any

from keras_dl.utils.matching import did_you_mean

__all__ = [
    "check_choice",
    "check_count",
    "check_nonnegative",
    "check_positive",
    "check_real",
    "pair",
]


def check_count(name: str, value: object, meaning: str, *, least: int = 1) -> None:
    """Accepts an integer of at least `least`.

    Args:
        name: of the argument.
        value: of the argument.
        meaning: what the argument stands for, in a clause for the message.
        least: the smallest accepted value.

    Raises:
        TypeError: if `value` is not an integer (True and 3.0 are not).
        ValueError: if it is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"`{name}` must be an integer; {meaning}. Received: {name}={value!r}")
    if value < least:
        raise ValueError(f"`{name}` must be at least {least}; {meaning}. Received: {name}={value}")


def check_real(name: str, value: object, meaning: str) -> None:
    """Accepts a number.

    Args:
        name: of the argument.
        value: of the argument.
        meaning: what the argument stands for, in a clause for the message.

    Raises:
        TypeError: if it is no number (True is none).
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"`{name}` must be a number; {meaning}. Received: {name}={value!r}")


def check_nonnegative(name: str, value: Any, meaning: str) -> None:
    """Accepts a finite number of 0 or more.

    Args:
        name: of the argument.
        value: of the argument.
        meaning: what the argument stands for, in a clause for the message.

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it is negative, infinite or NaN.
    """
    check_real(name, value, meaning)
    if not 0 <= value < math.inf:
        raise ValueError(
            f"`{name}` must be finite and 0 or more; {meaning}. Received: {name}={value}"
        )


def check_positive(name: str, value: Any, meaning: str) -> None:
    """Accepts a finite number above 0.

    Args:
        name: of the argument.
        value: of the argument.
        meaning: what the argument stands for, in a clause for the message.

    Raises:
        TypeError: if `value` is not a number.
        ValueError: if it is 0, negative, infinite or NaN.
    """
    check_real(name, value, meaning)
    if not 0 < value < math.inf:
        raise ValueError(f"`{name}` must be positive; {meaning}. Received: {name}={value}")


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Accepts one of the names in `choices`.

    Args:
        name: of the argument.
        value: of the argument.
        choices: the accepted names.

    Raises:
        TypeError: if `value` is not a string.
        ValueError: if it is none of the choices; the message offers the closest one.
    """
    if not isinstance(value, str):
        raise TypeError(f"`{name}` must be a name, a string. Received: {name}={value!r}")
    if value not in choices:
        few = " or ".join(f'"{choice}"' for choice in choices)
        names = few if len(choices) < 3 else f"one of {', '.join(choices)}"
        hint = did_you_mean(value, choices)
        raise ValueError(f"`{name}` must be {names}.{hint} Received: {name}={value!r}")


def pair(name: str, value: Any, meaning: str) -> tuple[int, int]:
    """Returns two sizes, (vertical, horizontal), from one integer or two.

    Args:
        name: of the argument.
        value: an integer, or a sequence of two.
        meaning: what the argument stands for, in a clause for the message.

    Raises:
        TypeError: if `value` is neither an integer nor a sequence of integers.
        ValueError: if it does not have two items, or one is below 1.
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
