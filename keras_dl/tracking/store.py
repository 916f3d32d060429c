"""The store: SQLite in ./mlruns unless MLFLOW_TRACKING_URI names another; experiments; links."""

import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from mlflow import MlflowClient
from mlflow.entities import Run, RunStatus, ViewType
from mlflow.exceptions import MlflowException

from keras_dl.utils.files import locked

__all__ = [
    "base_url",
    "client",
    "close_orphaned_runs",
    "experiment",
    "find_run",
    "lock",
    "process_tag",
    "root",
    "run_url",
    "search",
    "uri",
    "version",
]

UI = "http://127.0.0.1:5000"


def root() -> Path:
    """The folder `mlruns` of the current folder: database, artifacts, checkpoints, searches."""
    return Path("mlruns").resolve()


def uri() -> str:
    """The tracking address: MLFLOW_TRACKING_URI, or SQLite in `./mlruns`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{root()}/mlflow.db"


def version() -> str:
    """MLflow's version."""
    import mlflow

    return mlflow.__version__


@contextlib.contextmanager
def lock(name: str = "store") -> Iterator[None]:
    """Holds a lock among all processes that use this store."""
    with locked(root() / f".{name}.lock"):
        yield


def client() -> MlflowClient:
    """A client of the store, whose database is made on first use."""
    import mlflow

    address = uri()
    made = _client(address)
    if mlflow.get_tracking_uri() != address:
        given = os.environ.get("MLFLOW_TRACKING_URI")
        mlflow.set_tracking_uri(address)  # logged models are resolved through the global address
        if given is None:  # which MLflow also writes there; it would outlive a change of folder
            os.environ.pop("MLFLOW_TRACKING_URI", None)
    return made


@cache
def _client(address: str) -> MlflowClient:
    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.WARNING)  # a page of migrations otherwise
    with lock():  # two processes that create the database at once break it
        try:
            made = MlflowClient(address)
            made.search_experiments(max_results=1)
        except MlflowException as error:
            raise ConnectionError(
                f"The tracking store at {address} does not answer: {str(error)[:300]}"
            ) from None
    return made


def experiment(name: str) -> str:
    """Id of the experiment, made if missing; a deleted one of that name is restored."""
    known = client()  # before the lock, which it takes itself on first use
    with lock():
        found = known.get_experiment_by_name(name)
        if found is not None:
            if found.lifecycle_stage == "deleted":
                known.restore_experiment(found.experiment_id)
            return found.experiment_id
        local = "MLFLOW_TRACKING_URI" not in os.environ
        place = (root() / "artifacts" / name).as_uri() if local else None
        return known.create_experiment(name, artifact_location=place)


def find_run(run_id: str) -> Run:
    """Gives the run whose id starts with `run_id`.

    Raises:
        ValueError: if none or several do.
    """
    if len(run_id) == 32:
        with contextlib.suppress(MlflowException):
            return client().get_run(run_id)
    found = [r for r in _all_runs("") if r.info.run_id.startswith(run_id)] if run_id else []
    if len(found) != 1:
        what = "no run" if not found else f"{len(found)} runs"
        raise ValueError(
            f"`run_id` must name one run of {uri()}; {what} found. Received: {run_id!r}"
        )
    return found[0]


def process_tag() -> str:
    """Names this process beyond the reuse of its number: host/pid/start."""
    process = psutil.Process()
    return f"{socket.gethostname()}/{process.pid}/{int(process.create_time())}"


def close_orphaned_runs() -> int:
    """Ends the runs that a killed process on this machine has left RUNNING.

    Returns:
        How many were ended.
    """
    closed = 0
    for run in _all_runs("attributes.status = 'RUNNING'"):
        if not _alive(run.data.tags.get("process", "")):
            client().set_tag(run.info.run_id, "reason", "process_died")
            client().set_terminated(run.info.run_id, RunStatus.to_string(RunStatus.FAILED))
            closed += 1
    return closed


def run_url(run: Any) -> str:
    """Link to a run's page in the UI."""
    return f"{base_url()}/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"


def base_url() -> str:
    """Address of the pages: the tracking server's, or where `keras-dl ui` serves them."""
    return uri().rstrip("/") if uri().startswith("http") else UI


def _all_runs(condition: str) -> list[Run]:
    ids = [e.experiment_id for e in client().search_experiments(view_type=ViewType.ALL)]
    return search(ids, condition) if ids else []


def search(experiment_ids: str | list[str], condition: str) -> list[Run]:
    """All runs of some experiments that fulfil MLflow's filter."""
    ids = [experiment_ids] if isinstance(experiment_ids, str) else experiment_ids
    found: list[Run] = []
    token = None
    while True:
        page = client().search_runs(ids, condition, max_results=1000, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _alive(tag: str) -> bool:
    """Whether the process may still live: yes for other machines and for runs that are not ours."""
    host, _, rest = tag.partition("/")
    pid, _, start = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return True
    try:
        return int(psutil.Process(int(pid)).create_time()) == int(start)
    except psutil.NoSuchProcess:
        return False
