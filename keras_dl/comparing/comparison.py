"""`compare`: recipes with the same data and seeds under one parent run."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from rich.console import Console

from keras_dl import options
from keras_dl.comparing.contenders import Contender, run_contenders
from keras_dl.comparing.results import Comparison
from keras_dl.data.folds import Fold
from keras_dl.data.summary import show
from keras_dl.execution.journal import Journal, open_journal
from keras_dl.execution.plan import (
    Callbacks,
    Plan,
    check_factory,
    refuse_seeds_with_folds,
    split_arguments,
    spool_data,
)
from keras_dl.execution.scheduler import Scheduler, stop_on_full_disk
from keras_dl.recipe import Recipe
from keras_dl.space import check, check_names
from keras_dl.tracking import store
from keras_dl.training.config_file import make_config
from keras_dl.utils.files import remove_folder

__all__ = ["compare"]

LONGEST = 60  # characters of the recipes' names in the name of the folder


def compare(
    recipes: Sequence[Recipe],
    *,
    data: object = None,
    callbacks: object = None,
    executor: Executor | None = None,
    **arguments: object,
) -> Comparison:
    """Trains every recipe with the same seeds on the same data and tests the differences.

    Args:
        recipes: two recipes or more; their scores must have the same name and direction.
        data: the user's own data in place of the recipes' data sets; see `keras_dl.data.load`.
        callbacks: function that returns the `keras.callbacks.Callback` instances of a training.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose
            machines share this folder. It stays open.
        **arguments: options as in `keras_dl.compare`, and hyperparameters such as `dataset`, each
            for those recipes that have it.

    Returns:
        Means with intervals, paired tests, a verdict, links.

    Raises:
        ValueError, TypeError: for wrong arguments or recipes that cannot be compared.
        SearchFailed: if a recipe failed with every seed.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    refuse_seeds_with_folds(arguments)
    plans = _make_plans(recipes, data, arguments, check_factory(callbacks))
    resolved = plans[0].options
    store.close_orphaned_runs()
    root, name = store.root() / "comparisons", "-vs-".join(r.name for r in recipes)[:LONGEST]
    definition: dict[str, Any] = {"recipe": [p.recipe.name for p in plans]}
    definition |= {p.recipe.name: p.definition() for p in plans}
    if resolved["folds"] is not None:
        definition["folds"] = resolved["folds"]
    with (
        stop_on_full_disk(),
        open_journal(root, name, definition, resolved["resume"]) as journal,
        Scheduler.from_options(resolved, journal.folder, executor) as scheduler,
    ):
        verbose = resolved["verbose"]
        console = Console(stderr=True, quiet=not verbose, highlight=False, soft_wrap=True)
        contenders = _make_contenders(plans, scheduler, journal, console)
        journal.confirm(_digest(contenders))
        if resolved["resume"] and not journal.resumed:
            console.print("Nothing to resume: a new comparison starts")
        fixed = {name: value for plan in plans for name, value in plan.fixed.items()}
        stated = {n: v for n, v in resolved.items() if n != "seeds" or resolved["folds"] is None}
        config = make_config("compare", [p.recipe for p in plans], fixed, stated, data, callbacks)
        comparison = run_contenders(
            contenders,
            resolved["seeds"],
            scheduler,
            journal,
            config=config,
            folds=resolved["folds"],
            verbose=verbose,
        )
    if not any(r.failed for r in comparison.rows):  # else the workers' output may hold the cause
        remove_folder(journal.folder)
    console.print(comparison.table())
    console.print(comparison.verdict, markup=False)
    console.print(f"{comparison.url}   (after: keras-dl ui)", markup=False)
    return comparison


def _make_contenders(
    plans: Sequence[Plan], scheduler: Scheduler, journal: Journal, console: Console
) -> list[Contender]:
    """Tries one batch of every recipe.

    Raises:
        ValueError: if the recipes are on different data sets.
    """
    contenders = []
    for plan in (spool_data(p, journal.folder) for p in plans):
        values = plan.values({})
        folds = plan.options["folds"]
        fold = None if folds is None else Fold(0, folds)
        dry_run = scheduler.dry_run(plan.job(values, 0, journal.folder / "dry_run", fold=fold))
        plan = plan.for_data(dry_run.facts)
        contenders.append(Contender(plan.recipe.name, plan, plan.values({}), dry_run.facts))
        for note in dry_run.notes:
            console.print(f"{plan.recipe.name}: {note}", markup=False)
    if len({c.facts["name"] for c in contenders}) > 1:
        received = ", ".join(f"{c.label} on {c.facts['name']}" for c in contenders)
        raise ValueError(f"`dataset` must be the same for all recipes. Received: {received}")
    _check_kinds([c.recipe for c in contenders])
    if plans[0].options["verbose"]:
        _show_data(contenders)
    return contenders


def _show_data(contenders: Sequence[Contender]) -> None:
    """Shows each data set once: recipes may use other sizes or samples of the same one."""
    by_digest: dict[str, list[Contender]] = {}
    for contender in contenders:
        by_digest.setdefault(contender.facts["digest"], []).append(contender)
    for users in by_digest.values():
        names = ", ".join(contender.label for contender in users)
        show(users[0].facts, f"Data of {names}:" if len(by_digest) > 1 else "")


def _digest(contenders: Sequence[Contender]) -> str:
    """Returns the digest of all recipes' data, which may have one name and different contents."""
    digests = "".join(c.facts["digest"] for c in contenders)
    return hashlib.sha256(digests.encode()).hexdigest()


def _check_kinds(recipes: Sequence[Recipe]) -> None:
    kinds = {(r.final_score.name, r.final_score.direction, r.task_name) for r in recipes}
    if len(kinds) > 1:
        raise ValueError(
            f"`recipes` must share task and objective. Received: {sorted(map(str, kinds))}"
        )


def _make_plans(
    recipes: Sequence[Recipe],
    data: object,
    arguments: Mapping[str, object],
    callbacks: Callbacks | None,
) -> list[Plan]:
    if len(recipes) < 2 or len({r.name for r in recipes}) < len(recipes):
        names = ", ".join(r.name for r in recipes)
        raise ValueError(
            f"`recipes` must be two or more different ones. Received: {names or 'none'}"
        )
    recipes = [_with_objective(r, arguments.get("objective")) for r in recipes]
    if not any(r.regression for r in recipes):  # whose task is known with the data
        _check_kinds(recipes)
    spaces = {r.name: r.space() for r in recipes}
    everything = [*options.COMPARE, *{n for space in spaces.values() for n in space}]
    check_names(arguments, everything, "hyperparameter or option")
    plans = []
    for recipe in recipes:
        space = spaces[recipe.name]
        mine = {n: v for n, v in arguments.items() if n in space or n in options.COMPARE}
        plan = Plan(recipe, *split_arguments(space, mine, options.COMPARE), data, callbacks)
        plan.values({})  # refuses a hyperparameter that has no effect
        plans.append(plan)
    return plans


def _with_objective(recipe: Recipe, objective: Any) -> Recipe:
    """Returns the recipe with the stated objective, by which its test results are compared too."""
    check(options.COMPARE["objective"], objective)
    return replace(recipe.with_objective(objective), score=None) if objective else recipe
