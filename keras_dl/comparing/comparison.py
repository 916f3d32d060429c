"""Recipes side by side: the same data and seeds under one parent run."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from keras_dl import options, plots
from keras_dl.comparing.results import CONFIDENCE, Comparison, paired, row, verdict
from keras_dl.errors import Failure
from keras_dl.execution.plan import Plan, spooled
from keras_dl.execution.progress import ProgressReporter, duration
from keras_dl.execution.scheduler import RunningJob, Scheduler, log_leftovers, log_outcome
from keras_dl.recipe import Recipe
from keras_dl.space import check_names, resolve
from keras_dl.tracking import runs, store

__all__ = ["Contender", "compare", "measured"]


@dataclass(frozen=True)
class Contender:
    """One side of a comparison: a recipe with its hyperparameters, under a label."""

    label: str
    recipe: Recipe
    values: Mapping[str, Any]


def compare(recipes: Sequence[Recipe], *, data: Any = None, **given: Any) -> Comparison:
    """Trains every recipe with the same seeds on the same data and tests the differences.

    Args:
        recipes: at least two; their objectives must have the same name and direction.
        data: the user's own data in place of the recipes' data sets; see `keras_dl.data.load`.
        **given: options `seeds`, `workers`, `epochs`, `steps_per_epoch`, `budget`, `patience`,
            `precision`, `jit_compile`, `timeout`, `verbose`, and hyperparameters such as `dataset`,
            each for those recipes that have it.

    Raises:
        ValueError, TypeError: for wrong arguments or recipes that cannot be compared.
        SearchFailed: if a recipe failed with every seed.
    """
    plans = _plans(recipes, data, given)
    chosen = plans[0].options
    store.close_orphaned_runs()
    folder = store.root() / "comparisons" / runs.stamp()
    folder.mkdir(parents=True)
    plans = [spooled(p, folder) for p in plans]
    with Scheduler(chosen["workers"], folder, chosen["timeout"]) as scheduler:
        pairs = [Contender(p.recipe.name, p.recipe, p.values({})) for p in plans]
        jobs = [p.job(c.values, 0, folder / "dry_run") for p, c in zip(plans, pairs, strict=True)]
        facts = [scheduler.dry_run(job).facts for job in jobs]
        _refuse_other_data(pairs, facts)
        total = len(pairs) * chosen["seeds"]
        with ProgressReporter(
            total, scheduler.slots, plans[0].recipe.objective, {}, chosen["verbose"]
        ) as show:
            show.say(f"{total} trainings on {facts[0]['name']}, {scheduler.slots} at a time")
            made = measured(pairs, plans, chosen["seeds"], scheduler, facts, folder, {}, show)
    if not any(r.failed for r in made.rows):  # else the workers' output may tell why
        shutil.rmtree(folder)
    show.console.print(made.table())
    show.say(made.verdict)
    show.say(f"{made.url}   (after: keras-dl ui)")
    return made


def measured(
    contenders: Sequence[Contender],
    plans: Sequence[Plan],
    seeds: int,
    scheduler: Scheduler,
    facts: Sequence[Mapping[str, Any]],
    folder: Path,
    tags: Mapping[str, Any],
    show: ProgressReporter,
) -> Comparison:
    """Trains and tests each contender with `seeds` seeds under one parent run, and compares.

    Args:
        contenders: what is compared.
        plans: the options of the trainings, one a contender.
        seeds: from 0 on, the same for all.
        scheduler: does the training.
        facts: of the data as each contender sees them; sizes may differ, the set does not.
        folder: for the trainings' files.
        tags: further tags of the parent run.
        show: where progress goes.

    Raises:
        SearchFailed: if a contender failed with every seed.
    """
    experiment = f"{facts[0]['name']}-{contenders[0].recipe.task_name}"
    name = " vs ".join(c.label for c in contenders)
    parent = runs.start(
        contenders[0].recipe, experiment, name, "comparison", {"seeds": seeds}, tags=tags
    )
    sides = list(zip(contenders, plans, facts, strict=True))
    units: dict[tuple[str, int], RunningJob] = {}

    def begin(seed: int, contender: Contender, plan: Plan, seen: Mapping[str, Any]) -> None:
        place = folder / contender.label / f"s{seed}"
        job = plan.job(contender.values, seed, place, test=True)
        tracked = _started(contender, plan, seed, parent, seen)
        units[contender.label, seed] = scheduler.submit(job, tracked)

    # Seed by seed: an early end leaves pairs.
    starts = [partial(begin, seed, *side) for seed in range(seeds) for side in sides]
    try:
        parent.dataset(facts[0])
        for done, unit in enumerate(scheduler.each(starts), 1):
            _ended(unit, len(starts) - done, show)
        made = _compared(contenders, units, parent)
    except BaseException as error:
        killed = isinstance(error, KeyboardInterrupt)
        for tracked in [*(u.tracked for u in units.values() if not u.done), parent]:
            tracked.end(
                "KILLED" if killed else "FAILED", reason="interrupted" if killed else "crashed"
            )
        raise
    parent.end()
    return made


def _plans(recipes: Sequence[Recipe], data: Any, given: Mapping[str, Any]) -> list[Plan]:
    if len(recipes) < 2 or len({r.name for r in recipes}) < len(recipes):
        names = ", ".join(r.name for r in recipes)
        raise ValueError(
            f"`recipes` must be two or more different ones. Received: {names or 'none'}"
        )
    kinds = {(r.final_score.name, r.final_score.direction, r.task_name) for r in recipes}
    if len(kinds) > 1:
        raise ValueError(
            f"`recipes` must share task and objective. Received: {sorted(map(str, kinds))}"
        )
    spaces = {r.name: r.space() for r in recipes}
    check_names(
        given,
        [*options.COMPARE, *{n for s in spaces.values() for n in s}],
        "hyperparameter or option",
    )
    chosen = resolve(options.COMPARE, {k: v for k, v in given.items() if k in options.COMPARE})
    plans = []
    for recipe in recipes:
        own = {k: v for k, v in given.items() if k in spaces[recipe.name]}
        values = resolve(spaces[recipe.name], own)
        epochs, steps_per_epoch = options.planned_epochs(recipe.epochs, chosen)
        plans.append(
            Plan(recipe, {}, {k: values[k] for k in own}, chosen, epochs, steps_per_epoch, data)
        )
    return plans


def _refuse_other_data(pairs: Sequence[Contender], facts: Sequence[Mapping[str, Any]]) -> None:
    if len({seen["name"] for seen in facts}) > 1:
        found = ", ".join(f"{c.label} on {f['name']}" for c, f in zip(pairs, facts, strict=True))
        raise ValueError(f"`dataset` must be the same for all recipes. Received: {found}")


def _started(
    contender: Contender, plan: Plan, seed: int, parent: runs.TrackedRun, facts: Mapping[str, Any]
) -> runs.TrackedRun:
    recipe, name = contender.recipe, f"{contender.label}-s{seed}"
    params = plan.params(contender.values) | {"seed": seed}
    tags = {"contender": contender.label, "seed": seed}
    experiment = f"{facts['name']}-{recipe.task_name}"
    tracked = runs.start(recipe, experiment, name, "final", params, parent=parent.id, tags=tags)
    tracked.dataset(facts)
    tracked.expect(facts)
    return tracked


def _ended(unit: RunningJob, left: int, show: ProgressReporter) -> None:
    found, name = unit.result(), unit.tracked.run.info.run_name
    if isinstance(found, Failure):
        unit.tracked.end("FAILED", reason=found.reason, message=str(found)[:500])
        show.say(f"{name} failed ({found.reason}): {found}")
        return
    log_outcome(unit.tracked, found)
    log_leftovers(unit.tracked, unit.job.folder)
    unit.tracked.end()
    tests = ", ".join(f"{k} {v:.4f}" for k, v in found.metrics.items())
    show.say(f"{name}: {tests}  {duration(found.seconds)}, {left} to go")


def _compared(
    contenders: Sequence[Contender],
    units: Mapping[tuple[str, int], RunningJob],
    parent: runs.TrackedRun,
) -> Comparison:
    first = contenders[0].recipe
    score = first.final_score
    metric = score.name
    rows = []
    for label in (c.label for c in contenders):
        mine = {seed: u.result() for (name, seed), u in units.items() if name == label}
        rows.append(row(label, metric, mine))
    rows.sort(key=lambda r: r.mean, reverse=score.direction == "max")
    p_values = paired(rows[0].scores, {r.label: r.scores for r in rows[1:]})
    winner = rows[0].label if p_values and max(p_values.values()) < 1 - CONFIDENCE else None
    figure = plots.comparison(
        [r.label for r in rows],
        [r.mean for r in rows],
        [r.low for r in rows],
        [r.high for r in rows],
        [list(r.scores.values()) for r in rows],
        metric,
        direction=score.direction,
    )
    made = Comparison(
        metric,
        score.direction,
        rows,
        p_values,
        winner,
        verdict(rows, p_values, winner, metric),
        figure,
        parent.id,
        parent.url,
    )
    parent.figure(figure, "comparison")
    runs.table(parent, made.to_dataframe().to_csv(index=False), "comparison")
    parent.metrics({"objective": rows[0].mean, **{f"mean/{r.label}": r.mean for r in rows}})
    parent.tags({"verdict": made.verdict})
    return made
