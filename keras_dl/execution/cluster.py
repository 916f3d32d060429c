"""Executor on a Ray cluster: an actor for each slot runs calls in a worker process of its node."""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keras_dl import settings
from keras_dl.errors import Failure, OtherData, TimedOut, WorkerDied, WorkerNotStarted
from keras_dl.execution import executors
from keras_dl.execution.executors import unpack
from keras_dl.execution.ray_connection import (
    cause_of,
    connect,
    failure_of,
    living_nodes,
    load_ray,
    node_name,
)
from keras_dl.execution.remote_files import SharedFile, remove_others
from keras_dl.execution.remote_job import Parcel, data_key, folder_of, pack, share_file
from keras_dl.execution.remote_worker import (
    Batch,
    RemoteWorker,
    Reply,
    sent_environment,
    versions,
    write,
)
from keras_dl.execution.resources import Resources

__all__ = ["ClusterPool"]

POLL = 1.0  # seconds between two looks at nodes, and at the epochs of a training
ANSWER = 60.0  # seconds beyond those of a worker, after which its node counts as dead
Slot = tuple[int, str]  # number on its node from 0, id of the node


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
            killed.
            None: no limit.
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
        self.logs, self.timeout, self.recycle_after = logs, timeout, recycle_after
        self.resources = resources or Resources()
        self._workers = workers
        self._disconnect = connect(address)
        self._calls: queue.Queue[_Call] = queue.Queue()
        self._closed, self._lock = threading.Event(), threading.Lock()
        self._excluded: set[str] = set()
        self._shared: dict[str, tuple[tuple[int, int], SharedFile]] = {}
        self._references: dict[str, Any] = {}  # contents in Ray's object store, by digest
        self._digests: dict[str, str] = {}  # of data, by `data_key`
        self._reported: set[str] = set()
        self._threads: dict[Slot, threading.Thread] = {}
        try:
            nodes = living_nodes()
            self.resources.refuse(nodes.values())
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

    def is_wanted(self, slot: Slot) -> bool:
        """Returns whether a slot is to run calls."""
        return slot in self._wanted and not self._closed.is_set()

    @property
    def closed(self) -> bool:
        """Whether calls are to end now."""
        return self._closed.is_set()

    def share(self, path: Path) -> SharedFile:
        """Puts a file or folder into the object store, once."""
        with self._lock:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            earlier = self._shared.get(str(path))
            if earlier is None or earlier[0] != stamp:
                self._shared[str(path)] = (stamp, share_file(path, self._put))
            return self._shared[str(path)][1]

    def _put(self, digest: str, content: bytes) -> None:
        if digest not in self._references:
            self._references[digest] = load_ray().put(content)

    def references(self, parcel: Parcel) -> dict[str, Any]:
        """Returns where the nodes find the shared files of a parcel, by digest."""
        return {file.digest: self._references[file.digest] for file in parcel.shared}

    def report_once(self, sentence: str) -> None:
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
            for i in range(self.resources.slots(amounts))
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
        worker = _ActorWorker(self, slot)
        while self.is_wanted(slot):
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

    def _run(self, worker: "_ActorWorker", slot: Slot, call: _Call) -> None:
        if not call.begun and not call.future.set_running_or_notify_cancel():
            return
        call.begun = True
        try:
            result, digest = worker.call(call, self._digests.get(data_key(call.args), ""))
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
        self.report_once(f"node {node_name(slot[1])} is left out: {why}")
        self._excluded.add(slot[1])
        self._wanted = {other for other in self._wanted if other[1] not in self._excluded}


@dataclass
class _ActorWorker:
    """The actor of a slot, which is started anew where it has died."""

    pool: ClusterPool
    slot: Slot
    actor: Any = None
    log: Path = field(default_factory=Path)
    before: int = 0  # bytes in the log of earlier actors
    described: Any = None  # reference to the versions of the node

    def wait(self, seconds: float) -> bool:
        """Waits for the actor to be ready, and returns whether it is.

        Raises:
            WorkerNotStarted: if the node cannot run actors of this package.
        """
        ray = load_ray()
        if self.actor is None:
            self._start()
        if self.described is None:
            return True
        if not ray.wait([self.described], timeout=seconds)[0]:
            return False
        try:
            described = ray.get(self.described)
        except ray.exceptions.RayError as error:
            self.actor = None
            if self.pool.is_wanted(self.slot) and self.slot[1] in living_nodes():
                raise WorkerNotStarted(f"a worker could not start: {cause_of(error)}") from None
            return False
        self.described = None
        self._compare(described)
        return True

    def _start(self) -> None:
        ray, pool = load_ray(), self.pool
        number, node = self.slot
        self.log = pool.logs / f"worker-{node_name(node)}-{number}.log"
        self.before = self.log.stat().st_size if self.log.is_file() else 0
        wanted = pool.resources
        on_node = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node, soft=False)
        actor = ray.remote(_Actor).options(
            num_cpus=wanted.cpus,
            num_gpus=wanted.gpus,
            memory=wanted.memory,
            max_concurrency=2,  # `changes` is called during `run`
            scheduling_strategy=on_node,
        )
        environment = sent_environment()
        if 0.0 < wanted.gpus < 1.0:  # JAX takes three quarters of a card otherwise
            environment["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
        threads = max(1, int(wanted.cpus))
        limits = (pool.timeout, executors.GRACE, pool.recycle_after)
        self.actor = actor.remote(os.path.relpath(self.log), environment, threads, *limits)
        self.described = self.actor.describe.remote(settings.backend())

    def _compare(self, theirs: Mapping[str, str]) -> None:
        ours = versions(settings.backend())
        differences = [f"{n} {theirs[n]} (here {v})" for n, v in ours.items() if theirs[n] != v]
        if differences:
            node = node_name(self.slot[1])
            self.pool.report_once(f"node {node} has {', '.join(differences)}")

    def call(self, call: _Call, expected: str) -> tuple[Any, str]:
        """Runs a call, and keeps the folder of its job up to date meanwhile.

        Raises:
            TimedOut, OutOfMemory, WorkerDied: where the call did not come to its end.
            BaseException: the exception of the call.
        """
        ray, folder = load_ray(), folder_of(call.args)
        parcel = pack(call.function, call.args, call.kwargs, self.pool.share)
        parcel = replace(parcel, expected=expected)
        try:
            end = self.actor.run.remote(parcel, self.pool.references(parcel))
            outstanding = self._follow(end, folder)
            reply: Reply = ray.get(end)
            last = [reply.batch, *(ray.get(reference) for reference in outstanding)]
        except Exception as error:
            self.stop(at_once=True)
            raise failure_of(error, self.log) from None
        for batch in sorted(last, key=lambda batch: batch.number):
            write(batch, folder, self.log, self.before)
        if folder is not None and folder.is_dir():
            remove_others(folder, reply.names)
        return unpack(reply.answer)

    def _follow(self, end: Any, folder: Path | None) -> list[Any]:
        """Writes changes until the end of a call; returns references to those still on their way.

        Raises:
            TimedOut: if the node does not answer in time.
            WorkerDied: if the pool is closed.
        """
        ray, timeout = load_ray(), self.pool.timeout
        deadline = (
            None if timeout is None else time.monotonic() + timeout + executors.GRACE + ANSWER
        )
        changes: list[Any] = []
        while True:
            ready, _ = ray.wait([end, *changes], num_returns=1, timeout=POLL)
            if end in ready:
                return changes
            if self.pool.closed:
                raise WorkerDied("the search has ended")
            if deadline is not None and time.monotonic() > deadline:
                raise TimedOut(f"took longer than {timeout:g} s, and its node does not answer")
            if ready:
                write(ray.get(changes.pop()), folder, self.log, self.before)
            elif not changes:
                changes = [self.actor.changes.remote()]

    def stop(self, *, at_once: bool = False) -> None:
        """Ends the actor; its worker process ends with it."""
        ray, actor, starting = load_ray(), self.actor, self.described is not None
        self.actor = self.described = None
        if actor is None:
            return
        if not at_once and not starting:
            ray.wait([actor.stop.remote()], timeout=5.0)
        ray.kill(actor)


class _Actor:
    """A remote worker in a process of Ray."""

    def __init__(self, *arguments: Any) -> None:
        self._worker = RemoteWorker(*arguments)

    def describe(self, backend: str) -> dict[str, str]:
        self._worker.wait()
        return versions(backend)

    def run(self, parcel: Parcel, references: Mapping[str, Any]) -> Reply:
        ray = load_ray()
        return self._worker.run(parcel, lambda digest: ray.get(references[digest]))

    def changes(self) -> Batch:
        return self._worker.changes()

    def stop(self) -> None:
        self._worker.stop()
