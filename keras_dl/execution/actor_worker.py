"""The worker of a slot of a Ray cluster: an actor on its node, and the files that it writes."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keras_dl import settings
from keras_dl.errors import TimedOut, WorkerDied, WorkerNotStarted
from keras_dl.execution import executors
from keras_dl.execution.executors import unpack
from keras_dl.execution.object_store import ObjectStore
from keras_dl.execution.ray_connection import (
    cause_of,
    failure_of,
    living_nodes,
    load_ray,
    node_name,
)
from keras_dl.execution.remote_files import remove_others
from keras_dl.execution.remote_job import Parcel, folder_of, pack
from keras_dl.execution.remote_worker import (
    Batch,
    RemoteWorker,
    Reply,
    sent_environment,
    versions,
    write,
)
from keras_dl.execution.resources import Resources

__all__ = ["POLL", "ActorWorker", "Slot"]

POLL = 1.0  # seconds between two looks at nodes, and at the epochs of a training
ANSWER = 60.0  # seconds beyond those of a worker, after which its node counts as dead
Slot = tuple[int, str]  # number on its node from 0, id of the node


@dataclass
class ActorWorker:
    """The actor of a slot, which is started anew where it has died.

    Attributes:
        slot: of which node.
        logs: folder for the output.
        resources: what a call reserves.
        limits: seconds a call may take, or None; and calls after which a process is replaced.
        store: files that are sent once to each node.
        report: prints a sentence once.
        is_wanted: whether the slot is to run calls.
        is_closed: whether calls are to end now.
    """

    slot: Slot
    logs: Path
    resources: Resources
    limits: tuple[float | None, int]
    store: ObjectStore
    report: Callable[[str], None]
    is_wanted: Callable[[], bool]
    is_closed: Callable[[], bool]
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
            if self.is_wanted() and self.slot[1] in living_nodes():
                raise WorkerNotStarted(f"a worker could not start: {cause_of(error)}") from None
            return False
        self.described = None
        self._compare(described)
        return True

    def _start(self) -> None:
        ray = load_ray()
        number, node = self.slot
        self.log = self.logs / f"worker-{node_name(node)}-{number}.log"
        self.before = self.log.stat().st_size if self.log.is_file() else 0
        wanted = self.resources
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
        timeout, recycle_after = self.limits
        limits = (timeout, executors.GRACE, recycle_after)
        self.actor = actor.remote(os.path.relpath(self.log), environment, threads, *limits)
        self.described = self.actor.describe.remote(settings.backend())

    def _compare(self, theirs: Mapping[str, str]) -> None:
        ours = versions(settings.backend())
        differences = [f"{n} {theirs[n]} (here {v})" for n, v in ours.items() if theirs[n] != v]
        if differences:
            node = node_name(self.slot[1])
            self.report(f"node {node} has {', '.join(differences)}")

    def call(
        self, function: Callable[..., Any], args: Any, kwargs: Any, expected: str
    ) -> tuple[Any, str]:
        """Runs a call, and keeps the folder of its job up to date meanwhile.

        Args:
            function: runs on the node.
            args: a `Job`, or any values.
            kwargs: any values.
            expected: digest of the data that other nodes have read; "": not known.

        Returns:
            The result, and the digest of the data that the node has read.

        Raises:
            TimedOut, OutOfMemory, WorkerDied: where the call did not come to its end.
            BaseException: the exception of the call.
        """
        ray, folder = load_ray(), folder_of(args)
        parcel = pack(function, args, kwargs, self.store.share)
        parcel = replace(parcel, expected=expected)
        try:
            end = self.actor.run.remote(parcel, self.store.references(parcel))
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
        ray, timeout = load_ray(), self.limits[0]
        deadline = (
            None if timeout is None else time.monotonic() + timeout + executors.GRACE + ANSWER
        )
        changes: list[Any] = []
        while True:
            ready, _ = ray.wait([end, *changes], num_returns=1, timeout=POLL)
            if end in ready:
                return changes
            if self.is_closed():
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
