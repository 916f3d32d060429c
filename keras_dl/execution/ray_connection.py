"""Connection with a Ray cluster: its nodes, and its errors as failures of trainings."""

import importlib
import ipaddress
import logging
import os
import queue
import re
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from keras_dl.errors import Failure, OutOfMemory, WorkerDied

__all__ = ["cause_of", "connect", "failure_of", "living_nodes", "load_ray", "node_name"]

CONNECT = 60.0  # seconds in which a cluster must answer; a head starts a process for each ray://


def load_ray() -> Any:
    """Returns Ray, which is imported by searches on a cluster only.

    Raises:
        ValueError: if it is not installed.
    """
    try:
        ray = importlib.import_module("ray")
        importlib.import_module("ray.util.scheduling_strategies")
    except ModuleNotFoundError:
        raise ValueError(
            "`cluster` must be left out without Ray: pip install 'keras-dl[cluster]'"
        ) from None
    return ray


def living_nodes() -> dict[str, dict[str, float]]:
    """Returns the resources of the living nodes by their ids."""
    return {node["NodeID"]: node["Resources"] for node in load_ray().nodes() if node["Alive"]}


def node_name(node: str) -> str:
    """Returns the address of a node with the beginning of its id: several may be on a machine."""
    addresses = {n["NodeID"]: n["NodeManagerAddress"] for n in load_ray().nodes()}
    return f"{addresses.get(node, 'unknown')}-{node[:6]}"


def connect(address: str) -> Callable[[], None]:
    """Connects this process with a cluster; returns the function that ends the connection.

    Raises:
        ValueError: if Ray is not installed, or no cluster answers.
    """
    resolved = _find(address)
    host = resolved.removeprefix("ray://").rpartition(":")[0]
    if resolved == "local" or _is_loopback(host):
        # Ray replaces 127.0.0.1 by the machine's public address unless it takes this for a
        # system without clusters; read once, at its import.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray = load_ray()
    if ray.is_initialized():  # by the user, who ends it
        return lambda: None
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if resolved == "local":
        os.environ.setdefault("RAY_worker_niceness", "0")  # as own workers; Ray's is 15
        # In this thread: the processes of a cluster that Ray starts end with the thread.
        ray.init("local", include_dashboard=False, **options)
    else:
        _probe(resolved, address)
        _join(lambda: ray.init(resolved, **options), address)
    return ray.shutdown


def _join(initialize: Callable[[], Any], address: str) -> None:
    """Joins a cluster in a thread, because Ray repeats its attempts for minutes.

    Raises:
        ValueError: if no cluster answers in time.
    """
    answers: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()

    def answer() -> None:
        try:
            initialize()
        except Exception as error:
            answers.put(error)
        else:
            answers.put(None)

    threading.Thread(target=answer, daemon=True).start()
    try:
        error = answers.get(timeout=CONNECT)
    except queue.Empty:
        raise _refusal(address, f"no answer within {CONNECT:g} s") from None
    if error is not None:
        raise _refusal(address, cause_of(error))


def _find(address: str) -> str:
    """Returns the address of the cluster that "auto" stands for: Ray's own, or the last started."""
    if address != "auto":
        return address
    file = Path(os.environ.get("RAY_TMPDIR", tempfile.gettempdir()), "ray", "ray_current_cluster")
    current = os.environ.get("RAY_ADDRESS") or (file.read_text().strip() if file.is_file() else "")
    if not current:
        raise _refusal(address, "no cluster runs on this machine, and RAY_ADDRESS is not set")
    return current


def _probe(resolved: str, address: str) -> None:
    """Opens a connection, because Ray's own attempts take minutes to fail.

    Raises:
        ValueError: if nobody listens.
    """
    host, _, port = resolved.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise _refusal(address, "its form is host:port, ray://host:port, auto or local")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT / 6).close()
    except OSError as error:
        raise _refusal(address, f"{resolved}: {error.strerror or error}") from None


def _refusal(address: str, why: str) -> ValueError:
    return ValueError(
        f"`cluster` must be the address of a Ray cluster that answers; {why}. "
        f"Received: cluster={address!r}"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def failure_of(error: Exception, log: Path) -> Exception:
    """Returns the failure that an error of Ray stands for; other errors as they are."""
    ray = load_ray()
    if not isinstance(error, ray.exceptions.RayError | ConnectionError):
        return error
    text = cause_of(error)
    if isinstance(error, ray.exceptions.OutOfMemoryError) or "low on memory" in str(error):
        return OutOfMemory(f"Ray ended the worker because its node was low on memory: {text}")
    return WorkerDied(f"the worker or its node ended: {text}; its output: {os.path.relpath(log)}")


def cause_of(error: BaseException) -> str:
    """Returns the line of an error that tells most: the last exception of a traceback, if any."""
    own = getattr(error, "cause", None)  # of an exception within an actor
    if isinstance(own, Failure):
        return str(own)
    lines = [line.strip() for line in str(error).split("\n") if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Failure)\b.*: ", line)]
    return (raised or lines or [type(error).__name__])[-1 if raised else 0][:300]
