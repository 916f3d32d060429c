"""Facts and their comparison."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["Fact", "Result", "Stated", "agree", "check_fact"]

Figure = float | str | tuple[int, ...] | set[str]


@dataclass(frozen=True)
class Stated:
    """A figure stated by the lecture or a publication, or derived.

    Attributes:
        value: a number, shape or text, or a function that evaluates a printed formula. Floats are
            compared to their printed digits.
        source: source of the figure.
        reason: reason why ours differs; empty if it does not.
        from_memory: True if the figure has not been verified in the source.
    """

    value: Figure | Callable[[], Figure]
    source: str = ""
    reason: str = ""
    from_memory: bool = False


@dataclass(frozen=True)
class Fact:
    """A figure of the lecture, a publication or arithmetic, and a function that computes ours.

    Attributes:
        group: builder or technique.
        name: name of the fact, unique within its group.
        quantity: description of the quantity.
        ours: function that computes our figure.
        lecture: figure of the lecture, or None.
        published: figure that a paper or another publication prints, or None.
        derived: figure by arithmetic or theory that nobody has printed, or None.
        within: relative tolerance for rounding and random samples, absolute where 0 is stated; 0
            compares printed digits.
        arithmetic: True if ours comes from a formula because there is no builder.
    """

    group: str
    name: str
    quantity: str
    ours: Callable[[], Figure | None]
    lecture: Stated | None = None
    published: Stated | None = None
    derived: Stated | None = None
    within: float = 0.0
    arithmetic: bool = False


@dataclass(frozen=True)
class Result:
    """A fact with its computed figures.

    Attributes:
        group: builder or technique.
        name: name of the fact, unique within its group.
        quantity: description of the quantity.
        lecture: figure of the lecture, or None.
        published: figure of a publication, or None.
        derived: figure by arithmetic or theory, or None.
        ours: our computed figure.
        status: "exact" if all agree, "explained" if each difference has a reason, else "open".
        remarks: reasons, sources and caveats.
    """

    group: str
    name: str
    quantity: str
    lecture: Figure | None
    published: Figure | None
    derived: Figure | None
    ours: Figure | None
    status: str
    remarks: tuple[str, ...]


def check_fact(fact: Fact) -> Result:
    """Computes our figure and compares it with the stated figures."""
    ours = fact.ours()
    stated = {"lecture": fact.lecture, "published": fact.published, "derived": fact.derived}
    values = {
        origin: None if s is None else s.value() if callable(s.value) else s.value
        for origin, s in stated.items()
    }
    status, remarks = "exact", []
    for origin, figure in stated.items():
        if figure is None:
            continue
        note = " (from memory)" if figure.from_memory else ""
        if figure.source or note:
            remarks.append(f"{origin}: {figure.source}{note}")
        if not agree(ours, values[origin], fact.within):
            reason = figure.reason or "NO REASON IS GIVEN"
            remarks.append(f"{origin} differs: {reason}")
            status = "open" if not figure.reason or status == "open" else "explained"
    if fact.arithmetic:
        remarks.append("ours: by arithmetic, there is no builder")
    return Result(
        fact.group,
        fact.name,
        fact.quantity,
        **values,
        ours=ours,
        status=status,
        remarks=tuple(remarks),
    )


def agree(ours: Any, stated: Any, within: float = 0.0) -> bool:
    """Returns True if two figures agree to the digits printed in `stated`.

    Integers, shapes and texts must be equal. A printed float such as 0.105361 or 2.95e-5 agrees
    with all numbers that round to it.

    Args:
        ours: computed figure.
        stated: stated figure.
        within: relative tolerance, absolute where `stated` is 0; 0 compares printed digits.
    """
    if within:
        return math.isclose(ours, stated, rel_tol=within, abs_tol=0 if stated else within)
    if isinstance(stated, float):
        if not math.isfinite(ours):
            return False
        digit = Decimal(repr(stated)).as_tuple().exponent
        unit = Decimal(1).scaleb(int(digit))
        return abs(Decimal(repr(float(ours))) - Decimal(repr(stated))) <= unit / 2
    return type(ours) is type(stated) and ours == stated
