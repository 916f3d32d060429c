"""Executors for trials: worker processes that are recycled and may die, or this very process.

Both are `concurrent.futures.Executor`s, so that a cluster's executor can take their place.
`ProcessPoolExecutor` will not do: one dead worker breaks the whole pool, a single call cannot be
timed out, and `spawn` runs the user's script again.
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
    """Runs calls in `workers` processes of their own.

    Args:
        workers: number of processes.
        logs: folder for what the workers print.
        recycle_after: calls after which a process is replaced, so that leaks do not add up.
        timeout: seconds a call may take; it has `GRACE` seconds to end by itself, then its
            process is killed. None for no limit.
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
        """Queues a call; by value, so that functions of scripts and notebooks work too."""
        if self._closed:
            raise RuntimeError("cannot submit after shutdown")
        future: Future[Any] = Future()
        self._calls.put((future, cloudpickle.dumps((fn, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stops the workers; with `cancel_futures`, at once, in the middle of a call."""
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
        worker.start()  # imports begin before the first call comes
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
    """One process and the pipe to it."""

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
                start_new_session=True,  # Ctrl-C is for the search, which then ends its workers
            )
        theirs.close()
        self._pipe, self.calls = ours, 0
        with contextlib.suppress(OSError):
            ours.send_bytes(cloudpickle.dumps(sys.path))

    def call(self, payload: bytes, timeout: float | None) -> Any:
        """Has the process do a call.

        Raises:
            TimedOut: if it took longer than `timeout` and its grace.
            WorkerDied: if the process ended without an answer.
            BaseException: whatever the call raised.
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
            good, value = cloudpickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            raise WorkerDied(self._obituary()) from None
        if good:
            return value
        raise value

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _obituary(self) -> str:
        process, self._process = self._process, None
        code = process.wait() if process is not None else None
        how = (
            f"was killed by signal {-code}"
            if code is not None and code < 0
            else f"exited with {code}"
        )
        hint = "; out of memory is the usual cause" if code == -9 else ""
        return f"the worker {how}{hint}; its output: {os.path.relpath(self._log)}"


def _environment(siblings: int) -> dict[str, str]:
    """The workers share the cores; what the user has set stays."""
    threads = str(max(1, (os.cpu_count() or 1) // siblings))
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS")
    shared = dict.fromkeys(names, threads) if siblings > 1 else {}
    return {**shared, **os.environ}


class InProcess(Executor):
    """Runs each call at once in this very thread: no start-up, no isolation, Ctrl-C as ever.

    Not in a thread of its own: initial weights are drawn from Python's one global generator, and
    whatever else draws from it meanwhile would change the numbers.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Does the call and gives a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
