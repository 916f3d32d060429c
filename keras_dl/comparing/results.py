"""What a comparison gives: means with intervals, paired tests, a verdict."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.table import Table

from keras_dl.errors import Failure, SearchFailed
from keras_dl.execution.progress import duration
from keras_dl.training.job import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Row", "holm", "paired", "row", "verdict"]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Row:
    """A contender's result.

    Attributes:
        label: of the contender.
        scores: the metric, one a seed; seeds that failed are left out.
        mean: of the scores.
        low: lower end of the mean's 95 % confidence interval (Student's t).
        high: upper end.
        parameters: of the model.
        seconds: mean time of a training.
        failed: seeds that failed.
    """

    label: str
    scores: dict[int, float]
    mean: float
    low: float
    high: float
    parameters: int
    seconds: float
    failed: int


@dataclass
class Comparison:
    """What `compare` gives back.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        rows: best mean first.
        p_values: of the paired t-test of each other row against the first, Holm-adjusted.
        winner: label of the first row if it beats all others at 5 %, else None.
        verdict: the same in a sentence.
        figure: means, intervals and single seeds.
        run_id: of the parent run in MLflow.
        url: link to it.
    """

    metric: str
    direction: str
    rows: list[Row]
    p_values: dict[str, float]
    winner: str | None
    verdict: str
    figure: Any = field(repr=False)
    run_id: str
    url: str

    def to_dataframe(self) -> "pd.DataFrame":
        """One row a contender, best mean first."""
        import pandas as pd

        rows = [dataclasses.asdict(r) | {"p_value": self.p_values.get(r.label)} for r in self.rows]
        return pd.DataFrame(rows)

    def table(self) -> Table:
        """The rows for the terminal."""
        title = f"{self.metric} ({self.direction}), mean and 95 % interval"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in ("", "mean", "95 % interval", "seeds", "p (paired)", "parameters", "time"):
            table.add_column(name, justify="left" if not name else "right")
        for row in self.rows:
            p = self.p_values.get(row.label)
            count = f"{len(row.scores)}" + (f" ({row.failed} failed)" if row.failed else "")
            table.add_row(
                row.label,
                f"{row.mean:.4f}",
                f"{row.low:.4f} … {row.high:.4f}",
                count,
                "–" if p is None else f"{p:.3f}",
                f"{row.parameters:,}",
                duration(row.seconds),
            )
        return table


def paired(
    first: Mapping[int, float], others: Mapping[str, Mapping[int, float]]
) -> dict[str, float]:
    """Two-sided paired t-tests of `first` against each other, over the seeds both have.

    Returns:
        p-values by label, adjusted for their number after Holm; 1 where nothing differs.
    """
    from scipy import stats

    raw: dict[str, float] = {}
    for label, scores in others.items():
        seeds = sorted(set(first) & set(scores))
        gaps = np.array([first[s] - scores[s] for s in seeds])
        if len(gaps) < 2 or np.allclose(gaps, 0):
            raw[label] = 1.0
        elif np.ptp(gaps) == 0:
            raw[label] = 0.0
        else:
            test: Any = stats.ttest_1samp(gaps, 0.0)
            raw[label] = float(test.pvalue)
    return holm(raw)


def holm(raw: Mapping[Any, float]) -> dict[Any, float]:
    """p-values adjusted for their number: the chance of any false alarm stays at 5 %.

    Reference:
        Holm, 1979, A simple sequentially rejective multiple test procedure.
    """
    adjusted, worst = {}, 0.0
    for rank, label in enumerate(sorted(raw, key=lambda k: raw[k])):
        worst = max(worst, min(1.0, raw[label] * (len(raw) - rank)))
        adjusted[label] = worst
    return adjusted


def row(label: str, metric: str, ended: Mapping[int, Outcome | Failure]) -> Row:
    """Mean and interval of a contender.

    Args:
        label: of the contender.
        metric: to read from the outcomes.
        ended: outcome or failure by seed.

    Raises:
        SearchFailed: if every seed failed.
    """
    from scipy import stats

    good = {s: o for s, o in ended.items() if not isinstance(o, Failure)}
    if not good:
        failure = next(iter(ended.values()))
        raise SearchFailed(f"{label} failed with every seed: {failure}")
    scores = {s: o.metrics.get(metric, o.score) for s, o in good.items()}
    values = np.array(list(scores.values()))
    mean = float(values.mean())
    error = float(stats.sem(values)) if len(values) > 1 else float("nan")
    half = (
        float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * error
        if len(values) > 1
        else float("nan")
    )
    first = next(iter(good.values()))
    seconds = float(np.mean([o.seconds for o in good.values()]))
    return Row(
        label,
        scores,
        mean,
        mean - half,
        mean + half,
        first.parameters,
        seconds,
        len(ended) - len(good),
    )


def verdict(rows: list[Row], p_values: Mapping[str, float], winner: str | None, metric: str) -> str:
    """Says in a sentence who wins, or that the seeds do not tell."""
    if len(rows) < 2:
        return f"{rows[0].label}: {metric} {rows[0].mean:.4f}; nothing to compare it with"
    worst = max(p_values.values())
    if winner is not None:
        return (
            f"{winner} wins on {metric}: better than every other at 5 % (largest p = {worst:.3f})"
        )
    return (
        f"No winner on {metric}: the seeds do not tell {rows[0].label} from the rest "
        f"(p = {worst:.3f})"
    )
