"""`tune`: ask an oracle, train in workers, note, tell; until the trials are used up."""

import shutil
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import numpy as np

from keras_dl.errors import SearchFailed
from keras_dl.execution.journal import Journal, Trial, opened
from keras_dl.execution.plan import Plan, planned, spooled
from keras_dl.execution.progress import ProgressReporter, settings_text
from keras_dl.execution.run_job import DryRun
from keras_dl.execution.scheduler import RunningJob, Scheduler
from keras_dl.recipe import Recipe
from keras_dl.tracking import store
from keras_dl.training.checkpoint import NAME as CHECKPOINT
from keras_dl.tuning import results
from keras_dl.tuning.mlflow_logger import SearchLogger
from keras_dl.tuning.report import announcement, leaderboard
from keras_dl.tuning.results import Search

__all__ = ["tune"]

PEERS = 4  # finished trials that the median rule wants before it stops anything


def tune(
    recipe: Recipe,
    *,
    data: Any = None,
    fix: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    **given: Any,
) -> Search:
    """Searches the recipe's hyperparameters and tests the winner against the defaults.

    Args:
        recipe: what to tune.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        fix: hyperparameters to hold at a value; giving them by name does the same.
        executor: a `concurrent.futures.Executor` in place of the own workers, for a cluster whose
            machines share this folder.
        **given: options `trials`, `algorithm`, `workers`, `seed`, `seeds`, `search`, `epochs`,
            `steps_per_epoch`, `budget`, `patience`, `precision`, `jit_compile`, `timeout`, `max_parameters`,
            `prune`, `final_seeds`, `resume`, `verbose`, and hyperparameters to fix.

    Returns:
        Best setting, all trials, importance, the final test, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what the dry run found wrong in the recipe.
        SearchFailed: if every trial failed.
        KeyboardInterrupt: after all runs were closed; `resume=True` goes on from there.
    """
    plan = planned(recipe, data, fix or {}, given)
    store.close_orphaned_runs()
    name = f"{recipe.name}-{plan.options['algorithm']}"
    with opened(
        store.root() / "searches", name, plan.definition(), plan.options["resume"]
    ) as record:
        return _Searching(spooled(plan, record.folder), record, executor).run()


class _Searching:
    """One search under way."""

    def __init__(self, plan: Plan, record: Journal, executor: Executor | None) -> None:
        self.plan, self.record, self.executor = plan, record, executor
        self.objective = plan.recipe.objective
        self.units: dict[int, list[RunningJob]] = {}
        self.exhausted = False

    def run(self) -> Search:
        chosen = self.plan.options
        scheduler = Scheduler(
            chosen["workers"], self.record.folder, chosen["timeout"], self.executor
        )
        with scheduler:
            first = self._dry_run(scheduler)
            # Its imports take seconds; the workers' go on beside.
            self.suggester = self._suggester()
            self.publisher = SearchLogger(self.plan, self.record, first.facts)
            try:
                with self._show(first, scheduler) as self.show:
                    self._search(scheduler)
                return self._conclude(scheduler)
            except BaseException as error:
                self._abandon(error)
                raise

    def _dry_run(self, scheduler: Scheduler) -> DryRun:
        folder = self.record.folder / "dry_run"
        plan = self.plan
        found = scheduler.dry_run(
            plan.job(plan.values({}), plan.options["seed"], folder, max_parameters=None)
        )
        shutil.rmtree(folder, ignore_errors=True)
        return found

    def _suggester(self) -> Any:
        from keras_dl.tuning.oracle import OracleAdapter

        plan, chosen = self.plan, self.plan.options
        made = OracleAdapter(
            plan.searched,
            chosen["algorithm"],
            self.objective,
            chosen["seed"],
            chosen["trials"],
            plan.epochs,
        )
        for event, number in self.record.order:
            trial = self.record.trials[number]
            if event == "start":
                made.ask(force=trial.raw)
            else:
                made.tell(number, trial.score)
        return made

    def _show(self, first: DryRun, scheduler: Scheduler) -> ProgressReporter:
        plan, chosen, record = self.plan, self.plan.options, self.record
        show = ProgressReporter(
            chosen["trials"], scheduler.slots, self.objective, plan.searched, chosen["verbose"]
        )
        for line in announcement(plan, first, scheduler.slots):
            show.say(line)
        known = [t for t in record.trials.values() if t.status != "running"]
        if known:
            show.say(f"Going on after {len(known)} finished trials in {record.folder.name}")
        for trial in known:
            show.known(trial)
        return show

    def _search(self, scheduler: Scheduler) -> None:
        for trial in self.record.running():  # a kill left them without an end
            self._begin(trial, scheduler)
        while True:
            self._fill(scheduler)
            if not self.units:
                return
            for unit in scheduler.wait():
                self._unit_ended(unit)
            self.show.tick({n: max(u.epoch for u in us) for n, us in self.units.items()})

    def _fill(self, scheduler: Scheduler) -> None:
        from keras_dl.tuning.oracle import WAIT, Suggestion, decode

        while scheduler.free() > 0 and not self.exhausted:
            if len(self.record.trials) >= self.plan.options["trials"]:
                return
            asked = self.suggester.ask()
            if asked == WAIT and self.units:
                return
            if not isinstance(asked, Suggestion):
                self.exhausted = True
                self.show.say("The space is exhausted: every setting has been tried")
                return
            values = self.plan.values(decode(self.plan.searched, asked.raw))
            epochs = asked.epochs or self.plan.epochs
            trial = Trial(asked.number, asked.raw, values, epochs, asked.warm_start)
            self.record.start(trial)
            self._begin(trial, scheduler)

    def _begin(self, trial: Trial, scheduler: Scheduler) -> None:
        plan, record, first = self.plan, self.record, self.plan.options["seed"]
        tracked = self.publisher.begin(trial)
        self.units[trial.number] = []
        for seed, run in zip(range(first, first + plan.options["seeds"]), tracked, strict=True):
            past = trial.warm_start
            job = plan.job(
                trial.values,
                seed,
                record.unit(trial.number, seed),
                epochs=trial.epochs,
                median_threshold=self._median_threshold(),
                warm_start=None if past is None else record.unit(past, seed),
            )
            self.units[trial.number].append(scheduler.submit(job, run))

    def _median_threshold(self) -> tuple[float, ...]:
        """The median of the finished trials' best so far at each epoch, after a quarter of them."""
        done = self.record.finished()
        plan = self.plan
        if not plan.options["prune"] or plan.options["algorithm"] == "hyperband":
            return ()
        threshold = []
        for epoch in range(1, plan.epochs):
            peers = [t.curve[epoch - 1] for t in done if len(t.curve) >= epoch]
            ripe = len(peers) >= PEERS and epoch >= max(2, plan.epochs / 4)
            threshold.append(float(np.median(peers)) if ripe else float("nan"))
        return tuple(threshold)

    def _unit_ended(self, unit: RunningJob) -> None:
        number = next(n for n, units in self.units.items() if unit in units)
        unit.done = True
        if all(u.done for u in self.units[number]):
            self._trial_ended(self.record.trials[number], self.units.pop(number))

    def _trial_ended(self, trial: Trial, units: list[RunningJob]) -> None:
        results.conclude(trial, [u.result() for u in units], self.objective)
        self.record.end(trial)
        self.suggester.tell(trial.number, trial.score)
        self.publisher.end(trial)
        self.show.ended(trial)
        if (
            self.plan.options["algorithm"] != "hyperband"
        ):  # there, later rounds continue earlier ones
            _drop_checkpoints(self.record.folder / "trials" / f"{trial.number:04d}")

    def _conclude(self, scheduler: Scheduler) -> Search:
        plan, chosen = self.plan, self.plan.options
        trials = list(self.record.trials.values())
        done = self.record.finished()
        if not done:
            reasons = sorted({t.reason for t in trials})
            raise SearchFailed(
                f"all {len(trials)} trials failed ({', '.join(reasons)}); "
                f"first: {trials[0].message}"
            )
        best = results.ranked(done, self.objective)[0]
        found = results.importance(trials, plan.searched)
        console = self.show.console
        console.print(leaderboard(trials, self.objective, plan.searched))
        final = self._final(best, scheduler) if chosen["final_seeds"] else None
        search = Search(
            best.values,
            float(best.score or 0.0),
            self.objective,
            trials,
            plan.searched,
            found,
            final,
            results.figures(trials, self.objective, found),
            self.publisher.parent.id,
            self.publisher.view().table,
            self.record.folder,
        )
        self.publisher.conclude(search)
        _drop_checkpoints(self.record.folder)
        self._farewell(search)
        return search

    def _final(self, best: Trial, scheduler: Scheduler) -> Any:
        from keras_dl.comparing import Contender, measured

        plan = self.plan
        pair = [Contender("tuned", plan.recipe, best.values)]
        defaults = plan.values({})
        if defaults != best.values:
            pair.append(Contender("defaults", plan.recipe, defaults))
        self.show.say(
            f"Testing the winner against the defaults with {plan.options['final_seeds']} seeds"
        )
        return measured(
            pair,
            [plan] * len(pair),
            plan.options["final_seeds"],
            scheduler,
            [self.publisher.facts] * len(pair),
            self.record.folder / "final",
            tags={"search": self.publisher.parent.id},
            show=self.show,
        )

    def _farewell(self, search: Search) -> None:
        show, objective = self.show, self.objective
        failed = [t for t in search.trials if t.score is None]
        if failed:
            counts = {
                r: sum(t.reason == r for t in failed) for r in sorted({t.reason for t in failed})
            }
            show.say(
                f"{len(failed)} trials failed: " + ", ".join(f"{n} {r}" for r, n in counts.items())
            )
        if search.importance is not None:
            pairs = zip(search.importance.names, search.importance.means, strict=True)
            show.say("Importance: " + ", ".join(f"{n} {m:.2f}" for n, m in pairs))
        values = settings_text(search.best, self.plan.searched)
        show.say(f"Best {objective.name} {search.score:.4f} with {values}")
        if search.final is not None:
            show.console.print(search.final.table())
            show.say(search.final.verdict)
        show.say(f"Trials: {search.url}   (after: keras-dl ui)")
        show.say(f"Side by side: {self.publisher.view().chart}")

    def _abandon(self, error: BaseException) -> None:
        """Closes what is open; the folder still holds every finished trial."""
        interrupted = isinstance(error, KeyboardInterrupt)
        self.publisher.abandon(
            [u.tracked for units in self.units.values() for u in units],
            "KILLED" if interrupted else "FAILED",
            "interrupted" if interrupted else getattr(error, "reason", "crashed"),
        )
        if interrupted and hasattr(self, "show"):
            done = len(self.record.finished())
            self.show.say(
                f"Interrupted after {done} finished trials; the same call with resume=True goes on"
            )


def _drop_checkpoints(folder: Path) -> None:
    for path in folder.rglob(CHECKPOINT):
        path.unlink()
