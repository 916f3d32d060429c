"""Jobs submitted to an executor and followed through their epoch journals into MLflow."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, wait
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from keras_dl.errors import DiskFull, WorkerDied, classify
from keras_dl.execution.cores import automatic_workers, available_cores
from keras_dl.execution.executors import InProcess, WorkerPool
from keras_dl.execution.resources import Resources, refuse_idle_options
from keras_dl.execution.run_job import (
    DryRun,
    dry_run,
    forget,
    run_job,
)
from keras_dl.execution.running_job import RunningJob
from keras_dl.training.job import Job
from keras_dl.utils.text import plural

__all__ = ["Scheduler", "count_workers", "stop_on_full_disk"]


def count_workers(workers: int | None, executor: Executor | None) -> int:
    """Returns how many trainings run at the same time; 0 stands for this process.

    Args:
        workers: the user's number; None: the executor's size, or 1 without an executor.
        executor: the user's executor, or None. Its size is its `slots` or, as those of
            `concurrent.futures` have it, its `_max_workers`, else the number of this machine's
            cores.
    """
    if workers is not None:
        return workers
    if executor is None:
        return 1
    sizes = (getattr(executor, name, None) for name in ("slots", "_max_workers"))
    return next((size for size in sizes if size), None) or available_cores()


class Scheduler:
    """An executor and the jobs that run on it.

    Args:
        workers: processes that train at the same time; 0: this process; None: `executor`'s size,
            or 1 without an executor.
        folder: folder for the workers' output.
        timeout: seconds one training may take; None: no limit.
        executor: used in place of own worker processes.
        closes: whether `executor` is shut down at the end; by default it stays open.
    """

    def __init__(
        self,
        workers: int | None,
        folder: Path,
        timeout: float | None = None,
        executor: Executor | None = None,
        *,
        closes: bool = False,
    ) -> None:
        self._stated, self._workers = workers, count_workers(workers, executor)
        self.jobs: list[RunningJob] = []
        self._borrowed = executor is not None and not closes
        self._executor = executor or (
            WorkerPool(self._workers, folder / "workers", timeout=timeout)
            if self._workers
            else InProcess()
        )

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], folder: Path, executor: Executor | None = None
    ) -> Self:
        """Opens the executor that the resolved options of a command name.

        Args:
            options: `workers`, `trials` if there are any, `timeout`, `cluster` and the resources of
                a trial.
            folder: folder for the workers' output.
            executor: the user's executor, or None.

        Raises:
            ValueError: if options exclude each other, Ray is not installed, or no cluster answers.
        """
        address, timeout = options["cluster"], options["timeout"]
        workers = _resolve_workers(options, executor)
        refuse_idle_options(options)
        if address is None:
            return cls(workers, folder, timeout, executor)
        if executor is not None or workers == 0:
            other = "executor" if executor is not None else "workers"
            received = "an executor" if executor is not None else "0"
            raise ValueError(
                f"`{other}` must be left out with `cluster`. Received: {other}={received}"
            )
        from keras_dl.execution.cluster import ClusterPool

        resources = Resources.from_options(options)
        pool = ClusterPool(address, folder / "workers", resources, workers=workers, timeout=timeout)
        return cls(workers, folder, timeout, pool, closes=True)

    @property
    def slots(self) -> int:
        """How many jobs run at the same time; those of a cluster follow its nodes."""
        own = getattr(self._executor, "slots", None) if self._stated is None else None
        return max(1, self._workers if own is None else own)

    @property
    def workers(self) -> int:
        """How many jobs run at the same time; 0: one in this process."""
        return self._workers and self.slots

    def dry_run(self, job: Job) -> DryRun:
        """Trains the job on one batch; raises what is wrong with it."""
        try:
            return self._executor.submit(dry_run, job).result()
        except Exception as error:
            if not isinstance(classify(error), WorkerDied):
                raise
        return self._executor.submit(dry_run, job).result()  # once more, as for trainings

    def submit(self, running: RunningJob) -> None:
        """Queues a job for the next free worker."""
        running.future = self._executor.submit(run_job, running.job)
        self.jobs.append(running)

    def free(self) -> int:
        """Returns how many more jobs can start at once."""
        return self.slots - len(self.jobs)

    def wait(self, seconds: float = 0.3) -> list[RunningJob]:
        """Waits at most `seconds` for jobs to end and returns those that have."""
        wait([j.future for j in self.jobs], timeout=seconds, return_when=FIRST_COMPLETED)
        for running in self.jobs:
            if running.lost_its_worker():
                running.follow()
                if running.epoch <= running.retried:  # a job that ends its worker does so again
                    continue
                # Before any new job, so that their order stays that of an undisturbed search.
                running.retried = running.epoch
                running.future = self._executor.submit(run_job, running.job)
        # Decided before the journals are read: a job that ends in between stays for the next
        # call, so that none leaves with epochs that are not in MLflow.
        ended = [j for j in self.jobs if j.future.done()]
        for running in self.jobs:
            running.follow()
        self.jobs = [j for j in self.jobs if j not in ended]
        for running in ended:
            running.complete()
        return ended

    def run(
        self,
        jobs: Iterable[RunningJob | None],
        watch: Callable[[Sequence[RunningJob]], object] | None = None,
    ) -> Iterator[RunningJob]:
        """Submits jobs as workers become free and yields each as it ends.

        Args:
            jobs: drawn one at a time, only while a worker is free; None says that the next job
                depends on the end of a running one.
            watch: called with the running jobs every 0.3 seconds, for a display.

        Raises:
            DiskFull: if a job could not write to the disk; all others would fail, too.
        """
        source, exhausted = iter(jobs), False
        while not exhausted or self.jobs:
            while not exhausted and self.free() > 0:
                try:
                    running = next(source)
                except StopIteration:
                    exhausted = True
                    break
                if running is None:
                    break
                self.submit(running)
            for running in self.wait():
                result = running.result()
                if isinstance(result, DiskFull):
                    raise result
                yield running
            if watch is not None:
                watch(self.jobs)

    def __enter__(self) -> "Scheduler":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._borrowed:  # no job outlives its search, whose folder another process may resume
            wait([j.future for j in self.jobs if not j.future.cancel()])
        else:
            self._executor.shutdown(wait=True, cancel_futures=error is not None)
        forget()  # the data and models of this process: the next search reads its files anew
        for running in self.jobs:
            running.follow()


@contextlib.contextmanager
def stop_on_full_disk() -> Iterator[None]:
    """Turns any error about a full disk, of files or of SQLite, into one sentence.

    Raises:
        DiskFull: in place of the error.
    """
    try:
        yield
    except Exception as error:
        failure = classify(error)
        if not isinstance(failure, DiskFull):
            raise
        raise DiskFull(
            f"The disk is full ({failure}); after making room, the same call with resume=True "
            "continues"
        ) from error


def _resolve_workers(options: Mapping[str, Any], executor: Executor | None) -> int | None:
    """Returns the user's number; "auto" is what the machine, the cluster or the executor takes."""
    if options["workers"] != "auto":
        return options["workers"]
    if options["cluster"] is not None or executor is not None:
        return None
    workers, reason = automatic_workers(options.get("trials") or sys.maxsize)
    if options["verbose"]:
        print(f"{plural(workers, 'worker', 'workers')}: {reason}", file=sys.stderr, flush=True)
    return workers
