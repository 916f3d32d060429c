"""Executors of trainings: worker processes that are recycled and may die, or this process.

Both are `concurrent.futures.Executor`s; a cluster's executor can replace them.
`ProcessPoolExecutor` does not suffice: one dead worker breaks the whole pool, a single call has no
timeout, and `spawn` runs the user's script again.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import cloudpickle

from keras_dl.errors import TimedOut, WorkerDied, WorkerNotStarted, describe
from keras_dl.execution.cores import available_cores
from keras_dl.execution.gpus import environment_of, visible_gpus
from keras_dl.utils import scratch
from keras_dl.utils.processes import SAFE, module_command

__all__ = ["InProcess", "Worker", "WorkerPool", "unpack", "worker_environment"]

GRACE = 30.0  # seconds beyond `timeout` for imports and data; then the worker is killed
LOG = 8 * 2**20  # bytes of a worker's output, after which only the end is kept
TAIL = 2**16  # bytes of its end
READY = b"ready"  # sent by a worker after its imports


class WorkerPool(Executor):
    """Runs calls in worker processes, which share the graphics cards out among them.

    Args:
        workers: number of processes.
        logs: folder for the output of the workers.
        recycle_after: calls after which a process is replaced, so that leaks do not accumulate.
        timeout: seconds a call may take; after `GRACE` further seconds its process is killed.
            None: no limit.
    """

    def __init__(
        self, workers: int, logs: Path, recycle_after: int = 20, timeout: float | None = None
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._calls: queue.Queue[tuple[Future[Any], bytes] | None] = queue.Queue()
        self._recycle_after, self._timeout = recycle_after, timeout
        share = max(1, available_cores() // workers) if workers > 1 else None
        environment = worker_environment(share)
        gpus = visible_gpus() if workers > 1 else ()
        self._workers = [
            Worker(logs / f"worker-{i}.log", environment | environment_of(i, workers, gpus))
            for i in range(workers)
        ]
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, args=(w,), daemon=True) for w in self._workers
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queues a call, pickled by value: functions of scripts and notebooks work too."""
        if self._closed:
            raise RuntimeError("cannot submit after shutdown")
        future: Future[Any] = Future()
        self._calls.put((future, cloudpickle.dumps((fn, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stops the workers; with `cancel_futures` immediately, in the middle of a call."""
        self._closed = True
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while call := self._calls.get_nowait():
                    call[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        if cancel_futures:
            for worker in self._workers:
                worker.kill()
        for thread in self._threads if wait else ():
            thread.join()

    def _serve(self, worker: "Worker") -> None:
        with contextlib.suppress(WorkerNotStarted):  # the first call tells
            worker.start()  # imports begin before the first call
        while (call := self._calls.get()) is not None:
            future, payload = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(worker.call(payload, self._timeout))
            except BaseException as error:
                future.set_exception(error)
            if worker.calls >= self._recycle_after:
                worker.kill()
        worker.kill()


class Worker:
    """One process and its pipe.

    Args:
        log: file for the output of the process.
        environment: environment of the process.
        log_name: the file as messages name it; None: its path from the current folder.

    Attributes:
        calls: calls since the process was started.
    """

    def __init__(
        self, log: Path, environment: Mapping[str, str], log_name: str | None = None
    ) -> None:
        self._log, self._environment, self.calls = log, dict(environment), 0
        self._log_name = os.path.relpath(log) if log_name is None else log_name
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._ready = False

    def start(self) -> None:
        """Starts the process; its imports go on meanwhile.

        Raises:
            WorkerNotStarted: if the operating system refuses.
        """
        try:
            ours, theirs = Pipe()
            with theirs:
                self._process = self._open(theirs)
        except OSError as error:
            raise WorkerNotStarted(f"a worker could not start: {describe(error)}") from None
        self._pipe, self.calls, self._ready = ours, 0, False
        with contextlib.suppress(OSError):
            ours.send_bytes(cloudpickle.dumps((sys.path, os.getcwd())))

    def _open(self, pipe: Connection) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:  # appends, also after the file was cut
            return subprocess.Popen(
                module_command("keras_dl.execution.worker", str(pipe.fileno())),
                pass_fds=[pipe.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C reaches the search, which ends its workers
            )

    def wait(self) -> None:
        """Waits for the imports of a process that has been started.

        Raises:
            WorkerNotStarted: if it could not be started or ended in its imports.
        """
        if self._pipe is None:
            self.start()
        assert self._pipe is not None
        try:
            self._ready = self._ready or self._receive(self._pipe, None) == READY
        except (EOFError, OSError):
            raise self._describe_death() from None

    def call(self, payload: bytes, timeout: float | None) -> Any:
        """Runs a call in the process and returns its result; raises what `answer` or it raises."""
        return unpack(self.answer(payload, timeout))

    def answer(self, payload: bytes, timeout: float | None, grace: float | None = None) -> bytes:
        """Runs a call in the process.

        Args:
            payload: pickle of (function, arguments, keyword arguments).
            timeout: seconds the call may take; None: no limit.
            grace: further seconds after which the process is killed; None: `GRACE`.

        Returns:
            Pickle of (whether the call succeeded, its result or exception).

        Raises:
            TimedOut: if it took longer than `timeout` and `grace` seconds.
            WorkerNotStarted: if the process could not be started or ended in its imports.
            WorkerDied: if the process ended without a result.
        """
        if self._process is None or self._process.poll() is not None:
            self.start()
        assert self._pipe is not None
        self.calls += 1
        grace = GRACE if grace is None else grace
        deadline = None if timeout is None else time.monotonic() + timeout + grace
        try:
            self._pipe.send_bytes(payload)
            if not self._ready:
                self._ready = self._receive(self._pipe, deadline) == READY
            return self._receive(self._pipe, deadline)
        except TimeoutError:
            self.kill()
            raise TimedOut(f"took longer than {timeout:g} s and did not stop by itself") from None
        except (EOFError, OSError):
            raise self._describe_death() from None
        finally:
            self._cut_log()

    def _receive(self, pipe: Connection, deadline: float | None) -> bytes:
        while not pipe.poll(0.5):
            self._cut_log()
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError
        return pipe.recv_bytes()

    def _cut_log(self) -> None:
        """Keeps the end of an output that has grown too long; the process appends to it."""
        with contextlib.suppress(OSError):
            if self._log.stat().st_size > LOG:
                tail = self._tail()
                os.truncate(self._log, 0)
                with self._log.open("ab") as log:
                    log.write(b"Earlier output is left out.\n" + tail)

    def _tail(self) -> bytes:
        with self._log.open("rb") as log:
            log.seek(max(0, self._log.stat().st_size - TAIL))
            return log.read(TAIL)

    def kill(self) -> None:
        """Ends the process; the next call starts another."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _describe_death(self) -> WorkerDied | WorkerNotStarted:
        process, self._process = self._process, None
        code = process.wait() if process is not None else None
        output = f"; its output: {self._log_name}"
        if code is not None and code < 0:
            hint = "; out of memory is the usual cause" if code == -9 else ""
            return WorkerDied(f"the worker was killed by signal {-code}{hint}{output}")
        if self._ready:
            return WorkerDied(f"the worker exited with {code}{output}")
        lines = self._tail().decode(errors="replace").split("\n")
        cause = next((line.strip()[:300] for line in reversed(lines) if line.strip()), f"{code}")
        return WorkerNotStarted(f"a worker could not start: {cause}{output}")


def unpack(answer: bytes) -> Any:
    """Returns the result of a call from a worker's answer, or raises the call's exception."""
    succeeded, value = cloudpickle.loads(answer)
    if succeeded:
        return value
    raise value


def worker_environment(threads: int | None) -> dict[str, str]:
    """Returns the environment of a worker, whose temporary files this process removes.

    Args:
        threads: threads of the worker, unless the user has set a number; None: one for each core.
    """
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS")
    shared = {} if threads is None else dict.fromkeys(names, str(threads))
    return {**shared, **os.environ, **SAFE, "TMPDIR": str(scratch.folder())}


class InProcess(Executor):
    """Runs each call immediately in the calling thread: no start-up, no isolation.

    A thread of its own would change results: initial weights are drawn from Python's global
    generator, from which other code may draw meanwhile.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Runs the call and returns a finished future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
