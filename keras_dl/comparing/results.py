"""Result of a comparison: means with intervals, paired tests, a verdict."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.table import Table

from keras_dl.comparing.statistics import LEAST_SEEDS, format_p, holm, interval, paired_p_value
from keras_dl.errors import Failure, SearchFailed
from keras_dl.execution.parent_run import score_of
from keras_dl.execution.progress import format_duration
from keras_dl.recipe import Score
from keras_dl.training.job import Outcome
from keras_dl.utils.intervals import CONFIDENCE, exact_interval, is_proportion
from keras_dl.utils.notebook import figures_to_html, table_to_html, to_html

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "Comparison",
    "Row",
    "find_winner",
    "majority_caption",
    "majority_share",
    "make_row",
    "make_verdict",
    "paired_tests",
]


@dataclass(frozen=True)
class Row:
    """Result of a contender.

    Attributes:
        label: label of the contender.
        scores: score by seed, or by fold from 0; those that failed are left out.
        mean: mean of the scores.
        low: lower end of the mean's 95 % confidence interval, over seeds and test examples.
        high: upper end.
        parameters: number of the model's parameters.
        seconds: mean time of a training.
        failed: number of seeds that failed.
        examples: by seed, whether each test example is right, (n) bool; for accuracies.
    """

    label: str
    scores: dict[int, float]
    mean: float
    low: float
    high: float
    parameters: int
    seconds: float
    failed: int
    examples: dict[int, np.ndarray] = field(default_factory=dict, repr=False)


@dataclass
class Comparison:
    """Result of `compare`.

    Attributes:
        metric: "test/accuracy" or another.
        direction: "max" or "min".
        rows: best mean first.
        p_values: p-value of each other row against the first, over seeds and test examples,
            Holm-adjusted over all pairs; None where the seeds show no variance.
        winner: label of the first row if it beats all others at 5 %, else None.
        verdict: the same in a sentence.
        figure: matplotlib figure of means, intervals and single seeds.
        run_id: id of the parent run in MLflow.
        url: link to it.
        majority_share: accuracy of always predicting the most frequent class, for accuracies.
        unit: "seed", or "fold" where the scores are those of a cross-validation.
    """

    metric: str
    direction: str
    rows: list[Row] = field(repr=False)
    p_values: dict[str, float | None] = field(repr=False)
    winner: str | None
    verdict: str
    figure: "Figure" = field(repr=False)
    run_id: str
    url: str
    majority_share: float | None = None
    unit: str = "seed"

    def to_dataframe(self) -> "pd.DataFrame":
        """Returns one row per contender, best mean first."""
        import pandas as pd

        rows = [dataclasses.asdict(r) | {"p_value": self.p_values.get(r.label)} for r in self.rows]
        return pd.DataFrame(rows).drop(columns="examples")

    def _repr_html_(self) -> str:
        figures = figures_to_html({"comparison": self.figure})
        return to_html(self.verdict, [table_to_html(self.table()), figures], self.url)

    def table(self) -> Table:
        """Returns the rows for the terminal."""
        title = f"{self.metric} ({self.direction}), mean and 95 % interval"
        table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for name in (
            "",
            "mean",
            "95 % interval",
            f"{self.unit}s",
            "p (paired)",
            "parameters",
            "time",
        ):
            table.add_column(name, justify="left" if not name else "right")
        for row in self.rows:
            p = self.p_values.get(row.label)
            count = f"{len(row.scores)}" + (f" ({row.failed} failed)" if row.failed else "")
            table.add_row(
                row.label,
                f"{row.mean:.4f}",
                "–" if math.isnan(row.low) else f"{row.low:.4f} … {row.high:.4f}",
                count,
                "–" if p is None else format_p(p),
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


def paired_tests(rows: Sequence[Row], *, folds: bool = False) -> dict[str, float | None]:
    """Tests the first row against each other, over common seeds and test examples.

    The p-values are adjusted for all pairs of rows after Holm, because the first is the best of
    them.

    Args:
        rows: best mean first.
        folds: whether scores are those of folds.

    Returns:
        p-values by label of the other row; None where the seeds show no variance.
    """
    raw = {
        (one.label, two.label): _paired_p_value(one, two, folds=folds)
        for one, two in combinations(rows, 2)
    }
    adjusted = holm({pair: p for pair, p in raw.items() if p is not None})
    first = rows[0].label
    return {row.label: adjusted.get((first, row.label)) for row in rows[1:]}


def _paired_p_value(one: Row, two: Row, *, folds: bool) -> float | None:
    seeds = sorted(set(one.scores) & set(two.scores))
    gaps = np.array([one.scores[s] - two.scores[s] for s in seeds])
    if folds:
        return paired_p_value(gaps, folds=True)
    if any(s not in row.examples for s in seeds for row in (one, two)):
        return paired_p_value(gaps)
    first, second = (np.array([row.examples[s] for s in seeds], float) for row in (one, two))
    return paired_p_value(gaps, first - second if first.shape == second.shape else None)


def make_row(
    label: str, score: Score, results: Mapping[int, Outcome | Failure], *, folds: bool = False
) -> Row:
    """Computes mean and interval of a contender.

    Args:
        label: label of the contender.
        score: names the metric.
        results: outcome or failure by seed, or by fold.
        folds: whether the results are those of folds.

    Raises:
        SearchFailed: if every seed failed.
        ValueError: if a training did not measure the score.
    """
    outcomes = {s: o for s, o in results.items() if not isinstance(o, Failure)}
    if not outcomes:
        failure = next(iter(results.values()))
        raise SearchFailed(f"{label} failed with every {'fold' if folds else 'seed'}: {failure}")
    scores = {s: score_of(score, o) for s, o in outcomes.items()}
    metric, values = score.name, np.array(list(scores.values()))
    examples = {s: o.example_results() for s, o in outcomes.items() if metric == "test/accuracy"}
    examples = {s: result for s, result in examples.items() if result is not None}
    low, high = _interval(values, list(examples.values()), is_proportion(metric), folds)
    return Row(
        label,
        scores,
        float(values.mean()),
        low,
        high,
        next(iter(outcomes.values())).parameters,
        float(np.mean([o.seconds for o in outcomes.values()])),
        len(results) - len(outcomes),
        examples,
    )


def _interval(
    values: np.ndarray, examples: Sequence[np.ndarray], proportion: bool, folds: bool
) -> tuple[float, float]:
    whole = len(examples) == len(values)
    if not folds:
        return interval(values, np.array(examples) if whole else None, proportion=proportion)
    if whole and values.mean() in (0.0, 1.0):  # no variance over the folds
        count = sum(map(len, examples))
        return exact_interval(round(values.mean() * count), count)
    return interval(values, proportion=proportion, folds=True)


def find_winner(rows: Sequence[Row], p_values: Mapping[str, float | None]) -> str | None:
    """Returns the label of the first row if it beats all others at 5 %, else None.

    Fewer than three common seeds give no winner.
    """
    seeds = min(len(set(rows[0].scores) & set(row.scores)) for row in rows)
    worst = max((1.0 if p is None else p for p in p_values.values()), default=1.0)
    return rows[0].label if seeds >= LEAST_SEEDS and worst < 1 - CONFIDENCE else None


def make_verdict(
    rows: Sequence[Row],
    p_values: Mapping[str, float | None],
    winner: str | None,
    metric: str,
    unit: str = "seed",
) -> str:
    """Returns a sentence that names the winner, or states why there is none.

    Args:
        rows: best mean first.
        p_values: p-value of each other row against the first.
        winner: label of the winner, or None.
        metric: name of the score.
        unit: "seed" or "fold".
    """
    if len(rows) < 2:
        return f"{rows[0].label}: {metric} {rows[0].mean:.4f}; nothing to compare it with"
    if winner is not None:
        worst = max(p for p in p_values.values() if p is not None)
        return (
            f"{winner} wins on {metric}: better than every other at 5 % (largest p = {worst:.3f})"
        )
    seeds = min(len(row.scores) for row in rows)
    if seeds < LEAST_SEEDS:
        return (
            f"No winner on {metric}: {rows[0].label} is best over {seeds} "
            f"{unit}{'s' * (seeds > 1)}; a winner needs {LEAST_SEEDS} or more"
        )
    unknown = [label for label, p in p_values.items() if p is None]
    if unknown:
        return (
            f"No winner on {metric}: {rows[0].label} and {', '.join(unknown)} differ by the same "
            f"amount with each {unit}, so that there is no variance to test it by"
        )
    return (
        f"No winner on {metric}: the {unit}s do not tell {rows[0].label} from the rest "
        f"(p = {max(p for p in p_values.values() if p is not None):.3f})"
    )
