"""`tune`: ask an oracle for a setting, train it, record and report its score, until done."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

import numpy as np

from keras_dl.comparing import Comparison, Contender, run_contenders
from keras_dl.data.summary import show
from keras_dl.errors import SearchFailed
from keras_dl.execution.journal import INCIDENTAL, Journal, Trial, open_journal
from keras_dl.execution.plan import check_factory, spool_data
from keras_dl.execution.run_job import DryRun
from keras_dl.execution.running_job import RunningJob
from keras_dl.execution.scheduler import Scheduler, stop_on_full_disk
from keras_dl.recipe import Recipe
from keras_dl.tracking import store
from keras_dl.training import checkpoint
from keras_dl.training.job import Job
from keras_dl.tuning import results
from keras_dl.tuning.mlflow_logger import SearchLogger
from keras_dl.tuning.oracle import WAIT, OracleAdapter, Suggestion, decode
from keras_dl.tuning.pareto import cost_of, front_table
from keras_dl.tuning.plan import SearchPlan, make_plan
from keras_dl.tuning.progress import TrialReporter
from keras_dl.tuning.report import announcement, leaderboard, print_summary
from keras_dl.tuning.results import Search
from keras_dl.utils.text import plural

__all__ = ["tune"]

PEERS = 4  # finished trials before the median rule stops any


def tune(
    recipe: Recipe,
    *,
    data: object = None,
    callbacks: object = None,
    executor: Executor | None = None,
    **arguments: object,
) -> Search:
    """Searches the recipe's hyperparameters and tests the winner against the defaults.

    Args:
        recipe: recipe to tune.
        data: the user's own data in place of the recipe's data set; see `keras_dl.data.load`.
        callbacks: function that returns the `keras.callbacks.Callback` instances of a training.
        executor: a `concurrent.futures.Executor` in place of own worker processes, whose
            machines share this folder. It stays open.
        **arguments: options as in `keras_dl.Recipe.tune`, and hyperparameters to hold at a value.

    Returns:
        Best setting, all trials, importance, the final comparison, links.

    Raises:
        ValueError, TypeError: for wrong arguments, or what the dry run finds wrong in the recipe.
        SearchFailed: if every trial failed.
        KeyboardInterrupt: after all runs were closed; `resume=True` continues from there.
    """
    plan = make_plan(recipe, data, arguments, check_factory(callbacks))
    options = plan.options
    store.close_orphaned_runs()
    root, name = store.root() / "searches", f"{recipe.name}-{options['algorithm']}"
    with (
        stop_on_full_disk(),
        open_journal(root, name, plan.definition(), options["resume"]) as journal,
        Scheduler.from_options(options, journal.folder, executor) as scheduler,
    ):
        return _Tuner(spool_data(plan, journal.folder), journal, scheduler).run()


class _Tuner:
    """One search in progress."""

    def __init__(self, plan: SearchPlan, journal: Journal, scheduler: Scheduler) -> None:
        self.plan, self.journal, self.scheduler = plan, journal, scheduler
        self.running: dict[int, int] = {}  # trainings to go, by trial
        self.ended: dict[int, list[RunningJob]] = {}

    def run(self) -> Search:
        scheduler, plan = self.scheduler, self.plan
        folder = self.journal.folder / "dry_run"
        seed, fold = plan.repetitions[0]
        job = plan.job(plan.values({}), seed, folder, fold=fold, max_parameters=None)
        dry_run = scheduler.dry_run(job)
        shutil.rmtree(folder, ignore_errors=True)
        self.journal.confirm(dry_run.facts["digest"])
        self.plan = plan = plan.for_data(dry_run.facts)
        self.objective = plan.recipe.objective
        if plan.options["verbose"]:
            show(dry_run.facts)
        self.oracle = OracleAdapter.restore(plan, self.journal)
        self.logger = SearchLogger(plan, self.journal, dry_run.facts, scheduler.workers)
        with self.logger:
            self.logger.restore()
            with self._open_reporter(dry_run) as self.reporter:
                self._search()
            search = self._conclude()
        print_summary(search, self.reporter, self.logger.view().chart)
        return search

    def _open_reporter(self, dry_run: DryRun) -> TrialReporter:
        plan, options = self.plan, self.plan.options
        reporter = TrialReporter(
            options["trials"], self.objective, plan.searched, options["verbose"]
        )
        for line in announcement(plan, dry_run, self.scheduler.slots):
            reporter.write(line)
        earlier = [t for t in self.journal.trials.values() if t.status != "running"]
        if earlier:
            name = self.journal.folder.name
            count = plural(len(earlier), "finished trial", "finished trials")
            reporter.write(f"Resuming after {count} in {name}")
        elif options["resume"] and not self.journal.resumed:
            reporter.write("Nothing to resume: a new search starts")
        reporter.restore_trials(earlier)
        return reporter

    def _search(self) -> None:
        def watch(running: Sequence[RunningJob]) -> None:
            epochs: dict[str, int] = {}
            for job in running:
                number, _ = _key(job)
                epochs[f"#{number}"] = max(job.epoch, epochs.get(f"#{number}", 0))
            self.reporter.update(epochs)

        try:
            for job in self.scheduler.run(self._jobs(), watch):
                number, _ = _key(job)
                self.ended[number].append(job)
                self.running[number] -= 1
                if not self.running[number]:
                    self._end_trial(self.journal.trials[number], self.ended.pop(number))
        except KeyboardInterrupt:
            count = plural(len(self.journal.finished()), "finished trial", "finished trials")
            self.reporter.write(
                f"Interrupted after {count}; the same call with resume=True (--resume) continues"
            )
            raise

    def _jobs(self) -> Iterator[RunningJob | None]:
        """Yields the trainings of unfinished trials, then of new ones; None: wait for a result."""
        for trial in self.journal.running():  # a kill left them without an end
            yield from self._trial_jobs(trial)
        while len(self.journal.trials) < self.plan.options["trials"]:
            suggestion = self.oracle.ask()
            if suggestion == WAIT and self.scheduler.jobs:
                yield None
                continue
            if not isinstance(suggestion, Suggestion):
                self.reporter.write("The space is exhausted: every setting has been tried")
                return
            values = self.plan.values(decode(self.plan.searched, suggestion.raw))
            epochs = suggestion.epochs or self.plan.epochs
            trial = Trial(suggestion.number, suggestion.raw, values, epochs, suggestion.warm_start)
            self.journal.start(trial)
            yield from self._trial_jobs(trial)

    def _trial_jobs(self, trial: Trial) -> list[RunningJob]:
        plan, folder, number = self.plan, self.journal.training_folder, trial.number
        past, threshold = trial.warm_start, self._median_threshold()
        jobs = []
        runs = zip(plan.repetitions, self.logger.begin(trial), strict=True)
        for part, ((seed, fold), tracked) in enumerate(runs, plan.options["seed"]):
            job = plan.job(
                trial.values,
                seed,
                folder(number, part),
                fold=fold,
                epochs=trial.epochs,
                median_threshold=threshold,
                warm_start=None if past is None else folder(past, part),
            )
            self._tell_repetition(job, past)
            jobs.append(RunningJob((number, part), job, tracked))
        self.running[number], self.ended[number] = len(jobs), []
        return jobs

    def _tell_repetition(self, job: Job, past: int | None) -> None:
        """Says that a trial cannot continue an earlier one, whose checkpoint was removed."""
        start = job.warm_start
        if start is not None and not (checkpoint.exists(start) or checkpoint.exists(job.folder)):
            self.reporter.write(
                f"The checkpoint of trial #{past} is gone; the trial that continues it starts from "
                "its first epoch"
            )

    def _median_threshold(self) -> tuple[float, ...]:
        """The median of the finished trials' best so far at each epoch, after a quarter of them."""
        plan, trials = self.plan, self.journal.finished()
        # A small model on the Pareto front may be worse than most.
        if not plan.options["prune"] or plan.continues or plan.options["cost"]:
            return ()
        threshold = []
        epochs = plan.epochs
        if plan.limit is not None:  # trials have their own numbers of epochs
            epochs = max((len(t.curve) for t in trials), default=0)
        for epoch in range(1, epochs):
            peers = [t.curve[epoch - 1] for t in trials if len(t.curve) >= epoch]
            enough = len(peers) >= PEERS and epoch >= max(2, epochs / 4)
            threshold.append(float(np.median(peers)) if enough else float("nan"))
        return tuple(threshold)

    def _end_trial(self, trial: Trial, jobs: list[RunningJob]) -> None:
        jobs.sort(key=_key)
        results.set_result(trial, [j.result() for j in jobs], self.objective)
        self.journal.end(trial)
        self.oracle.tell(trial.number, trial.score, cost_of(trial, self.plan.options["cost"]))
        self.logger.end(trial)
        self.reporter.report_trial(trial)
        if not self.plan.continues:
            checkpoint.remove(self.journal.folder / "trials" / f"{trial.number:04d}")

    def _conclude(self) -> Search:
        trials, finished = list(self.journal.trials.values()), self.journal.finished()
        if not finished:
            reasons = sorted({t.reason for t in trials})
            failed = SearchFailed(
                f"all {len(trials)} trials failed ({', '.join(reasons)}); "
                f"first: {trials[0].message}"
            )
            failed.exit_code = 2 if INCIDENTAL.issuperset(reasons) else 1
            raise failed
        best = results.rank(finished, self.objective)[0]
        importance = results.permutation_importance(trials, self.plan.searched)
        self.reporter.console.print(leaderboard(trials, self.objective, self.plan.searched))
        cost = self.plan.options["cost"]
        if cost:
            self.reporter.console.print(
                front_table(trials, self.objective, cost, self.plan.searched)
            )
        final = self._compare_with_defaults(best) if self.plan.options["final_seeds"] else None
        title = f"{self.plan.recipe.name} on {self.logger.facts['name']}"
        search = Search(
            best.values,
            float(best.score or 0.0),
            self.objective,
            trials,
            self.plan.searched,
            importance,
            final,
            results.draw_figures(
                trials, self.objective, importance, title, self.plan.searched, cost
            ),
            self.logger.parent.tracked.id,
            self.logger.view().table,
            self.journal.folder,
            cost,
        )
        self.logger.log_result(search)
        self._remove_checkpoints()
        return search

    def _remove_checkpoints(self) -> None:
        """Removes all checkpoints but those that more trials of the search may continue."""
        needed = {f"{number:04d}" for number in self.oracle.promotable()}
        checkpoint.remove(self.journal.folder / "final")
        for folder in (self.journal.folder / "trials").glob("*"):
            if folder.name not in needed:
                checkpoint.remove(folder)

    def _compare_with_defaults(self, best: Trial) -> Comparison:
        plan, seeds, facts = self.plan, self.plan.options["final_seeds"], self.logger.facts
        contenders = [Contender("tuned", plan, best.values, facts)]
        defaults = plan.values({})
        if defaults != best.values:
            contenders.append(Contender("defaults", plan, defaults, facts))
        count = plural(seeds, "seed", "seeds")
        self.reporter.write(f"Testing the winner against the defaults with {count}")
        # One folder for each winner: more trials of a resumed search may find another.
        content = json.dumps([c.values for c in contenders], sort_keys=True, default=str)
        key = hashlib.sha256(content.encode()).hexdigest()[:12]
        journal = Journal(self.journal.folder / "final" / key)
        tags = {"search": self.logger.parent.tracked.id}
        verbose = plan.options["verbose"]
        # Seeds that the search has not used: its winner may owe its rank to them.
        first = plan.options["seed"] + plan.options["seeds"]
        return run_contenders(
            contenders, seeds, self.scheduler, journal, tags, first_seed=first, verbose=verbose
        )


def _key(job: RunningJob) -> tuple[int, int]:
    """Trial number, and that of the training among those of the trial."""
    assert isinstance(job.key, tuple)
    return job.key
