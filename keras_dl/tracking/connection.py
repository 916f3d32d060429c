"""Requests to a tracking server that may be away: a notice after 5 s, an error after 30 s.

MLflow repeats a request for minutes, in silence, and repeats those that create something too. Here
each request is sent once; what is repeated, and how, is decided by the caller.
"""

import contextlib
import functools
import logging
import queue
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

import requests
from mlflow import MlflowClient
from mlflow.entities import LoggedModel, Run
from mlflow.exceptions import MlflowException

from keras_dl.errors import Unreachable

__all__ = ["PatientClient", "connect", "patiently", "place", "quiet_database", "waiting"]

NOTICE = 5.0  # seconds without an answer after which a line is printed
PATIENCE = 30.0  # seconds after which a server counts as away
PAUSE = 1.0  # seconds between two requests
FAST = 10.0  # seconds after a failure within which the next request fails at once
REQUEST = "keras_dl.request"  # tag by which a run is found whose creation got no answer
SIGNS = ("max retries exceeded", "connection refused", "connection aborted", "timed out")

# Drivers whose package has another name.
PACKAGES = {"psycopg2": "psycopg2-binary", "psycopg": "'psycopg[binary]'", "MySQLdb": "mysqlclient"}

P = ParamSpec("P")
T = TypeVar("T")
_away: dict[str, float] = {}  # time of the latest failure of a server
_announced: dict[str, float] = {}  # time of the latest notice


def patiently(address: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Calls a function, again and again while the server does not answer.

    Args:
        address: of the server; any other store is called once.
        function: sends requests; a repeated call must do no harm.
        *args: of the function.
        **kwargs: of the function.

    Raises:
        Unreachable: if the server is away for 30 s.
    """
    if not address.startswith("http"):
        return function(*args, **kwargs)
    start = time.monotonic()
    if start - _away.get(address, -FAST) < FAST:  # all that waits in line ends together
        raise Unreachable(_sentence(address))
    with waiting(address):
        while True:
            try:
                return function(*args, **kwargs)
            except (MlflowException, requests.RequestException) as error:
                if not _is_transient(error):
                    raise
                if time.monotonic() - start >= PATIENCE:
                    _away[address] = time.monotonic()
                    raise Unreachable(_sentence(address)) from None
            time.sleep(PAUSE)


@contextmanager
def waiting(address: str) -> Iterator[None]:
    """Prints a line if the block takes longer than 5 s."""
    timer = threading.Timer(NOTICE, _announce, (address,))
    timer.daemon = True
    timer.start()
    try:
        yield
        if _announced.pop(address, None) is not None:
            _print(f"The tracking store at {place(address)} answers again.")
    finally:
        timer.cancel()


def connect(address: str) -> MlflowClient:
    """Returns a client of a database, which may be away.

    Args:
        address: of a database, such as `postgresql://user:password@host/name`.

    Raises:
        Unreachable: if the database does not answer for 30 s, refuses, or its driver is missing.
    """
    results: queue.Queue[MlflowClient | Exception] = queue.Queue()

    def attempt() -> None:
        try:
            results.put(MlflowClient(address))
        except Exception as error:  # of SQLAlchemy, or of the database's driver
            results.put(error)

    # SQLite's first connection creates the tables, which takes seconds.
    notice = contextlib.nullcontext() if address.startswith("sqlite") else waiting(address)
    # A driver waits for a silent server without end; the thread ends with the process.
    threading.Thread(target=attempt, daemon=True).start()
    with notice:
        try:
            result = results.get(timeout=None if address.startswith("sqlite") else PATIENCE)
        except queue.Empty:
            raise Unreachable(_sentence(address)) from None
    if isinstance(result, Exception):
        raise Unreachable(_reason(address, result)) from None
    return result


def _reason(address: str, error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ModuleNotFoundError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        module = str(cause.name)
        return (
            f"The tracking store at {place(address)} needs the driver {module}, which is not "
            f"installed; install it with: pip install {PACKAGES.get(module, module)}"
        )
    return f"{_sentence(address)}: {' '.join(str(error).split())[:300]}"


def place(address: str) -> str:
    """Returns the address of a store for messages: the path of an SQLite file, no password."""
    if address.startswith("sqlite"):
        from sqlalchemy import make_url

        path = make_url(address).database or ":memory:"
        return unquote(urlsplit(path).path) if path.startswith("file:") else path
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1:***@", address)


def quiet_database() -> None:
    """Hides tracebacks and repeats of MLflow's database; it gives up after half a minute."""
    from mlflow.store.db import utils

    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if hasattr(utils, "MAX_RETRY_COUNT"):
        utils.MAX_RETRY_COUNT = 8  # pauses of 0.1 s, doubled each time: 25 s together


class PatientClient(MlflowClient):
    """A client of a server whose requests are repeated, and never carried out twice."""

    def create_run(self, experiment_id: str, *args: Any, **kwargs: Any) -> Run:
        """Creates a run; one whose creation got no answer is looked up by its tag."""
        request, attempts = uuid.uuid4().hex, 0
        kwargs["tags"] = {**(kwargs.get("tags") or {}), REQUEST: request}
        create = super().create_run

        def attempt() -> Run:
            nonlocal attempts
            attempts += 1
            if attempts > 1:
                where = f"tags.`{REQUEST}` = '{request}'"
                for run in MlflowClient.search_runs(self, [experiment_id], where):
                    return run
            return create(experiment_id, *args, **kwargs)

        return patiently(self.tracking_uri, attempt)

    def create_logged_model(self, experiment_id: str, *args: Any, **kwargs: Any) -> LoggedModel:
        """Creates the entry of a model; one whose creation got no answer is looked up."""
        create, attempts = super().create_logged_model, 0
        where = f"source_run_id = '{kwargs.get('source_run_id')}'"

        def attempt() -> LoggedModel:
            nonlocal attempts
            attempts += 1
            if attempts > 1:
                models = MlflowClient.search_logged_models(self, [experiment_id], where)
                for model in models:
                    if str(model.status) == "PENDING":
                        return model
            return create(experiment_id, *args, **kwargs)

        return patiently(self.tracking_uri, attempt)


# Requests that do no harm when they are repeated. Methods that combine several of them, such as
# `log_image`, which names its files at random, call these and are not repeated as a whole.
REPEATED = (
    "create_experiment",
    "delete_logged_model",
    "delete_tag",
    "download_artifacts",
    "get_experiment",
    "get_experiment_by_name",
    "get_metric_history",
    "get_run",
    "list_artifacts",
    "log_artifact",
    "log_artifacts",
    "log_batch",
    "log_inputs",
    "restore_experiment",
    "search_experiments",
    "search_logged_models",
    "search_runs",
    "set_experiment_tag",
    "set_tag",
    "set_terminated",
    "update_run",
)


def _repeated(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: MlflowClient, *args: Any, **kwargs: Any) -> Any:
        return patiently(self.tracking_uri, method, self, *args, **kwargs)

    return call


for _name in REPEATED:
    setattr(PatientClient, _name, _repeated(getattr(MlflowClient, _name)))


def _is_transient(error: Exception) -> bool:
    """Returns whether the server did not answer, or answered that it cannot at present."""
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        return True
    if isinstance(error, MlflowException):
        if isinstance(error.__cause__ or error.__context__, requests.RequestException):
            return True
        if error.get_http_status_code() in (429, 502, 503, 504):
            return True
    return any(sign in str(error).lower() for sign in SIGNS)


def _announce(address: str) -> None:
    if time.monotonic() - _announced.get(address, -PATIENCE) >= PATIENCE:
        _announced[address] = time.monotonic()
        _print(f"Waiting for the tracking store at {place(address)}, up to {PATIENCE:g} s.")


def _sentence(address: str) -> str:
    return f"The tracking store at {place(address)} does not answer"


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
