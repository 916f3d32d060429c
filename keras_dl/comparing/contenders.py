"""Contenders trained with the same seeds under one parent run, and compared."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keras_dl import plots
from keras_dl.comparing.budgets import describe_budget
from keras_dl.comparing.results import (
    Comparison,
    find_winner,
    majority_share,
    make_row,
    make_verdict,
    paired_tests,
)
from keras_dl.errors import Failure
from keras_dl.execution.journal import Journal
from keras_dl.execution.parent_run import Child, Facts, ParentRun, Training
from keras_dl.execution.plan import Plan
from keras_dl.execution.progress import ProgressReporter
from keras_dl.execution.scheduler import Scheduler
from keras_dl.recipe import Recipe
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.training.job import Outcome
from keras_dl.utils.notebook import table_to_markdown

__all__ = ["Contender", "run_contenders"]


@dataclass(frozen=True)
class Contender:
    """One side of a comparison.

    Attributes:
        label: name in tables.
        plan: recipe and options.
        values: all active hyperparameters.
        facts: facts of the data; sizes may differ between contenders, the data set may not.
    """

    label: str
    plan: Plan
    values: Mapping[str, object]
    facts: Facts

    @property
    def recipe(self) -> Recipe:
        """Recipe of the plan."""
        return self.plan.recipe

    def training(self, seed: int, journal: Journal) -> Training:
        """Returns the training with one seed."""
        folder = journal.folder / self.label / f"s{seed}"
        child = Child(
            {"contender": self.label, "seed": seed},
            f"{self.label}-s{seed}",
            "final",
            self.recipe,
            self.plan.params(self.values) | {"seed": seed},
            self.facts,
            serves=True,
        )
        job = self.plan.job(self.values, seed, folder, test=True)
        return Training((self.label, seed), job, child)


def run_contenders(
    contenders: Sequence[Contender],
    seeds: int,
    scheduler: Scheduler,
    journal: Journal,
    tags: Mapping[str, object] | None = None,
    *,
    config: str = "",
    first_seed: int = 0,
    verbose: bool = True,
) -> Comparison:
    """Trains and tests each contender with the same seeds under one parent run.

    Args:
        contenders: sides of the comparison.
        seeds: number of seeds.
        scheduler: runs the jobs.
        journal: folder of the trainings; a run that it names is continued.
        tags: further tags of the parent run.
        config: contents of the parent run's `config.toml`; "" for a part of a search.
        first_seed: the first of them; the others follow it.
        verbose: whether to show progress.

    Raises:
        SearchFailed: if a contender failed with every seed.
    """
    first = contenders[0]
    name = " vs ".join(c.label for c in contenders)
    # Seed by seed: an early end leaves pairs.
    trainings = [
        c.training(seed, journal)
        for seed in range(first_seed, first_seed + seeds)
        for c in contenders
    ]
    parent = ParentRun(
        "comparison", first.recipe, name, {"seeds": seeds}, first.facts, journal, tags, config
    )
    with parent, ProgressReporter(len(trainings), verbose=verbose) as reporter:
        reporter.write(
            f"{len(trainings)} trainings on {first.facts['name']}, {scheduler.slots} at a time"
        )
        ended = parent.train(trainings, scheduler, reporter)
        return _compare(contenders, ended, parent.tracked)


def _compare(
    contenders: Sequence[Contender],
    ended: Mapping[Hashable, Outcome | Failure],
    parent: TrackedRun,
) -> Comparison:
    recipe = contenders[0].recipe
    score = recipe.final_score
    results: dict[str, dict[int, Any]] = {c.label: {} for c in contenders}
    for key, result in ended.items():
        assert isinstance(key, tuple)
        label, seed = key
        results[label][seed] = result
    rows = [make_row(label, recipe, by_seed) for label, by_seed in results.items()]
    rows.sort(key=lambda r: r.mean, reverse=score.direction == "max")
    p_values = paired_tests(rows)
    winner = find_winner(rows, p_values)
    figure = plots.comparison(
        [r.label for r in rows],
        [r.mean for r in rows],
        [r.low for r in rows],
        [r.high for r in rows],
        [list(r.scores.values()) for r in rows],
        score.name,
        direction=score.direction,
    )
    names = " vs ".join(dict.fromkeys(c.recipe.name for c in contenders))
    plots.add_title(figure, f"{names} on {contenders[0].facts['name']}")
    budget = describe_budget(
        {c.label: c.plan for c in contenders}, {n: own.values() for n, own in results.items()}
    )
    verdict = f"{make_verdict(rows, p_values, winner, score.name)}. {budget}"
    comparison = Comparison(
        score.name,
        score.direction,
        rows,
        p_values,
        winner,
        verdict,
        figure,
        parent.id,
        parent.url,
        majority_share(score.name, ended.values()),
    )
    _log(comparison, parent)
    return comparison


def _log(comparison: Comparison, parent: TrackedRun) -> None:
    rows = comparison.rows
    parent.figure(comparison.figure, "comparison")
    parent.text(comparison.to_dataframe().to_csv(index=False), "comparison.csv")
    parent.metrics({"objective": rows[0].mean, **{f"mean/{r.label}": r.mean for r in rows}})
    if comparison.majority_share is not None:
        parent.metrics({"test/majority_share": comparison.majority_share})
    parent.tags({"verdict": comparison.verdict})
    parent.note(f"**{comparison.verdict}**\n\n{table_to_markdown(comparison.table())}")
