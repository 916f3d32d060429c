"""The tracking store: SQLite in ./mlruns, or that of MLFLOW_TRACKING_URI; experiments; links."""

import contextlib
import logging
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

import psutil
from mlflow import MlflowClient
from mlflow.entities import Run, RunStatus, ViewType
from mlflow.exceptions import MlflowException

from keras_dl.errors import Unreachable
from keras_dl.tracking.connection import PatientClient, connect, patiently, place, quiet_database
from keras_dl.utils.files import locked

__all__ = [
    "Run",
    "all_runs",
    "client",
    "close_orphaned_runs",
    "experiment",
    "find_run",
    "is_alive",
    "is_finished",
    "lock",
    "patient",
    "place",
    "process_tag",
    "root",
    "search",
    "uri",
    "version",
]

P = ParamSpec("P")
T = TypeVar("T")
# Tag by which MLflow's pages choose their mode, and its value for the training of models.
KIND, TRAINING = "mlflow.experimentKind", "custom_model_development"


def root() -> Path:
    """Returns `mlruns` in the current folder: database, artifacts, checkpoints, searches."""
    return Path("mlruns").resolve()


def uri() -> str:
    """Returns the tracking address: MLFLOW_TRACKING_URI, or SQLite in `./mlruns`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or _address(root() / "mlflow.db")


def _address(database: Path) -> str:
    if not any(character in str(database) for character in "%?#"):
        return f"sqlite:///{database}"
    # SQLAlchemy would take these characters for escapes or options. With the driver's name in the
    # scheme, MLflow does not create the folder of the escaped path.
    from sqlalchemy import URL

    name, query = "sqlite+pysqlite", {"uri": "true"}
    return URL.create(name, database=database.as_uri(), query=query).render_as_string()


def version() -> str:
    """Returns MLflow's version."""
    import mlflow

    return mlflow.__version__


@contextlib.contextmanager
def lock(name: str = "store") -> Iterator[None]:
    """Holds a lock among all processes that use this store."""
    with locked(root() / f".{name}.lock"):
        yield


def client() -> MlflowClient:
    """Returns a client of the store; the first use creates the database.

    Raises:
        Unreachable: if the store does not answer.
    """
    import mlflow

    # Says that a folder is empty, which the caller reports.
    logging.getLogger("mlflow.store.artifact.artifact_repo").setLevel(logging.WARNING)
    address = uri()
    connection = _client(address)
    if mlflow.get_tracking_uri() != address:
        before = os.environ.get("MLFLOW_TRACKING_URI")
        mlflow.set_tracking_uri(address)  # logged models are resolved through the global address
        if before is None:  # MLflow sets the variable too; it would outlive a change of folder
            os.environ.pop("MLFLOW_TRACKING_URI", None)
    return connection


@cache
def _client(address: str) -> MlflowClient:
    if address.startswith("http"):
        connection = PatientClient(address)
    else:
        quiet_database()
        # Two processes that create the database at once break it, and so does a kill.
        with lock(), _created_whole(address):
            _check_database(address)
            connection = connect(address)
    try:
        connection.search_experiments(max_results=1)
    except MlflowException as error:
        raise Unreachable(_refusal(address, error)) from None
    return connection


@contextlib.contextmanager
def _created_whole(address: str) -> Iterator[None]:
    """Marks a database while it is created; one that was left with the mark is created anew."""
    path = _database_file(address)
    if path is None or not path.parent.is_dir():
        yield
        return
    mark = path.with_name(f".{path.name}.creating")
    if mark.exists():
        for part in ("", "-journal", "-wal", "-shm"):
            path.with_name(path.name + part).unlink(missing_ok=True)
    if path.exists() and path.stat().st_size:
        yield
        return
    with contextlib.suppress(OSError):  # a folder that cannot be written is reported later
        mark.touch()
    yield
    mark.unlink(missing_ok=True)


def _database_file(address: str) -> Path | None:
    """Returns the file of an SQLite address; None for other addresses and databases in memory."""
    if not address.startswith("sqlite"):
        return None
    from sqlalchemy import make_url

    path = make_url(address).database
    return Path(path) if path and path != ":memory:" and not path.startswith("file:") else None


def _check_database(address: str) -> None:
    """Opens an SQLite database for writing; MLflow would try for minutes where that fails.

    Raises:
        Unreachable: if the file is no database or cannot be written.
    """
    if not address.startswith("sqlite"):
        return
    from sqlalchemy import make_url

    path = make_url(address).database or ":memory:"
    try:
        is_uri = path.startswith("file:")
        with contextlib.closing(sqlite3.connect(path, timeout=30, uri=is_uri)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.rollback()
    except sqlite3.Error as error:
        raise Unreachable(_refusal(address, error)) from None


def _refusal(address: str, error: Exception) -> str:
    reason = " ".join(str(error).split())[:300]
    return f"The tracking store at {place(address)} does not answer: {reason}"


def patient(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a function of MLflow that sends requests of its own; repeats it where none answers."""
    return patiently(uri(), function, *args, **kwargs)


def experiment(name: str) -> str:
    """Returns the id of an experiment; creates it if missing, restores it if deleted."""
    connection = client()  # before the lock, which its first use takes
    with lock():
        existing = connection.get_experiment_by_name(name)
        if existing is not None:
            if existing.lifecycle_stage == "deleted":
                connection.restore_experiment(existing.experiment_id)
            if KIND not in existing.tags:
                connection.set_experiment_tag(existing.experiment_id, KIND, TRAINING)
            return existing.experiment_id
        local = "MLFLOW_TRACKING_URI" not in os.environ
        location = (root() / "artifacts" / name).as_uri() if local else None
        try:
            tags = {KIND: TRAINING}
            return connection.create_experiment(name, artifact_location=location, tags=tags)
        except MlflowException as error:
            existing = connection.get_experiment_by_name(name)
            if error.error_code != "RESOURCE_ALREADY_EXISTS" or existing is None:
                raise
            return existing.experiment_id  # another machine was faster


def find_run(run_id: str) -> Run:
    """Returns the run whose id starts with `run_id`.

    Raises:
        ValueError: if none or several do.
        TypeError: if `run_id` is no text.
    """
    if not isinstance(run_id, str):
        raise TypeError(f"`run_id` must be the id of a run. Received: run_id={run_id!r}")
    if len(run_id) == 32:
        with contextlib.suppress(MlflowException):
            return client().get_run(run_id)
    runs = [r for r in all_runs("") if r.info.run_id.startswith(run_id)] if run_id else []
    if len(runs) != 1:
        raise ValueError(
            f"`run_id` must name one run of {place(uri())}; {len(runs) or 'no'} runs match. "
            f"Received: run_id={run_id!r}"
        )
    return runs[0]


def is_finished(run_id: str) -> bool:
    """Returns whether there is such a run and it has ended well."""
    with contextlib.suppress(MlflowException):
        return client().get_run(run_id).info.status == "FINISHED"
    return False


def process_tag() -> str:
    """Returns host/pid/start of this process, which no later process shares."""
    process = psutil.Process()
    return f"{socket.gethostname()}/{process.pid}/{int(process.create_time())}"


def close_orphaned_runs() -> int:
    """Ends the runs that killed processes of this machine left RUNNING.

    Returns:
        Number of runs that were ended.
    """
    closed = 0
    for run in all_runs("attributes.status = 'RUNNING'"):
        if not is_alive(run.data.tags.get("process", "")):
            client().set_tag(run.info.run_id, "reason", "process_died")
            client().set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.FAILED))
            closed += 1
    return closed


def all_runs(condition: str) -> list[Run]:
    """Returns all runs of all experiments that match MLflow's filter."""
    ids = [e.experiment_id for e in client().search_experiments(view_type=ViewType.ALL)]
    return search(ids, condition) if ids else []


def search(experiment_ids: str | list[str], condition: str) -> list[Run]:
    """Returns all runs of some experiments that match MLflow's filter."""
    ids = [experiment_ids] if isinstance(experiment_ids, str) else experiment_ids
    runs: list[Run] = []
    token = None
    while True:
        page = client().search_runs(ids, condition, max_results=1000, page_token=token)
        runs += page
        token = page.token
        if not token:
            return runs


def is_alive(process: str) -> bool:
    """Returns whether a process may be alive; True for other machines and runs of other tools.

    Args:
        process: as `process_tag` describes it.
    """
    host, _, rest = process.partition("/")
    pid, _, start = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return True
    try:
        return int(psutil.Process(int(pid)).create_time()) == int(start)
    except psutil.NoSuchProcess:
        return False
