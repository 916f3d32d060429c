"""A job between its submission and its end, followed through its epoch journal into MLflow."""

from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

from keras_dl.errors import Failure, WorkerDied, classify
from keras_dl.execution.run_job import entries, is_done, store_result
from keras_dl.tracking.tracked_run import TrackedRun
from keras_dl.training.checkpoint import MAIN, by_epoch
from keras_dl.training.job import Job, Outcome

__all__ = ["RunningJob"]

NOT_SHARED = "Figures and model are missing: the worker of `executor` does not share this folder."


@dataclass
class RunningJob:
    """A job between its submission and its end.

    Attributes:
        key: identifies the training to the caller, for example (trial number, seed).
        job: job to run.
        tracked: MLflow run of the training.
        future: future of the outcome; pending until the job is submitted.
        offset: bytes of the epoch journal that are in MLflow already.
        epoch: epochs done.
        retried: epochs done when the job was last submitted again because its worker had died; -1:
            it was not.
    """

    key: Hashable
    job: Job
    tracked: TrackedRun
    future: "Future[Outcome]" = field(default_factory=Future)
    offset: int = 0
    epoch: int = 0
    retried: int = -1

    def result(self) -> Outcome | Failure:
        """Returns the outcome of an ended job, or its failure."""
        error = self.future.exception()
        return self.future.result() if error is None else classify(error)

    def lost_its_worker(self) -> bool:
        """Returns whether the job has ended because its worker died."""
        if not self.future.done() or self.future.cancelled():
            return False
        error = self.future.exception()
        return error is not None and isinstance(classify(error), WorkerDied)

    def follow(self) -> None:
        """Writes the journal's new epochs to MLflow."""
        new, self.offset = entries(self.job.folder, self.offset)
        for entry in new:
            self.tracked.epoch(entry.epoch, entry.values, entry.when)
            if entry.stage == MAIN:
                self.epoch = entry.epoch

    def complete(self) -> None:
        """Writes the epochs and the result of an ended job whose worker shares no folder with us.

        Without them its run would have no objective, and a resumed search would train again.
        """
        outcome = self.result()
        if not isinstance(outcome, Outcome) or is_done(self.job):
            return
        objective = self.job.recipe.objective
        count = len(outcome.history.get(objective.name, ()))
        for epoch, values in enumerate(by_epoch(outcome.history, count, objective), 1):
            self.tracked.epoch(epoch, values)  # those of the journal are in the run already
        if self.job.test and self.job.keep:
            outcome.notices.append(NOT_SHARED)
        store_result(self.job, outcome)
