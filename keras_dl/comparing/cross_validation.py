"""Cross-validation before a run: a training on each fold, in a child run, then mean and spread."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_dl import plots
from keras_dl.comparing.results import Row, make_row
from keras_dl.data.folds import Fold
from keras_dl.execution.parent_run import Child, Facts, ParentRun, Training
from keras_dl.execution.progress import ProgressReporter
from keras_dl.execution.scheduler import Scheduler
from keras_dl.execution.tracked_results import fold_name
from keras_dl.recipe import Recipe
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.training.job import Job, Outcome
from keras_dl.training.run import Result
from keras_dl.training.run import run as train_once

__all__ = ["cross_validate", "run"]


def run(recipe: Recipe, **arguments: Any) -> Result:
    """Trains the recipe once, with `folds` after a cross-validation.

    Args:
        recipe: recipe to train.
        **arguments: as in `keras_dl.training.run.run`.
    """
    return train_once(recipe, validate=cross_validate, **arguments)


def cross_validate(
    job: Job, facts: Facts, tracked: TrackedRun, folds: int, verbose: bool
) -> tuple[dict[int, float], dict[str, float]]:
    """Trains a job on each fold of train and validation; the test set is left out.

    A fold whose training has ended is not repeated by a process that resumes the run.

    Args:
        job: the training; its folder gets one for each fold.
        facts: of the whole data.
        tracked: run of the training, the parent of the folds' runs; gets their values, mean and
            spread.
        folds: number of folds.
        verbose: whether to show progress.

    Returns:
        The score by fold, and the means and standard deviations over the folds as `cv/NAME` and
        `cv/NAME_std`.

    Raises:
        SearchFailed: if the training failed on every fold.
    """
    trainings = [_training(job, facts, Fold(number, folds)) for number in range(folds)]
    parent = ParentRun("run", tracked)
    with (
        parent,
        Scheduler(0, job.folder / "folds") as scheduler,
        ProgressReporter(folds, "folds", verbose) as reporter,
    ):
        reporter.write(f"Cross-validation: {folds} folds of train and validation")
        ended = parent.train(trainings, scheduler, reporter)
        row = make_row(job.recipe.name, job.recipe.test_score, _by_fold(ended), folds=True)
        metrics = _log(row, [o for o in ended.values() if isinstance(o, Outcome)], job, tracked)
        reporter.write(_sentence(row, job))
    return row.scores, metrics


def _by_fold(ended: Mapping[Any, Any]) -> dict[int, Any]:
    return {int(key): result for key, result in ended.items()}


def _training(job: Job, facts: Facts, fold: Fold) -> Training:
    folder = job.folder / "folds" / str(fold.number)
    child = Child(
        {"fold": fold.number},
        f"{job.recipe.name}-fold{fold.number + 1}",
        "fold",
        job.recipe,
        {**job.values, "seed": job.seed, "folds": fold.folds},
        facts,
    )
    # Numbers suffice: the run above keeps a model.
    changes: dict[str, Any] = {"fold": fold, "folder": folder, "test": True, "keep": False}
    part = dataclasses.replace(job, allotment=None, **changes)
    return Training(fold.number, part, child)


def _log(row: Row, outcomes: list[Outcome], job: Job, tracked: TrackedRun) -> dict[str, float]:
    """Logs each fold's value as a step from 1, mean and standard deviation, and a figure."""
    score = job.recipe.test_score
    for number, value in row.scores.items():
        tracked.metrics({fold_name(score.name): value}, step=number + 1)
    shared = set.intersection(*(set(o.metrics) for o in outcomes)) - {"test/majority_share"}
    metrics: dict[str, float] = {}
    for name in sorted(shared):
        values = [outcome.metrics[name] for outcome in outcomes]
        short = fold_name(name).removeprefix("fold/")
        metrics[f"cv/{short}"] = float(np.mean(values))
        metrics[f"cv/{short}_std"] = _spread(values)
    tracked.metrics(metrics)
    figure = plots.comparison(
        [f"{len(row.scores)} folds"],
        [row.mean],
        [row.low],
        [row.high],
        [list(row.scores.values())],
        fold_name(score.name),
        direction=score.direction,
    )
    tracked.figure(figure, "folds")
    tracked.tags({"verdict": _sentence(row, job)})
    return metrics


def _spread(values: list[float]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def _sentence(row: Row, job: Job) -> str:
    """Returns `Cross-validation: fold/accuracy 0.953 ± 0.012 over 5 folds (…); interval …`."""
    values = list(row.scores.values())
    each = ", ".join(f"{value:.4f}" for value in values)
    failed = f", {row.failed} failed" if row.failed else ""
    return (
        f"Cross-validation: {fold_name(job.recipe.test_score.name)} {row.mean:.4f} ± "
        f"{_spread(values):.4f} over {len(values)} folds{failed} ({each}); 95 % interval of the "
        f"mean {row.low:.4f} … {row.high:.4f}"
    )
