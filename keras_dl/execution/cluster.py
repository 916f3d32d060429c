"""Executor on a Ray cluster: an actor for each slot runs calls in a worker process of its node."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_dl.errors import Failure, OtherData, WorkerDied
from keras_dl.execution.actor_worker import POLL, ActorWorker, Slot
from keras_dl.execution.object_store import ObjectStore
from keras_dl.execution.ray_connection import connect, living_nodes, node_name
from keras_dl.execution.remote_job import data_key
from keras_dl.execution.resources import Resources

__all__ = ["ClusterPool"]


@dataclass
class _Call:
    future: "Future[Any]"
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    begun: bool = False


class ClusterPool(Executor):
    """Runs calls on the nodes of a Ray cluster, which need no common folder.

    Slots follow the nodes as they join and leave. A call is a function, and at most one job, whose
    folder is kept up to date on this machine.

    Args:
        address: "auto", "local", "host:port" or "ray://host:port".
        logs: folder for the output of the workers.
        resources: what a call reserves.
        workers: calls at the same time, at most; None: as many as the nodes take.
        timeout: seconds a call may take; after `executors.GRACE` further seconds its process is
            killed. None: no limit.
        recycle_after: calls after which a process is replaced, so that leaks do not accumulate.

    Raises:
        ValueError: if Ray is not installed, no cluster answers, or no node has the resources.
    """

    def __init__(
        self,
        address: str,
        logs: Path,
        resources: Resources | None = None,
        *,
        workers: int | None = None,
        timeout: float | None = None,
        recycle_after: int = 20,
    ) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs, self._limits = logs, (timeout, recycle_after)
        self._resources = resources or Resources()
        self._workers = workers
        self._disconnect = connect(address)
        self._calls: queue.Queue[_Call] = queue.Queue()
        self._closed, self._lock = threading.Event(), threading.Lock()
        self._excluded: set[str] = set()
        self._store = ObjectStore()
        self._digests: dict[str, str] = {}  # of data, by `data_key`
        self._reported: set[str] = set()
        self._threads: dict[Slot, threading.Thread] = {}
        try:
            nodes = living_nodes()
            self._resources.refuse(nodes.values())
        except BaseException:
            self._disconnect()
            raise
        self._wanted = self._select(nodes)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def slots(self) -> int:
        """Calls that run at the same time; 1 while there is no node, for which the next waits."""
        return max(1, len(self._wanted))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Queues a call, pickled by value with the user's own modules."""
        if self._closed.is_set():
            raise RuntimeError("cannot submit after shutdown")
        call = _Call(Future(), fn, args, kwargs)
        self._calls.put(call)
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the actors, with `cancel_futures` in the middle of a call; the cluster goes on."""
        while not cancel_futures and wait and not self._is_idle():
            time.sleep(0.05)
        self._closed.set()
        while (call := self._take(0.0)) is not None:
            call.future.cancel()
        self._watcher.join()
        for thread in list(self._threads.values()):
            thread.join()
        self._disconnect()

    def _is_wanted(self, slot: Slot) -> bool:
        return slot in self._wanted and not self._closed.is_set()

    def _report_once(self, sentence: str) -> None:
        """Prints a sentence unless it has been printed before."""
        with self._lock:
            is_repeated = sentence in self._reported
            self._reported.add(sentence)
        if not is_repeated:
            print(f"keras-dl: {sentence}", file=sys.stderr, flush=True)

    def _is_idle(self) -> bool:
        return self._calls.unfinished_tasks == 0

    def _select(self, nodes: Mapping[str, Mapping[str, float]]) -> set[Slot]:
        """Returns the slots of the nodes, the first of each node before the second of any."""
        slots = sorted(
            (i, node)
            for node, amounts in nodes.items()
            if node not in self._excluded
            for i in range(self._resources.slots(amounts))
        )
        return set(slots if self._workers is None else slots[: max(1, self._workers)])

    def _watch(self) -> None:
        """Follows the nodes until the end: starts the threads of new slots."""
        while not self._closed.is_set():
            try:
                self._wanted = self._select(living_nodes())
            except Exception as error:  # of any kind, by the way of connecting
                self._fail_all(WorkerDied(f"the connection to the cluster is lost: {error}"))
            for slot in self._wanted:
                thread = self._threads.get(slot)
                if thread is None or not thread.is_alive():
                    self._threads[slot] = threading.Thread(
                        target=self._serve, args=(slot,), daemon=True
                    )
                    self._threads[slot].start()
            self._closed.wait(POLL)

    def _fail_all(self, failure: Failure) -> None:
        while (call := self._take(0.0)) is not None:
            call.future.set_exception(failure)
            self._calls.task_done()

    def _take(self, seconds: float) -> _Call | None:
        try:
            return self._calls.get(timeout=seconds) if seconds else self._calls.get_nowait()
        except queue.Empty:
            return None

    def _serve(self, slot: Slot) -> None:
        worker = ActorWorker(
            slot,
            self._logs,
            self._resources,
            self._limits,
            self._store,
            self._report_once,
            lambda: self._is_wanted(slot),
            self._closed.is_set,
        )
        while self._is_wanted(slot):
            try:
                ready = worker.wait(POLL)
            except Failure as failure:
                self._exclude(slot, str(failure))
                if not self._wanted:
                    self._fail_all(failure)
                break
            call = self._take(POLL) if ready else None
            if call is not None:
                self._run(worker, slot, call)
                self._calls.task_done()
        worker.stop()

    def _run(self, worker: ActorWorker, slot: Slot, call: _Call) -> None:
        if not call.begun and not call.future.set_running_or_notify_cancel():
            return
        call.begun = True
        try:
            expected = self._digests.get(data_key(call.args), "")
            result, digest = worker.call(call.function, call.args, call.kwargs, expected)
        except OtherData as failure:
            self._exclude(slot, str(failure))
            if self._wanted:
                self._calls.put(call)
            else:
                call.future.set_exception(failure)
        except BaseException as error:
            call.future.set_exception(error)
        else:
            if digest:
                self._digests.setdefault(data_key(call.args), digest)
            call.future.set_result(result)

    def _exclude(self, slot: Slot, why: str) -> None:
        """Leaves out a node on which no call can run."""
        self._report_once(f"node {node_name(slot[1])} is left out: {why}")
        self._excluded.add(slot[1])
        self._wanted = {other for other in self._wanted if other[1] not in self._excluded}
