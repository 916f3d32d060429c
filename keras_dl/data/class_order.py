"""Order of class names: by number where all are whole numbers, else as texts."""

import re
from collections.abc import Iterable

from keras_dl.data.reading import fact

__all__ = ["order_classes"]

WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")  # 007 is a name


def order_classes(names: Iterable[str]) -> tuple[str, ...]:
    """Returns different class names in order; that of numbers is recorded where it differs.

    Args:
        names: with repetitions.

    Example:
        >>> order_classes(["10", "2", "1"])
        ('1', '2', '10')
    """
    plain = sorted(set(names))
    if not all(map(WHOLE.fullmatch, plain)):
        return tuple(plain)
    ordered = sorted(plain, key=lambda name: (int(name), name))
    if ordered != plain:
        fact("class order", "by number, as all names are whole numbers")
    return tuple(ordered)
