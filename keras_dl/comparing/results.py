"""Result of a comparison: means with intervals, paired tests, a verdict."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from rich import box
from rich.table import Table

from keras_dl.errors import Failure, SearchFailed
from keras_dl.execution.parent_run import score_of
from keras_dl.execution.progress import format_duration
from keras_dl.recipe import Recipe
from keras_dl.training.job import Outcome

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "Comparison",
    "Row",
    "find_winner",
    "holm",
    "majority_caption",
    "majority_share",
    "make_row",
    "make_verdict",
    "paired_tests",
]

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Row:
    """Result of a contender.

    Attributes:
        label: label of the contender.
        scores: score by seed; seeds that failed are left out.
        mean: mean of the scores.
        low: lower end of the mean's 95 % confidence interval (Student's t).
        high: upper end.
        parameters: number of the model's parameters.
        seconds: mean time of a training.
        failed: number of seeds that failed.
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
    """Result of `compare`.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        rows: best mean first.
        p_values: p-values of paired t-tests of each other row against the first, Holm-adjusted.
        winner: label of the first row if it beats all others at 5 %, else None.
        verdict: the same in a sentence.
        figure: matplotlib figure of means, intervals and single seeds.
        run_id: id of the parent run in MLflow.
        url: link to it.
        majority_share: accuracy of always predicting the most frequent class, for accuracies.
    """

    metric: str
    direction: str
    rows: list[Row]
    p_values: dict[str, float]
    winner: str | None
    verdict: str
    figure: "Figure" = field(repr=False)
    run_id: str
    url: str
    majority_share: float | None = None

    def to_dataframe(self) -> "pd.DataFrame":
        """Returns one row per contender, best mean first."""
        import pandas as pd

        rows = [dataclasses.asdict(r) | {"p_value": self.p_values.get(r.label)} for r in self.rows]
        return pd.DataFrame(rows)

    def table(self) -> Table:
        """Returns the rows for the terminal."""
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
                format_duration(row.seconds),
            )
        table.caption, table.caption_justify = majority_caption(self.majority_share), "left"
        return table


def majority_share(metric: str, results: Iterable[Outcome | Failure]) -> float | None:
    """Returns the accuracy of always predicting the most frequent class, as trainings report it.

    Args:
        metric: name of the score; only accuracies are measured against the share.
        results: of all trainings.
    """
    outcomes = [result.metrics for result in results if isinstance(result, Outcome)]
    if metric != "test/accuracy" or not outcomes:
        return None
    return outcomes[0].get("test/majority_share")


def majority_caption(share: float | None) -> str | None:
    """Returns the line below a table of accuracies."""
    return None if share is None else f"Always predicting the most frequent class: {share:.4f}"


def paired_tests(
    first: Mapping[int, float], others: Mapping[str, Mapping[int, float]]
) -> dict[str, float]:
    """Computes two-sided paired t-tests of `first` against each other, over common seeds.

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
    """Adjusts p-values for their number: the chance of any false positive stays at 5 %.

    Reference:
        Holm, 1979, A simple sequentially rejective multiple test procedure.
    """
    adjusted, worst = {}, 0.0
    for rank, label in enumerate(sorted(raw, key=lambda k: raw[k])):
        worst = max(worst, min(1.0, raw[label] * (len(raw) - rank)))
        adjusted[label] = worst
    return adjusted


def make_row(label: str, recipe: Recipe, results: Mapping[int, Outcome | Failure]) -> Row:
    """Computes mean and interval of a contender.

    Args:
        label: label of the contender.
        recipe: declares the score.
        results: outcome or failure by seed.

    Raises:
        SearchFailed: if every seed failed.
    """
    from scipy import stats

    outcomes = {s: o for s, o in results.items() if not isinstance(o, Failure)}
    if not outcomes:
        failure = next(iter(results.values()))
        raise SearchFailed(f"{label} failed with every seed: {failure}")
    scores = {s: score_of(recipe, o) for s, o in outcomes.items()}
    values = np.array(list(scores.values()))
    mean, half = float(values.mean()), float("nan")
    if len(values) > 1:
        quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1))
        half = quantile * float(stats.sem(values))
    return Row(
        label,
        scores,
        mean,
        mean - half,
        mean + half,
        next(iter(outcomes.values())).parameters,
        float(np.mean([o.seconds for o in outcomes.values()])),
        len(results) - len(outcomes),
    )


def find_winner(rows: Sequence[Row], p_values: Mapping[str, float]) -> str | None:
    """Returns the label of the first row if it beats all others at 5 %, else None."""
    return rows[0].label if p_values and max(p_values.values()) < 1 - CONFIDENCE else None


def make_verdict(
    rows: Sequence[Row], p_values: Mapping[str, float], winner: str | None, metric: str
) -> str:
    """Returns a sentence that names the winner, or states that the difference is not significant.

    Args:
        rows: best mean first.
        p_values: p-value of each other row against the first.
        winner: label of the winner, or None.
        metric: name of the score.
    """
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
