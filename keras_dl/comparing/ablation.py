"""`ablate`: a factorial experiment over hyperparameters and seeds, under one parent run."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from keras_dl import options
from keras_dl.comparing.ablation_result import Ablation, concluded, settings_label
from keras_dl.comparing.design import factorial
from keras_dl.errors import Failure
from keras_dl.execution.journal import Journal, opened
from keras_dl.execution.plan import Plan, spooled
from keras_dl.execution.progress import ProgressReporter, duration
from keras_dl.execution.run_job import DryRun, is_done, run_job
from keras_dl.execution.scheduler import RunningJob, Scheduler, log_outcome
from keras_dl.recipe import Recipe
from keras_dl.space import check, check_names, format_value, resolve
from keras_dl.space.levels import resolve_levels
from keras_dl.tracking import runs, store
from keras_dl.tracking.runs import TrackedRun
from keras_dl.training.job import Job, Outcome

__all__ = ["ablate"]


def ablate(
    recipe: Recipe,
    *,
    over: Iterable[str] | None = None,
    values: Mapping[str, Iterable[Any]] | str = "",
    data: Any = None,
    **given: Any,
) -> Ablation:
    """Trains every combination of levels with several seeds and measures what each factor does.

    Args:
        recipe: what to train.
        over: hyperparameters to vary; None: the recipe's own factors.
        values: levels by name where the usual ones are not wanted, as a dict or as text,
            `dropout=0,0.5 activation=relu,tanh`. Usual are all values of a Choice, off and on of
            a switch, the ends of a Range.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        **given: options `max_settings`, `seeds`, `workers`, `epochs`, `steps_per_epoch`, `budget`, `patience`,
            `precision`, `jit_compile`, `timeout`, `resume`, `verbose`, and hyperparameters to fix.

    Returns:
        Main effects and interactions with intervals, figures, all trainings, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what the dry run found wrong in the recipe.
        SearchFailed: if too few trainings ended well to tell the effects apart.
        KeyboardInterrupt: after all runs were closed; `resume=True` goes on from there.
    """
    plan, levels = _planned(recipe, over, values, data, given)
    design = factorial(levels, plan.options["max_settings"])
    store.close_orphaned_runs()
    known = {**_definition(plan, levels), "design": [settings_label(s) for s in design]}
    root, name = store.root() / "ablations", f"{recipe.name}-ablation"
    with opened(root, name, known, plan.options["resume"]) as record:
        return _Ablating(spooled(plan, record.folder), levels, design, record).run()


class _Ablating:
    """One experiment under way."""

    def __init__(
        self,
        plan: Plan,
        levels: dict[str, tuple[Any, ...]],
        design: list[dict[str, Any]],
        record: Journal,
    ) -> None:
        self.plan, self.levels, self.design, self.record = plan, levels, design, record
        self.cells = [
            (i, seed) for seed in range(plan.options["seeds"]) for i in range(len(design))
        ]
        self.units: dict[tuple[int, int], RunningJob] = {}

    def run(self) -> Ablation:
        plan, chosen = self.plan, self.plan.options
        with Scheduler(chosen["workers"], self.record.folder, chosen["timeout"]) as scheduler:
            job = plan.job(plan.values({}), 0, self.record.folder / "dry_run")
            first: DryRun = scheduler.dry_run(job)
            self.parent = self._parent(first)
            self.known = self._known()
            objective = plan.recipe.objective
            try:
                with ProgressReporter(
                    len(self.cells), scheduler.slots, objective, {}, chosen["verbose"]
                ) as show:
                    self._train(scheduler, first, show)
                made = concluded(plan, self.levels, self.design, self.units, self.parent)
            except BaseException as error:
                self._abandon(error)
                raise
        self.parent.end()
        show.console.print(made.table(), made.interaction_table())
        show.say(made.verdict)
        show.say(f"{made.url}   (after: keras-dl ui)")
        return made

    def _train(self, scheduler: Scheduler, first: DryRun, show: ProgressReporter) -> None:
        trainings = len(self.cells)
        whole = trainings * (self.plan.epochs * first.seconds + first.overhead)
        crossed = " × ".join(f"{name} ({len(found)})" for name, found in self.levels.items())
        show.say(
            f"{self.plan.recipe.name} on {first.facts['name']}: {crossed}; {len(self.design)} "
            f"settings × {self.plan.options['seeds']} seeds = {trainings} trainings, {scheduler.slots} "
            f"at a time, about {duration(whole / scheduler.slots)}"
        )
        self._recall()
        left = [cell for cell in self.cells if cell not in self.units]
        before = trainings - len(left)
        if before:
            show.say(f"Going on after {before} finished trainings in {self.record.folder.name}")
        starts = [partial(self._begin, scheduler, first, *cell) for cell in left]
        for done, unit in enumerate(scheduler.each(starts), before + 1):
            index, seed = next(cell for cell, u in self.units.items() if u is unit)
            found = unit.result()
            if isinstance(found, Failure):
                told = f"failed ({found.reason}): {found}"
                unit.tracked.end("FAILED", reason=found.reason, message=str(found)[:500])
            else:
                told = f"{_score(self.plan, found):.4f}  {duration(found.seconds)}"
                log_outcome(unit.tracked, found)
                unit.tracked.end()
            show.advance(done, f"{settings_label(self.design[index])}, seed {seed}: {told}")

    def _job(self, index: int, seed: int) -> Job:
        folder = self.record.folder / "trainings" / f"{index:04d}" / f"s{seed}"
        values = self.plan.values(self.design[index])
        return self.plan.job(values, seed, folder, test=True, keep=False)

    def _recall(self) -> None:
        """Takes over the trainings that an earlier process has finished and written."""
        for index, seed in self.cells:
            run, job = self.known.get((str(index), str(seed))), self._job(index, seed)
            if run is not None and run.info.status == "FINISHED" and is_done(job):
                done: Future[Outcome] = Future()
                done.set_result(run_job(job))
                self.units[index, seed] = RunningJob(job, TrackedRun(run), done, done=True)

    def _begin(self, scheduler: Scheduler, first: DryRun, index: int, seed: int) -> None:
        job = self._job(index, seed)
        known = self.known.get((str(index), str(seed)))
        tracked = runs.reopen(known) if known else self._started(job.values, index, seed, first)
        self.units[index, seed] = scheduler.submit(job, tracked)

    def _started(
        self, values: Mapping[str, Any], index: int, seed: int, first: DryRun
    ) -> TrackedRun:
        recipe = self.plan.recipe
        made = runs.start(
            recipe,
            f"{first.facts['name']}-{recipe.task_name}",
            f"{settings_label(self.design[index])} s{seed}",
            "trial",
            self.plan.params(values) | {"seed": seed},
            parent=self.parent.id,
            tags={"ablation": self.parent.id, "setting": index, "seed": seed},
        )
        made.dataset(first.facts)
        return made

    def _parent(self, first: DryRun) -> TrackedRun:
        plan, known = self.plan, self.record.notes().get("run_id")
        if known:
            return runs.reopen(store.client().get_run(known))
        named = {n: ",".join(map(format_value, found)) for n, found in self.levels.items()}
        params = plan.params(plan.fixed) | {
            "over": tuple(self.levels),
            "values": " ".join(f"{n}={found}" for n, found in named.items()),
            "max_settings": len(self.design),
            "seeds": plan.options["seeds"],
        }
        made = runs.start(
            plan.recipe,
            f"{first.facts['name']}-{plan.recipe.task_name}",
            f"{plan.recipe.name}-ablation",
            "ablation",
            params,
            tags={"folder": self.record.folder.name},
        )
        made.dataset(first.facts)
        self.record.note(run_id=made.id)
        return made

    def _known(self) -> dict[tuple[str, str], Any]:
        """Runs of an earlier process, by setting and seed."""
        where = f"tags.ablation = '{self.parent.id}'"
        found = store.search(self.parent.run.info.experiment_id, where)
        return {(r.data.tags["setting"], r.data.tags["seed"]): r for r in found}

    def _abandon(self, error: BaseException) -> None:
        killed = isinstance(error, KeyboardInterrupt)
        status = "KILLED" if killed else "FAILED"
        reason = "interrupted" if killed else getattr(error, "reason", "crashed")
        for tracked in [*(u.tracked for u in self.units.values() if not u.done), self.parent]:
            tracked.end(status, reason=reason)


def _planned(
    recipe: Recipe,
    over: Iterable[str] | None,
    values: Mapping[str, Iterable[Any]] | str,
    data: Any,
    given: Mapping[str, Any],
) -> tuple[Plan, dict[str, tuple[Any, ...]]]:
    space = recipe.space()
    check_names(given, [*space, *options.ABLATE], "hyperparameter or option")
    fixed = {n: check(space[n], v) for n, v in given.items() if n in space}
    chosen = resolve(options.ABLATE, {n: v for n, v in given.items() if n in options.ABLATE})
    wanted = over or (() if values else recipe.factors)
    levels = resolve_levels(space, wanted, values, fixed)
    epochs, steps_per_epoch = options.planned_epochs(recipe.epochs, chosen)
    return Plan(recipe, {}, fixed, chosen, epochs, steps_per_epoch, data), levels


def _definition(plan: Plan, levels: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    known = plan.definition()
    return known | {"levels": {n: list(map(format_value, f)) for n, f in levels.items()}}


def _score(plan: Plan, found: Any) -> float:
    return found.metrics.get(plan.recipe.test_score.name, found.score)
