"""Record of how a data set was read: facts and notices, shown before training."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from keras_dl.data.errors import DatasetWarning
from keras_dl.utils.printing import printable

__all__ = ["Reading", "fact", "join", "notice", "record", "recorded"]

P = ParamSpec("P")
DataT = TypeVar("DataT", bound=Any)  # a `Data`, which imports this module


@dataclass(frozen=True)
class Reading:
    """Facts and notices of one reading, in the order in which they were recorded.

    Attributes:
        facts: decisions by name, such as {"target": "column species, the last one"}.
        notices: sentences on values that were dropped, clipped, resized or assumed.
    """

    facts: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def update(self, other: "Reading") -> None:
        """Adds the facts and notices of another record.

        A notice enters once; values of several readings, as of two domains, are joined.
        """
        for name, value in other.facts.items():
            own = self.facts.get(name, "")
            if own in value:  # none, or a part of the other
                self.facts[name] = value
            elif value not in own:
                self.facts[name] = f"{own}; {value}"
        self.notices.extend(text for text in other.notices if text not in self.notices)


_open: ContextVar[Reading | None] = ContextVar("keras_dl_reading", default=None)


@contextlib.contextmanager
def record() -> Iterator[Reading]:
    """Opens a record: facts and notices of the block enter it, and that of an enclosing block.

    Example:
        >>> with record() as reading:
        ...     notice("3 rows without a label are dropped")
        >>> reading.notices
        ['3 rows without a label are dropped']
    """
    enclosing = _open.get()
    reading = Reading()
    token = _open.set(reading)
    try:
        yield reading
    finally:
        _open.reset(token)
        if enclosing is not None:
            enclosing.update(reading)


def join(*readings: Reading) -> Reading:
    """Returns the facts and notices of several records, earlier ones first."""
    joined = Reading()
    for reading in readings:
        joined.update(reading)
    return joined


def recorded(function: Callable[P, DataT]) -> Callable[P, DataT]:
    """Decorates a function that returns `Data`: what it records enters their `reading`.

    Where no record is open, nobody shows a summary, and each notice is a warning too.
    """

    @wraps(function)
    def reads(*args: P.args, **kwargs: P.kwargs) -> DataT:
        with record() as reading:
            data = function(*args, **kwargs)
        for text in reading.notices if _open.get() is None else ():
            warnings.warn(text, DatasetWarning, stacklevel=2)
        return replace(data, reading=join(data.reading, reading))

    return reads


def fact(name: str, value: object) -> None:
    """Records a decision on the data, such as its target column; the last value stays."""
    if reading := _open.get():
        reading.facts[name] = printable(value)


def notice(text: str) -> None:
    """Records a sentence for the user; outside of a record it is a warning."""
    reading, text = _open.get(), printable(text)
    if reading is None:
        warnings.warn(text, DatasetWarning, stacklevel=2)
    elif text not in reading.notices:
        reading.notices.append(text)
