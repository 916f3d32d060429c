"""Generated pairs of texts with one right answer."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

__all__ = ["PAIR_TASKS"]

COUNT = 20_000
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip


def addition(count: int = COUNT) -> list[tuple[str, str]]:
    """Sums of two numbers of up to three digits; answers begin with the last digit.

    Written so, each digit depends on two digits and a carry.

    Example:
        >>> addition(2)
        [('850+636', '6841'), ('511+269', '087')]
    """
    numbers = np.random.default_rng(0).integers(0, 1000, (count, 2)).tolist()
    return [(f"{a}+{b}", str(a + b)[::-1]) for a, b in numbers]


def dates(count: int = COUNT) -> list[tuple[str, str]]:
    """Days of two centuries in six notations, and their form of ISO 8601.

    Example:
        >>> dates(2)
        [('15.2.2070', '2070-02-15'), ('May 24, 2027', '2027-05-24')]
    """
    random = np.random.default_rng(0)
    days, kinds = random.integers(0, 73_049, count).tolist(), random.integers(0, 6, count).tolist()
    calendar = (date(1900, 1, 1) + timedelta(day) for day in days)
    return [(_write(day, kind), day.isoformat()) for day, kind in zip(calendar, kinds, strict=True)]


def _write(day: date, kind: int) -> str:
    month = MONTHS[day.month - 1]
    return (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3].lower()} {day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.month}/{day.day}/{day.year}",
        f"{month[:3]} {day.day:02} {day.year}",
    )[kind]


PAIR_TASKS: dict[str, Callable[[], list[tuple[str, str]]]] = {"addition": addition, "dates": dates}
