"""A worker process on another machine: files of a training come and go with each call."""

import contextlib
import importlib.metadata
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cloudpickle

from keras_dl import settings
from keras_dl._version import __version__
from keras_dl.errors import Failure, WorkerNotStarted
from keras_dl.execution.executors import Worker, worker_environment
from keras_dl.execution.remote_files import ChangeTracker, Part, names, place, receive
from keras_dl.execution.remote_job import CHECKPOINTS, Parcel, run_parcel
from keras_dl.utils import scratch

__all__ = ["Batch", "RemoteWorker", "Reply", "sent_environment", "versions", "write"]

INTERVAL = 30.0  # seconds between checkpoints that are sent during a training
JOURNALS = ("*.jsonl", "allotment.json")  # sent whenever the parent asks
RESULT = "result.json"
MACHINE = ("KERAS_DL_DATA", "KERAS_DL_CACHE")  # folders of a machine, which others lack
LIBRARIES = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}


@dataclass(frozen=True)
class Batch:
    """What has changed on the machine of a worker.

    Attributes:
        number: of the batch; batches are written in this order.
        files: of the job's folder.
        log: of the worker's output.
    """

    number: int
    files: tuple[Part, ...] = ()
    log: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Reply:
    """The end of a call.

    Attributes:
        answer: pickle of (whether the call succeeded, (result, digest of the data) or exception).
        batch: the last changes.
        names: files that the job's folder holds.
    """

    answer: bytes
    batch: Batch
    names: tuple[str, ...]


class RemoteWorker:
    """Runs parcels in a worker process.

    Args:
        log_name: the file of the output as messages of the parent name it.
        environment: variables that the parent sends.
        threads: threads of the worker.
        timeout: seconds a call may take; None: no limit.
        grace: further seconds after which its process is killed.
        recycle_after: calls after which the process is replaced.
    """

    def __init__(
        self,
        log_name: str,
        environment: Mapping[str, str],
        threads: int,
        timeout: float | None,
        grace: float,
        recycle_after: int,
    ) -> None:
        os.environ.update(environment)
        root = scratch.folder()
        self._folder, self._warm_start, logs = (root / n for n in ("training", "warm", "logs"))
        logs.mkdir()
        self._timeout, self._grace, self._recycle_after = timeout, grace, recycle_after
        self._worker = Worker(logs / "worker.log", worker_environment(threads), log_name)
        self._log, self._files = ChangeTracker(logs), ChangeTracker(self._folder)
        self._lock = threading.Lock()  # of the trackers: `changes` is called during `run`
        self._number, self._last_checkpoint = 0, 0.0
        with contextlib.suppress(WorkerNotStarted):  # the first call tells
            self._worker.start()  # imports begin before the first call

    def wait(self) -> None:
        """Waits until the process can run calls; raises what `Worker.wait` raises."""
        self._worker.wait()

    def run(self, parcel: Parcel, fetch: Callable[[str], bytes]) -> Reply:
        """Runs a parcel.

        Args:
            parcel: call and files.
            fetch: returns a shared file by its digest.
        """
        try:
            answer = self._answer(parcel, fetch)
        except Failure as failure:  # of the process, or of its machine
            answer = cloudpickle.dumps((False, failure))
        except OSError as error:
            answer = cloudpickle.dumps((False, error))
        if self._worker.calls >= self._recycle_after:
            self._worker.kill()
        with self._lock:
            batch = self._batch("*")
            remaining = tuple(names(self._folder))
            self._clear()
        return Reply(answer, batch, remaining)

    def _answer(self, parcel: Parcel, fetch: Callable[[str], bytes]) -> bytes:
        shared = {file.digest: place(file, fetch) for file in parcel.shared}
        with self._lock:
            self._clear()
            receive(self._folder, parcel.folder)
            self._files.changes()  # the parent has these
            self._last_checkpoint = time.monotonic()
        if parcel.warm_start is not None:
            receive(self._warm_start, parcel.warm_start)
        warm_start = None if parcel.warm_start is None else self._warm_start
        files = (self._folder, warm_start, shared, parcel.origins)
        args = (parcel.call, *files, parcel.expected)
        payload = cloudpickle.dumps((run_parcel, args, {}))
        return self._worker.answer(payload, self._timeout, self._grace)

    def changes(self) -> Batch:
        """Returns new epochs and output, and checkpoints at most every `INTERVAL` seconds."""
        with self._lock:
            patterns = JOURNALS
            if time.monotonic() > self._last_checkpoint + INTERVAL:
                patterns, self._last_checkpoint = (*JOURNALS, CHECKPOINTS), time.monotonic()
            return self._batch(*patterns)

    def stop(self) -> None:
        """Ends the process and removes its files."""
        self._worker.kill()
        shutil.rmtree(scratch.folder())

    def _batch(self, *patterns: str) -> Batch:
        self._number += 1
        files = sorted(self._files.changes(patterns), key=lambda part: part.name == RESULT)
        return Batch(self._number, tuple(files), tuple(self._log.changes()))

    def _clear(self) -> None:
        for folder in (self._folder, self._warm_start):
            shutil.rmtree(folder, ignore_errors=True)
        self._files = ChangeTracker(self._folder)


def sent_environment() -> dict[str, str]:
    """Returns the settings of this process that its workers on other machines need."""
    own = {n: v for n, v in os.environ.items() if n.startswith("KERAS_DL_") and n not in MACHINE}
    return {**own, "KERAS_BACKEND": settings.backend()}


def versions(backend: str) -> dict[str, str]:
    """Returns the versions that results depend on, "none" where a library is missing.

    Args:
        backend: of Keras.
    """
    installed = {"Python": platform.python_version(), "keras_dl": __version__}
    for library in ("keras", LIBRARIES[backend]):
        try:
            installed[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            installed[library] = "none"
    return installed


def write(batch: Batch, folder: Path | None, log: Path, before: int) -> None:
    """Writes a batch on the machine of the search.

    Args:
        batch: changes.
        folder: of the job; None: the call has none.
        log: file for the output of the worker.
        before: bytes in it from earlier processes.
    """
    if folder is not None:
        receive(folder, batch.files)
    for part in batch.log:
        receive(log.parent, [Part(log.name, part.offset + before, part.content)])
