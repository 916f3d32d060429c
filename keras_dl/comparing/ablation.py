"""`ablate`: a factorial experiment over hyperparameters and seeds, under one parent run."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from keras_dl import options
from keras_dl.comparing.ablation_result import Ablation, make_ablation, settings_label
from keras_dl.comparing.design import check_size, factorial
from keras_dl.data.summary import show
from keras_dl.execution.journal import Journal, open_journal
from keras_dl.execution.parent_run import Child, Facts, ParentRun, Training
from keras_dl.execution.plan import Plan, check_factory, split_arguments, spool_data
from keras_dl.execution.progress import ProgressReporter, format_duration
from keras_dl.execution.run_job import DryRun
from keras_dl.execution.scheduler import Scheduler, stop_on_full_disk
from keras_dl.recipe import Recipe
from keras_dl.space import format_value
from keras_dl.space.levels import resolve_levels
from keras_dl.tracking import store
from keras_dl.training.config_file import make_config

__all__ = ["ablate"]

Levels = dict[str, tuple[Any, ...]]
Settings = Sequence[Mapping[str, object]]


def ablate(
    recipe: Recipe,
    *,
    over: Iterable[str] = (),
    values: Mapping[str, Iterable[object]] | str = "",
    data: object = None,
    callbacks: object = None,
    executor: Executor | None = None,
    **arguments: object,
) -> Ablation:
    """Trains every combination of levels with several seeds and estimates each factor's effect.

    Args:
        recipe: recipe to train.
        over: hyperparameters to vary; none: the recipe's own factors.
        values: levels by name in place of the default ones, as a dict or as text,
            `dropout=0,0.5 activation=relu,tanh`. By default a Choice has all its values, a switch
            off and on, a Range its ends.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: function that returns the `keras.callbacks.Callback` instances of a training.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose
            machines share this folder. It stays open.
        **arguments: options as in `keras_dl.ablate`, and hyperparameters to hold at a value.

    Returns:
        Main effects and interactions with intervals, figures, all trainings, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what the dry run finds wrong in the recipe.
        SearchFailed: if too few trainings ended well to estimate the effects.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    space = recipe.space()
    factory = check_factory(callbacks)
    plan = Plan(recipe, *split_arguments(space, arguments, options.ABLATE), data, factory)
    factors = tuple(over) or (() if values else recipe.factors)
    levels = resolve_levels(space, factors, values, plan.fixed)
    resolved = plan.options
    settings = factorial(levels, resolved["max_settings"])
    check_size(levels, len(settings), resolved["seeds"])
    store.close_orphaned_runs()
    definition = plan.definition() | {
        "levels": {name: list(map(format_value, own)) for name, own in levels.items()},
        "design": [settings_label(s) for s in settings],
    }
    root, name = store.root() / "ablations", f"{recipe.name}-ablation"
    with (
        stop_on_full_disk(),
        open_journal(root, name, definition, resolved["resume"]) as journal,
        Scheduler.from_options(resolved, journal.folder, executor) as scheduler,
    ):
        return _run(spool_data(plan, journal.folder), levels, settings, journal, scheduler)


def _run(
    plan: Plan, levels: Levels, settings: Settings, journal: Journal, scheduler: Scheduler
) -> Ablation:
    seeds, verbose = plan.options["seeds"], plan.options["verbose"]
    job = plan.job(plan.values({}), 0, journal.folder / "dry_run")
    dry_run = scheduler.dry_run(job)
    journal.confirm(dry_run.facts["digest"])
    plan = plan.for_data(dry_run.facts)
    if verbose:
        show(dry_run.facts)
    trainings = [
        _training(plan, setting, index, seed, journal, dry_run.facts)
        for seed in range(seeds)
        for index, setting in enumerate(settings)
    ]
    parent = _open_parent(plan, levels, len(settings), journal, dry_run.facts)
    with parent, ProgressReporter(len(trainings), verbose=verbose) as reporter:
        reporter.write(_announcement(plan, levels, len(settings), dry_run, scheduler.slots))
        for note in dry_run.notes:
            reporter.write(note)
        if plan.options["resume"] and not journal.resumed:
            reporter.write("Nothing to resume: a new ablation starts")
        ended = parent.train(trainings, scheduler, reporter)
        results = [
            (settings[i], seed, ended[i, seed])
            for seed in range(seeds)
            for i in range(len(settings))
        ]
        dataset = dry_run.facts["name"]
        ablation = make_ablation(plan.recipe, levels, results, parent.tracked, dataset)
    reporter.console.print(ablation.table(), ablation.interaction_table())
    reporter.write(ablation.verdict)
    reporter.write(f"{ablation.url}   (after: keras-dl ui)")
    return ablation


def _training(
    plan: Plan,
    setting: Mapping[str, object],
    index: int,
    seed: int,
    journal: Journal,
    facts: Facts,
) -> Training:
    values, folder = (
        plan.values(setting),
        journal.folder / "trainings" / f"{index:04d}" / f"s{seed}",
    )
    child = Child(
        {"setting": index, "seed": seed},
        f"{settings_label(setting)} s{seed}",
        "trial",
        plan.recipe,
        plan.params(values) | {"seed": seed},
        facts,
    )
    return Training((index, seed), plan.job(values, seed, folder, test=True, keep=False), child)


def _open_parent(
    plan: Plan, levels: Levels, settings: int, journal: Journal, facts: Facts
) -> ParentRun:
    params = plan.params(plan.fixed) | {
        "over": tuple(levels),
        "values": " ".join(f"{n}={','.join(map(format_value, own))}" for n, own in levels.items()),
        "max_settings": settings,
        "seeds": plan.options["seeds"],
    }
    name, tags = f"{plan.recipe.name}-ablation", {"folder": journal.folder.name}
    levelled = {n: params[n] for n in ("over", "values")}  # resolved, whatever the recipe's are
    options = plan.options | levelled
    config = make_config("ablate", [plan.recipe], plan.fixed, options, plan.data, plan.callbacks)
    return ParentRun.start("ablation", plan.recipe, name, params, facts, journal, tags, config)


def _announcement(plan: Plan, levels: Levels, settings: int, dry_run: DryRun, slots: int) -> str:
    seeds = plan.options["seeds"]
    trainings = settings * seeds
    total = trainings * plan.forecast(dry_run.seconds, dry_run.steps, dry_run.overhead)
    crossed = " × ".join(f"{name} ({len(own)})" for name, own in levels.items())
    return (
        f"{plan.recipe.name} on {dry_run.facts['name']}: {crossed}; {settings} settings × {seeds} "
        f"seeds = {trainings} trainings of {plan.length}, {slots} at a time, "
        f"about {format_duration(total / slots)}"
    )
