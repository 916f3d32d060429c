"""What a fact is, and how its figures are compared."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

__all__ = ["Fact", "Result", "Stated", "agree", "checked"]


@dataclass(frozen=True)
class Stated:
    """A figure that somebody else states.

    Attributes:
        value: a number, a shape or a text; or a function that computes what a printed formula
            gives. A float counts to the digits that it is written with.
        source: where it stands.
        why: the reason why ours differs; empty if it does not.
        from_memory: nobody has looked it up in the source.
    """

    value: Any
    source: str = ""
    why: str = ""
    from_memory: bool = False


@dataclass(frozen=True)
class Fact:
    """Something that the lecture or a paper says and that our code can compute.

    Attributes:
        group: the builder or the technique it is about.
        name: what tells it from the others of its group.
        what: what is counted or computed, in words.
        ours: computes our figure.
        lecture: the lecture's figure; None if it has none.
        published: that of a paper or of another independent source; None if there is none.
        within: relative tolerance, for rounding and for samples of random numbers, absolute where
            0 is stated; without it printed digits are compared.
        arithmetic: ours is worked out by a formula, because there is no builder.
    """

    group: str
    name: str
    what: str
    ours: Callable[[], Any]
    lecture: Stated | None = None
    published: Stated | None = None
    within: float = 0.0
    arithmetic: bool = False


@dataclass(frozen=True)
class Result:
    """A fact with its figures computed.

    Attributes:
        group: the builder or the technique it is about.
        name: what tells it from the others of its group.
        what: what is counted or computed, in words.
        lecture: the lecture's figure; None if it has none.
        published: the figure of a paper or of another independent source; None if there is none.
        ours: our figure, computed just now.
        status: "exact" if all agree, "explained" if each difference has a reason, else "open".
        remarks: reasons, sources and reservations, as sentences.
    """

    group: str
    name: str
    what: str
    lecture: Any
    published: Any
    ours: Any
    status: str
    remarks: tuple[str, ...]


def checked(fact: Fact) -> Result:
    """Computes our figure and compares it with the stated ones."""
    ours = fact.ours()
    stated = {"lecture": fact.lecture, "published": fact.published}
    values = {
        who: None if said is None else said.value() if callable(said.value) else said.value
        for who, said in stated.items()
    }
    status, remarks = "exact", []
    for who, said in stated.items():
        if said is None:
            continue
        note = " (from memory)" if said.from_memory else ""
        if said.source or note:
            remarks.append(f"{who}: {said.source}{note}")
        if not agree(ours, values[who], fact.within):
            reason = said.why or "NO REASON IS GIVEN"
            remarks.append(f"{who} differs: {reason}")
            status = "open" if not said.why or status == "open" else "explained"
    if fact.arithmetic:
        remarks.append("ours: by arithmetic, there is no builder")
    return Result(
        fact.group, fact.name, fact.what, **values, ours=ours, status=status, remarks=tuple(remarks)
    )


def agree(ours: Any, stated: Any, within: float = 0.0) -> bool:
    """Whether two figures are the same, as far as `stated` is written out.

    Integers, shapes and texts must be equal. A float as printed, 0.105361 or 2.95e-5, stands for
    all numbers that round to it.
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
