"""Options of reading that the user states: target, task, columns, header, …, white."""

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from keras_dl.data.errors import DatasetError

__all__ = ["Value", "option", "reading_options", "refuse_option"]

# Kinds of data that each option applies to, for messages.
APPLIES = {
    "target": "tables and labelled texts in CSV files",
    "task": "data with a target",
    "text": "texts in CSV files and DataFrames (recipes such as text_classification)",
    "header": "CSV files",
    "columns": "tables in CSV files and DataFrames",
    "delimiter": "CSV files",
    "encoding": "CSV and text files",
    "white": "arrays of images, and image files of more than 8 bits in grey",
}
TASKS = ("classification", "regression")
# Value of an option: None and () leave the decision to the reader.
Value = str | int | float | bool | tuple[str, ...] | list[str] | None


@dataclass(frozen=True)
class _Options:
    values: Mapping[str, Value]
    used: set[str] = field(default_factory=set)


_open: ContextVar[tuple[_Options, ...]] = ContextVar("keras_dl_reading_options", default=())


@contextlib.contextmanager
def reading_options(**values: Value) -> Iterator[None]:
    """Opens a block whose readers of files obey these options; inner blocks take precedence.

    Args:
        **values: target, task, text, header, delimiter, encoding, white as in
            `keras_dl.data.load`; None and () leave the decision to the reader.

    Raises:
        DatasetError: for an unknown task, and at the end of the block if an option has no effect.

    Example:
        >>> with reading_options(target="species", delimiter=";"):
        ...     data = load("flowers.csv")
    """
    unknown = sorted(set(values) - set(APPLIES))
    if unknown:
        raise TypeError(f"`{unknown[0]}` must be one of {', '.join(APPLIES)}.")
    present = {name: value for name, value in values.items() if value not in (None, (), [])}
    if present.get("task", TASKS[0]) not in TASKS:
        raise DatasetError(
            f"`task` must be {' or '.join(TASKS)}. Received: task={present['task']!r}"
        )
    options = _Options(present)
    token = _open.set((options, *_open.get()))
    try:
        yield
    finally:
        _open.reset(token)
    for name, value in present.items():
        if name not in options.used:
            refuse_option(name, value)


def option(name: str) -> Value:
    """Returns the value of an option and counts it as used; None if the user states nothing."""
    for options in _open.get():
        if name in options.values:
            options.used.add(name)
            return options.values[name]
    return None


def refuse_option(name: str, value: Value) -> None:
    """Refuses an option that does not apply to the data.

    Raises:
        DatasetError: always.
    """
    raise DatasetError(
        f"`{name}` must be left out for these data; it applies to {APPLIES[name]}. "
        f"Received: {name}={value!r}"
    )
