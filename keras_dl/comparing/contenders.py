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
from keras_dl.data.folds import Fold
from keras_dl.errors import Failure
from keras_dl.execution.journal import Journal
from keras_dl.execution.parent_run import Child, Facts, ParentRun, Training
from keras_dl.execution.plan import Plan
from keras_dl.execution.progress import ProgressReporter
from keras_dl.execution.scheduler import Scheduler
from keras_dl.execution.tracked_results import fold_name
from keras_dl.recipe import Recipe
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.training.job import Outcome
from keras_dl.utils.notebook import table_to_markdown
from keras_dl.utils.text import plural

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

    def training(self, seed: int, journal: Journal, fold: Fold | None = None) -> Training:
        """Returns the training with one seed, or on one fold."""
        if fold is not None:
            return self._fold_training(seed, journal, fold)
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

    def _fold_training(self, seed: int, journal: Journal, fold: Fold) -> Training:
        child = Child(
            {"contender": self.label, "fold": fold.number},
            f"{self.label}-fold{fold.number + 1}",
            "fold",
            self.recipe,
            self.plan.params(self.values) | {"seed": seed, "folds": fold.folds},
            self.facts,
            serves=True,
        )
        folder = journal.folder / self.label / f"fold{fold.number}"
        job = self.plan.job(self.values, seed, folder, test=True, fold=fold)
        return Training((self.label, fold.number), job, child)


def run_contenders(
    contenders: Sequence[Contender],
    seeds: int,
    scheduler: Scheduler,
    journal: Journal,
    tags: Mapping[str, object] | None = None,
    *,
    config: str = "",
    first_seed: int = 0,
    folds: int | None = None,
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
        folds: number of folds, which take the place of the seeds but the first; None: seeds.
        verbose: whether to show progress.

    Raises:
        SearchFailed: if a contender failed with every seed.
    """
    first = contenders[0]
    name = " vs ".join(c.label for c in contenders)
    parts: list[tuple[int, Fold | None]]  # one after the other: an early end leaves pairs
    parts = [(seed, None) for seed in range(first_seed, first_seed + seeds)]
    if folds is not None:
        parts = [(first_seed, Fold(number, folds)) for number in range(folds)]
    trainings = [c.training(seed, journal, fold) for seed, fold in parts for c in contenders]
    params = {"seeds": seeds} if folds is None else {"folds": folds}
    parent = ParentRun.start(
        "comparison", first.recipe, name, params, first.facts, journal, tags, config
    )
    with parent, ProgressReporter(len(trainings), verbose=verbose) as reporter:
        reporter.write(
            f"{plural(len(trainings), 'training', 'trainings')}{_each(contenders, ' of')} "
            f"on {first.facts['name']}, "
            f"{scheduler.slots} at a time"
        )
        ended = parent.train(trainings, scheduler, reporter)
        return _compare(contenders, ended, parent.tracked, folds=folds is not None)


def _each(contenders: Sequence[Contender], before: str) -> str:
    """Returns ` 10 minutes each` after the words, or nothing without a limit of steps or time."""
    limit = contenders[0].plan.limit
    return "" if limit is None else f"{before} {limit} each"


def _compare(
    contenders: Sequence[Contender],
    ended: Mapping[Hashable, Outcome | Failure],
    parent: TrackedRun,
    *,
    folds: bool,
) -> Comparison:
    recipe = contenders[0].recipe
    score, unit = recipe.final_score, "fold" if folds else "seed"
    metric = fold_name(score.name) if folds else score.name
    results: dict[str, dict[int, Any]] = {c.label: {} for c in contenders}
    for key, result in ended.items():
        assert isinstance(key, tuple)
        label, seed = key
        results[label][seed] = result
    rows = [make_row(label, score, by_seed, folds=folds) for label, by_seed in results.items()]
    rows.sort(key=lambda r: r.mean, reverse=score.direction == "max")
    p_values = paired_tests(rows, folds=folds)
    winner = find_winner(rows, p_values)
    figure = plots.comparison(
        [r.label for r in rows],
        [r.mean for r in rows],
        [r.low for r in rows],
        [r.high for r in rows],
        [list(r.scores.values()) for r in rows],
        metric,
        direction=score.direction,
    )
    names = " vs ".join(dict.fromkeys(c.recipe.name for c in contenders))
    plots.add_title(figure, f"{names} on {contenders[0].facts['name']}")
    budget = describe_budget(
        {c.label: c.plan for c in contenders}, {n: own.values() for n, own in results.items()}
    )
    verdict = make_verdict(rows, p_values, winner, metric, unit)
    verdict = f"{verdict}{_each(contenders, ', at')}. {budget}"
    comparison = Comparison(
        metric,
        score.direction,
        rows,
        p_values,
        winner,
        verdict,
        figure,
        parent.id,
        parent.url,
        majority_share(score.name, ended.values()),
        unit,
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
