"""Record of how a data set was read: facts and notices, shown before training."""

import contextlib
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["Reading", "fact", "notice", "record"]


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
        """Adds the facts and notices of another record; a notice enters once."""
        self.facts.update(other.facts)
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


def fact(name: str, value: object) -> None:
    """Records a decision on the data, such as its target column; the last value stays."""
    if reading := _open.get():
        reading.facts[name] = str(value)


def notice(text: str) -> None:
    """Records a sentence for the user; outside of a record it is a warning."""
    reading = _open.get()
    if reading is None:
        warnings.warn(text, stacklevel=2)
    elif text not in reading.notices:
        reading.notices.append(text)
