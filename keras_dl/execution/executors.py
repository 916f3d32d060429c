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
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import cloudpickle

from keras_dl.errors import TimedOut, WorkerDied

__all__ = ["InProcess", "WorkerPool"]

GRACE = 30.0  # seconds beyond `timeout` for imports and data; then the worker is killed


class WorkerPool(Executor):
    """Runs calls in worker processes.

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
        self._workers = [_Worker(logs / f"worker-{i}.log", workers) for i in range(workers)]
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

    def _serve(self, worker: "_Worker") -> None:
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


class _Worker:
    """One process and its pipe."""

    def __init__(self, log: Path, siblings: int) -> None:
        self._log, self._siblings, self.calls = log, siblings, 0
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        ours, theirs = Pipe()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "keras_dl.execution.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(self._siblings),
                start_new_session=True,  # Ctrl-C reaches the search, which ends its workers
            )
        theirs.close()
        self._pipe, self.calls = ours, 0
        with contextlib.suppress(OSError):
            ours.send_bytes(cloudpickle.dumps(sys.path))

    def call(self, payload: bytes, timeout: float | None) -> Any:
        """Runs a call in the process.

        Raises:
            TimedOut: if it took longer than `timeout` and `GRACE` seconds.
            WorkerDied: if the process ended without a result.
            BaseException: the exception of the call.
        """
        if self._process is None or self._process.poll() is not None:
            self.start()
        assert self._pipe is not None
        self.calls += 1
        deadline = None if timeout is None else time.monotonic() + timeout + GRACE
        try:
            self._pipe.send_bytes(payload)
            while not self._pipe.poll(0.5):
                if deadline is not None and time.monotonic() > deadline:
                    self.kill()
                    raise TimedOut(f"took longer than {timeout:g} s and did not stop by itself")
            succeeded, value = cloudpickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            raise WorkerDied(self._describe_death()) from None
        if succeeded:
            return value
        raise value

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _describe_death(self) -> str:
        process, self._process = self._process, None
        code = process.wait() if process is not None else None
        death = (
            f"was killed by signal {-code}"
            if code is not None and code < 0
            else f"exited with {code}"
        )
        hint = "; out of memory is the usual cause" if code == -9 else ""
        return f"the worker {death}{hint}; its output: {os.path.relpath(self._log)}"


def _environment(siblings: int) -> dict[str, str]:
    """Returns the environment of a worker: its share of the cores, unless the user set one."""
    threads = str(max(1, (os.cpu_count() or 1) // siblings))
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS")
    shared = dict.fromkeys(names, threads) if siblings > 1 else {}
    return {**shared, **os.environ}


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
