"""Budgets of a training: by name in epochs, or as a limit in optimizer steps or in time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_dl.utils.matching import did_you_mean

__all__ = ["NAMES", "Limit", "check_budget", "limit_of"]

NAMES = ("smoke", "quick", "full")
UNITS = {"s": (1, "second"), "m": (60, "minute"), "h": (3600, "hour")}  # seconds, word
FORM = re.compile(r"(\d+(?:\.\d+)?)(steps|[smh])")
MOST = 1_000_000_000  # steps or seconds
RULE = (
    "be smoke, quick, full, a time such as 90s, 10m or 1h, or a number of optimizer steps such as "
    "2000steps"
)
CONTINUING = ("hyperband", "asha")  # algorithms that divide a training by its epochs


@dataclass(frozen=True)
class Limit:
    """What all stages of a training may use together: `steps` or `seconds`, the other is None.

    Attributes:
        steps: optimizer steps.
        seconds: time within `fit`, validations included.
        text: the same in words, "10 minutes".
    """

    steps: int | None
    seconds: float | None
    text: str

    def __str__(self) -> str:
        return self.text


def limit_of(budget: str) -> Limit | None:
    """Returns the limit that a budget states, None for one that is a name.

    Args:
        budget: "smoke", "quick", "full", `90s`, `10m`, `1.5h` or `2000steps`.

    Raises:
        ValueError: if it is anything else, or above a billion steps or seconds.
    """
    if budget in NAMES:
        return None
    match = FORM.fullmatch(budget)
    if match is None:
        hint = did_you_mean(budget, NAMES)
        raise ValueError(f"`budget` must {RULE}.{hint} Received: budget={budget!r}")
    amount, unit = float(match[1]), match[2]
    size, word = UNITS.get(unit, (1, "step"))
    if not 0 < amount * size <= MOST or (word == "step" and not amount.is_integer()):
        kind = "a whole number of steps" if word == "step" else "a time"
        raise ValueError(
            f"`budget` must be {kind} above 0 and at most {MOST:,}"
            f"{'' if word == 'step' else ' seconds'}. Received: budget={budget!r}"
        )
    text = f"{amount:,.10g} {word}{'s' * (amount != 1)}"
    if word == "step":
        return Limit(int(amount), None, text)
    return Limit(None, amount * size, text)


def check_budget(options: Mapping[str, Any]) -> None:
    """Refuses a wrong budget, and options that have no meaning with a limit.

    Args:
        options: options of `run`, `tune`, `compare` or `ablate` by name; missing ones have their
            default.

    Raises:
        ValueError: names the option.
    """
    budget = options.get("budget", "full")
    if not isinstance(budget, str) or limit_of(budget) is None:
        return
    if options.get("epochs") is not None:
        raise ValueError(
            "`epochs` must be left out with a budget of steps or time, which ends the training. "
            f"Received: budget={budget!r}, epochs={options['epochs']}"
        )
    if options.get("algorithm") in CONTINUING:
        raise ValueError(
            "`algorithm` must be bayesian, tpe, random or grid with a budget of steps or time; "
            f"hyperband and asha divide epochs. Received: budget={budget!r}, "
            f"algorithm={options['algorithm']!r}"
        )
