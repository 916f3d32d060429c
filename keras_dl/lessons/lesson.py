"""Lesson files and what they declare."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras_dl.space import check_names

__all__ = ["Check", "Lesson", "Quantity", "names", "read"]

FOLDER = Path(__file__).parent / "files"


@dataclass(frozen=True)
class Quantity:
    """A metric of a training.

    Attributes:
        recipe: name of the recipe.
        metric: name of the run's metric.
        settings: hyperparameters and options of the training by name.
    """

    recipe: str
    metric: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """What must hold for the answer: a quantity between two ends.

    Attributes:
        quantity: name of the quantity.
        above: smallest value, or name of a quantity that must not be larger; None: no lower end.
        below: largest value, or name of a quantity that must not be smaller; None: no upper end.
        by: distance to `above` and `below` at least; negative: how far beyond them it may lie.
    """

    quantity: str
    above: float | str | None = None
    below: float | str | None = None
    by: float = 0.0

    def holds(self, values: Mapping[str, float]) -> bool:
        """Returns whether it holds.

        Args:
            values: measured quantities by name.
        """
        value = values[self.quantity]
        low = -math.inf if self.above is None else _value(self.above, values) + self.by
        high = math.inf if self.below is None else _value(self.below, values) - self.by
        return low <= value <= high

    def __str__(self) -> str:
        if self.above == self.below and self.by < 0:
            return f"{self.quantity} within {-self.by:g} of {self.above}"
        ends = [f"{word} {end}" for word, end in (("above", self.above), ("below", self.below))
                if end is not None]  # fmt: skip
        return f"{self.quantity} {' and '.join(ends)}" + (f" by {self.by:g}" if self.by else "")


def _value(end: float | str, values: Mapping[str, float]) -> float:
    return values[end] if isinstance(end, str) else end


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        name: name of its file.
        title: concept and claim.
        question: what the reader predicts.
        predictions: possible answers.
        right: number of the right one, from 1.
        answer: the answer with its reason.
        quantities: what is measured, by name.
        checks: what must hold for the answer.
        figure: name of a figure of the last training.
        facts: group of `keras_dl.facts` whose figures belong to it; "" without one.
    """

    name: str
    title: str
    question: str
    predictions: tuple[str, ...]
    right: int
    answer: str
    quantities: Mapping[str, Quantity]
    checks: tuple[Check, ...]
    figure: str
    facts: str = ""


def names() -> tuple[str, ...]:
    """Returns the names of all lessons, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


def read(name: str) -> Lesson:
    """Reads a lesson.

    Args:
        name: one of `names()`.

    Raises:
        ValueError: if there is no such lesson.
    """
    check_names([name], names(), "lesson")
    values = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for own in values["quantities"].values():  # TOML has no tuples, hyperparameters no lists
        settings = own.get("settings", {})
        own["settings"] = {k: tuple(v) if type(v) is list else v for k, v in settings.items()}
    values |= {
        "predictions": tuple(values["predictions"]),
        "quantities": {label: Quantity(**own) for label, own in values["quantities"].items()},
        "checks": tuple(Check(**own) for own in values["checks"]),
    }
    return Lesson(name=name, **values)
