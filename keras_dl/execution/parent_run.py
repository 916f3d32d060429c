"""A parent run in MLflow and the trainings below it: the loop that tune, compare and ablate share.

A parent run survives a kill. The journal names it, its children are recognized by their tags, and
a training whose result is on disk and whose run ended well is not repeated.
"""

import math
import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from keras_dl.errors import Diverged, Failure
from keras_dl.execution.journal import Journal
from keras_dl.execution.progress import ProgressReporter, format_duration
from keras_dl.execution.run_job import is_done, run_job
from keras_dl.execution.running_job import RunningJob
from keras_dl.execution.scheduler import Scheduler
from keras_dl.execution.tracked_results import log_leftovers, log_outcome
from keras_dl.recipe import Recipe, Score
from keras_dl.tracking import runs, store
from keras_dl.tracking.records import CONFIG
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.tracking.views import describe_experiment
from keras_dl.training.job import Job, Outcome
from keras_dl.utils.text import plural

__all__ = ["Child", "ParentRun", "Training", "score_of"]

Facts = Mapping[str, Any]  # of the data, as `Data.facts` returns them


@dataclass(frozen=True)
class Child:
    """The MLflow run of one training.

    Attributes:
        tags: tags that no other child of the parent has; a resumed process finds it by them.
        name: name in MLflow's table.
        kind: "trial", "seed", "final" or "fold".
        recipe: recipe of the training.
        params: hyperparameters and options.
        facts: facts of the data.
        serves: whether the run gets a model, for whose predictions the facts are stored.
    """

    tags: Mapping[str, object]
    name: str
    kind: str
    recipe: Recipe
    params: Mapping[str, object]
    facts: Facts
    serves: bool = False


@dataclass(frozen=True)
class Training:
    """One training below a parent run: a key for its result, its job and its run."""

    key: Hashable
    job: Job
    child: Child


class ParentRun:
    """The run of a search, a comparison or an ablation, above the runs of its trainings.

    As a context manager it closes itself at the end of the block; if the block raises, with all
    open children, as KILLED after an interrupt and as FAILED otherwise.

    Args:
        kind: "search", "comparison", "ablation" or "run"; children have a tag of this name with its
            id.
        tracked: the parent run.
        owned: whether the block closes the parent run, and not its children alone.

    Attributes:
        tracked: the parent run.
    """

    def __init__(self, kind: str, tracked: TrackedRun, *, owned: bool = False) -> None:
        self.kind, self.tracked, self._owned = kind, tracked, owned
        self._open: dict[str, TrackedRun] = {}
        self._earlier: Sequence[store.Run] = ()
        if tracked.resumed:
            where = f"tags.{kind} = '{tracked.id}'"
            self._earlier = store.search(tracked.run.info.experiment_id, where)

    @classmethod
    def start(
        cls,
        kind: str,
        recipe: Recipe,
        name: str,
        params: Mapping[str, object],
        facts: Facts,
        journal: Journal,
        tags: Mapping[str, object] | None = None,
        config: str = "",
    ) -> Self:
        """Opens the run, or the one of an earlier process again.

        Args:
            kind: "search", "comparison" or "ablation".
            recipe: recipe for the run's tags.
            name: name in MLflow's table.
            params: parameters of the run.
            facts: facts of the data.
            journal: names the run of an earlier process, or gets the new run's id.
            tags: further tags.
            config: contents of `config.toml`; "" for a run that is part of another.
        """
        experiment = _experiment(facts, recipe)
        earlier = _find_own(journal, experiment)
        if earlier is None:
            token = secrets.token_hex(8)
            journal.write_notes(token=token)
            tags = {**(tags or {}), "journal": token}
            tracked = runs.start(recipe, experiment, name, kind, params, tags=tags)
            describe_experiment(tracked.run.info.experiment_id, recipe)
            tracked.dataset(facts)
        else:
            tracked = runs.reopen(earlier, params, facts)
        tracked.expect(facts)
        if config:
            tracked.text(config, CONFIG)
        journal.write_notes(run_id=tracked.id)
        return cls(kind, tracked, owned=True)

    def find(self, tags: Mapping[str, object]) -> Any | None:
        """Returns the MLflow run that an earlier process left with exactly these tags, or None."""
        names = {"trial", "setting", "contender", "seed", "fold"}
        wanted = {name: str(value) for name, value in tags.items()}
        for run in self._earlier:
            if {n: v for n, v in run.data.tags.items() if n in names} == wanted:
                return run
        return None

    def open(self, child: Child, above: TrackedRun | None = None) -> TrackedRun:
        """Opens the run of a training, or reopens the one of an earlier process.

        Args:
            child: tags, name and parameters of the run.
            above: run to put it under; None: the parent run.
        """
        earlier = self.find(child.tags)
        if earlier is not None:
            tracked = runs.reopen(earlier, child.params, child.facts, serves=child.serves)
        else:
            tracked = runs.start(
                child.recipe,
                _experiment(child.facts, child.recipe),
                child.name,
                child.kind,
                child.params,
                parent=(above or self.tracked).id,
                tags={self.kind: self.tracked.id, **child.tags},
            )
            describe_experiment(tracked.run.info.experiment_id, child.recipe)
            tracked.dataset(child.facts)
            if child.serves:
                tracked.expect(child.facts)
        self._open[tracked.id] = tracked
        return tracked

    def end(
        self, tracked: TrackedRun, status: str = "FINISHED", *, wait: bool = True, **tags: object
    ) -> None:
        """Ends the run of a training.

        Args:
            tracked: run to end.
            status: "FINISHED" or "FAILED".
            wait: False writes in the background; `tracked.flush` waits then.
            **tags: tags that state the reason.
        """
        if wait:
            tracked.end(status, **tags)
        else:
            tracked.end_later(status, **tags)
        self._open.pop(tracked.id, None)

    def train(
        self, trainings: Sequence[Training], scheduler: Scheduler, reporter: ProgressReporter
    ) -> dict[Hashable, Outcome | Failure]:
        """Runs all trainings that no earlier process has finished.

        Args:
            trainings: trainings in the order of their start.
            scheduler: runs the jobs.
            reporter: shows progress.

        Returns:
            Outcome or failure by key, in the order of `trainings`.

        Raises:
            ValueError: if a training does not measure the score.
        """
        ended: dict[Hashable, Outcome | Failure]
        ended = {t.key: _checked(t.job, run_job(t.job)) for t in trainings if self._is_finished(t)}
        if ended:
            count = plural(len(ended), "finished training", "finished trainings")
            reporter.write(f"Resuming after {count}")
            reporter.restore(len(ended))
        jobs = (
            RunningJob(t.key, t.job, self.open(t.child)) for t in trainings if t.key not in ended
        )

        def watch(running: Sequence[RunningJob]) -> None:
            reporter.update({str(j.tracked.run.info.run_name): j.epoch for j in running})

        try:
            for running in scheduler.run(jobs, watch):
                result = _checked(running.job, running.result())
                self._close(running, result)
                ended[running.key] = result
                reporter.advance(f"{running.tracked.run.info.run_name}: {_line(running, result)}")
                for text in result.notices if isinstance(result, Outcome) else ():
                    reporter.write(f"  {text}")
        except KeyboardInterrupt:
            count = plural(len(ended), "finished training", "finished trainings")
            if self._owned:
                words = "the same call with resume=True (--resume) continues"
                reporter.write(f"Interrupted after {count}; {words}")
            raise
        return {t.key: ended[t.key] for t in trainings}

    def _is_finished(self, training: Training) -> bool:
        earlier = self.find(training.child.tags)
        return earlier is not None and earlier.info.status == "FINISHED" and is_done(training.job)

    def _close(self, running: RunningJob, result: Outcome | Failure) -> None:
        tracked = running.tracked
        if isinstance(result, Failure):
            self.end(tracked, "FAILED", reason=result.reason, message=str(result)[:500])
            return
        log_outcome(tracked, result, fold=running.job.fold is not None)
        if running.job.keep:
            log_leftovers(tracked, running.job.folder)
        self.end(tracked)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            if self._owned:
                self.tracked.end()
            return
        interrupted = isinstance(error, KeyboardInterrupt)
        status = "KILLED" if interrupted else "FAILED"
        reason = "interrupted" if interrupted else getattr(error, "reason", "crashed")
        for tracked in [*self._open.values(), *([self.tracked] if self._owned else [])]:
            tracked.try_to_end(status, reason=reason)


def _experiment(facts: Facts, recipe: Recipe) -> str:
    return f"{facts['name']}-{recipe.task_name}"


def _find_own(journal: Journal, experiment: str) -> store.Run | None:
    """Returns the run that an earlier process opened for the journal, or None."""
    notes = journal.read_notes()
    if "run_id" in notes:
        return store.client().get_run(notes["run_id"])
    if "token" not in notes:
        return None
    # A kill came after the token was written; the run may exist.
    where = f"tags.journal = '{notes['token']}'"
    earlier = store.search(store.experiment(experiment), where)
    return earlier[0] if earlier else None


def score_of(score: Score, outcome: Outcome) -> float:
    """Returns the score of a finished training.

    Args:
        score: name of the metric.
        outcome: metrics of the training.

    Raises:
        ValueError: if the training did not measure it; no other metric takes its place.
    """
    if score.name not in outcome.metrics:
        raise ValueError(
            "`score` must name a metric of the finished training, one of "
            f"{', '.join(sorted(outcome.metrics)) or 'none'}. Received: score={score.name!r}"
        )
    return outcome.metrics[score.name]


def _checked(job: Job, result: Outcome | Failure) -> Outcome | Failure:
    """Returns a failure for a training whose score is not finite: no mean could hold it."""
    if isinstance(result, Failure):
        return result
    value = score_of(job.score, result)
    return result if math.isfinite(value) else Diverged(f"{job.score.name} is {value:g}")


def _line(running: RunningJob, result: Outcome | Failure) -> str:
    if isinstance(result, Failure):
        return f"failed ({result.reason}): {result}"
    score = score_of(running.job.score, result)
    return f"{score:.4f}  {format_duration(result.seconds)}"
