"""Facts about Simpson's paradox: rates of two treatments, raw and adjusted for the stratum."""

from keras_dl.facts.fact import Fact, Stated
from keras_dl.metrics.groups import adjusted_rates

__all__ = ["COUNTS", "FACTS"]

# Successes and cases of each treatment in the strata small and large.
COUNTS = {"A": [(81, 87), (192, 263)], "B": [(234, 270), (55, 80)]}
STRATA = ("small", "large")
TABLE = "the lecture's table of two treatments in two strata"


def _rate(treatment: str, stratum: int) -> float:
    successes, cases = COUNTS[treatment][stratum]
    return successes / cases


def _percents(treatment: str) -> tuple[tuple[str, float], ...]:
    printed = {"A": (0.93, 0.73), "B": (0.87, 0.69)}[treatment]
    return tuple(zip(STRATA, printed, strict=True))


def _best() -> str:
    """The better treatment in small, in large, in total, and adjusted."""
    rates = adjusted_rates(COUNTS)
    rows = [[_rate(t, s) for t in COUNTS] for s in range(2)]
    rows += [[rates[t][i] for t in COUNTS] for i in range(2)]
    return "".join("A" if row[0] > row[1] else "B" for row in rows)


FACTS = (
    *(
        Fact(
            *("simpson", f"{t.lower()}-{stratum}", f"success rate of treatment {t}, {stratum}"),
            lambda t=t, i=i: _rate(t, i),
            Stated(printed, TABLE),
        )
        for t in COUNTS
        for i, (stratum, printed) in enumerate(_percents(t))
    ),
    *(
        Fact(
            *("simpson", f"{t.lower()}-total", f"success rate of treatment {t} in total"),
            lambda t=t: adjusted_rates(COUNTS)[t][0],
            Stated(printed, TABLE),
        )
        for t, printed in (("A", 0.78), ("B", 0.83))
    ),
    *(
        Fact(
            *(
                "simpson",
                f"{t.lower()}-adjusted",
                f"rate of {t}, strata by their share of all",
            ),
            lambda t=t: adjusted_rates(COUNTS)[t][1],
            derived=Stated(rate, "Σ P(success | treatment, stratum)·P(stratum)"),
        )
        for t, rate in (("A", 0.8325), ("B", 0.7789))
    ),
    Fact(
        *("simpson", "better", "the better treatment in small, large, total, and adjusted"),
        _best,
        derived=Stated("AABA", "better in each stratum, worse in total"),
    ),
)
