"""A table of all recipes with the results of their tracked default runs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mlflow.entities import Run

from keras_dl.catalog import Entry
from keras_dl.recipe import Score
from keras_dl.tracking import store
from keras_dl.tracking.recipe_runs import recipe_runs
from keras_dl.utils.files import write_atomically
from keras_dl.utils.intervals import interval_over_seeds, is_proportion

__all__ = ["Row", "format_rows", "format_scores", "make_report", "make_rows", "write_report"]

BEGIN, END = "<!-- keras-dl report -->", "<!-- end of report -->"
HEADER = ("data", "recipe", "what", "parameters", "quantity", "measured", "published", "training")


@dataclass(frozen=True)
class Row:
    """Results of one recipe.

    Attributes:
        entry: the recipe.
        score: its score.
        scores: score of each run.
        dataset: name of the data set; "" without runs.
        digests: digests of the runs' data, without repetition.
        test_examples: number of test examples of which an accuracy is a share; else 0, as for
            several draws of the data, whose spread holds the error of their test sets.
        parameters: number of the model's parameters.
        seconds: mean time of a training.
        settings: flags by which the runs differ from the defaults; "" for the defaults.
    """

    entry: Entry
    score: Score
    scores: tuple[float, ...] = ()
    dataset: str = ""
    digests: tuple[str, ...] = ()
    test_examples: int = 0
    parameters: int = 0
    seconds: float = 0.0
    settings: str = ""

    def as_dict(self) -> dict[str, object]:
        """Returns the row in JSON-serialisable values."""
        score = self.score
        return {
            "recipe": self.entry.name,
            "title": self.entry.title,
            "dataset": self.dataset,
            "digests": list(self.digests),
            "score": score.name,
            "direction": score.direction,
            "values": list(self.scores),
            "published": score.published,
            "parameters": self.parameters,
            "seconds": self.seconds,
            "settings": self.settings,
        }

    @property
    def mean(self) -> float:
        """Mean score over the runs; NaN without runs."""
        return float(np.mean(self.scores)) if self.scores else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the mean; NaN with fewer than two runs."""
        if len(self.scores) < 2:
            return float("nan"), float("nan")
        return interval_over_seeds(
            self.mean,
            float(np.std(self.scores, ddof=1)),
            len(self.scores),
            proportion=is_proportion(self.score.name),
            positive=min(self.scores) > 0,
            test_examples=self.test_examples,
        )

    @property
    def order(self) -> tuple[bool, str, str, str, str]:
        """Sorts rows of the same data and quantity together, those without runs last."""
        digest = self.digests[0] if len(self.digests) == 1 else ""
        return (not self.scores, self.dataset, digest, self.score.quantity, self.entry.name)


def make_report(entries: Sequence[Entry]) -> str:
    """Returns a Markdown table with one row per recipe, from finished runs with its defaults.

    A recipe without such a run, the full budget, all steps and float32, has the figure of the runs
    with the fewest other hyperparameters, and the flags of their settings. Of several runs with the
    same seed the latest counts. Behind each mean over seeds, and over draws of the data if a recipe
    has a hyperparameter `draw`, stands its 95 % interval. Rows are sorted by data and quantity;
    where data sets of one name differ, the digest tells them apart.

    Args:
        entries: the recipes.
    """
    return format_rows(make_rows(entries))


def make_rows(entries: Sequence[Entry]) -> list[Row]:
    """Returns the rows of `make_report` as values."""
    experiments = store.client().search_experiments(filter_string="name != 'Default'")
    return [_row(entry, [e.experiment_id for e in experiments]) for entry in entries]


def format_rows(rows: Sequence[Row]) -> str:
    """Returns the Markdown table of the rows."""
    digests: dict[str, set[str]] = {}
    for row in rows:
        digests.setdefault(row.dataset, set()).update(row.digests)
    shared = {name for name, own in digests.items() if len(own) > 1}
    cells = [_cells(row, row.dataset in shared) for row in sorted(rows, key=lambda r: r.order)]
    lines = [HEADER, ("---",) * len(HEADER), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_report(table: str, path: Path) -> None:
    """Replaces the table of a page, which two comments enclose.

    Raises:
        ValueError: if the file is missing or lacks the comments.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(
            f"`write` must name a file with the lines {BEGIN} and {END}. Received: write={path}"
        )
    write_atomically(path, f"{before}{BEGIN}\n{table}\n{END}{after}")


def _row(entry: Entry, experiments: list[str]) -> Row:
    score = entry.score
    measured, settings = recipe_runs(entry, experiments) if experiments else ([], "")
    if not measured:
        return Row(entry, score)
    first, metrics = measured[0], [run.data.metrics for run in measured]
    digests = tuple(dict.fromkeys(run.data.tags.get("dataset_digest", "") for run in measured))
    return Row(
        entry,
        score,
        tuple(own[score.name] for own in metrics),
        first.data.tags["dataset"],
        digests,
        _test_examples(first, score) if len(digests) == 1 else 0,
        int(metrics[0]["parameters"]),
        float(np.mean([own["fit_seconds"] for own in metrics])),
        settings,
    )


def _test_examples(run: Run, score: Score) -> int:
    """Returns the number of test examples if each has one class and the score is an accuracy."""
    inputs = run.inputs.dataset_inputs if run.inputs else []
    if not score.is_accuracy or not inputs or "test/majority_share" not in run.data.metrics:
        return 0
    return int(json.loads(inputs[0].dataset.profile or "{}")["examples"]["test"])


def _cells(row: Row, with_digest: bool) -> tuple[str, ...]:
    published = "–"
    if row.score.published is not None:
        source = f" ({row.score.source})" if row.score.source else ""
        published = f"{_format(row.score, row.score.published)}{source}"
    name, quantity = f"`{row.entry.name}`", row.score.quantity
    if not row.scores:
        return "–", name, row.entry.title, "–", quantity, "not yet", published, "–"
    data = row.dataset
    if with_digest:
        many = len(row.digests)
        data += f" `{row.digests[0][:6]}`" if many == 1 else f", {many} draws"
    settings = f", `{row.settings}`" if row.settings else ""
    measured, parameters = format_scores(row) + settings, f"{row.parameters:,}"
    duration = _time(row.seconds)
    return data, name, row.entry.title, parameters, quantity, measured, published, duration


def format_scores(row: Row) -> str:
    """Returns mean, 95 % interval and number of seeds: `0.91 % (0.66 to 1.24), 3 seeds`."""
    score, count = row.score, len(row.scores)
    if count == 1:
        return f"{_format(score, row.scores[0])}, 1 seed"
    ends = row.interval
    low, high = (
        _format(score, end).removesuffix(" %") for end in sorted(ends, reverse=score.is_accuracy)
    )
    return f"{_format(score, row.mean)} ({low} to {high}), {count} seeds"


def _format(score: Score, value: float) -> str:
    """Returns the error of an accuracy in percent, other metrics with four digits."""
    return f"{100 * (1 - value):.2f} %" if score.is_accuracy else f"{value:.4g}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
