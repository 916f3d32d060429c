"""A tracking server that is away, comes back, or loses an answer."""

import importlib.util
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException

from keras_dl.errors import Unreachable
from keras_dl.tracking import connection, runs
from keras_dl.tracking import store as tracking
from keras_dl.tracking.connection import PatientClient, patiently
from tests.toys import toy

DEAD = "http://127.0.0.1:9"


class FakeServer(ThreadingHTTPServer):
    """The part of MLflow's interface that a run needs; `refuse` requests are answered with 503.

    The first `lost` creations of a run are carried out, and their answers are lost.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.refuse = self.lost = 0
        self.created: list[dict] = []
        self.batches: list[dict] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.refuse > 0:
            self.server.refuse -= 1
            self.send_error(503)
            return
        if self.path.endswith("runs/create"):
            run_id = f"{len(self.server.created):032x}"
            tags = body["tags"]
            run = {"info": {"run_id": run_id, "experiment_id": "1"}, "data": {"tags": tags}}
            self.server.created.append(run)
            if self.server.lost > 0:
                self.server.lost -= 1
                self.close_connection = True
                return
            self.answer({"run": run})
        elif self.path.endswith("runs/search"):
            tag = body["filter"].rpartition("= ")[2].strip("'")
            wanted = [r for r in self.server.created if tag in str(r["data"]["tags"])]
            self.answer({"runs": wanted})
        else:
            self.server.batches.append(body)
            self.answer({})

    def answer(self, content: dict) -> None:
        text = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Seconds become tenths, and no test sees the outage of another one."""
    for name, value in {"NOTICE": 0.1, "PATIENCE": 0.6, "PAUSE": 0.02, "FAST": 5.0}.items():
        monkeypatch.setattr(connection, name, value)
    monkeypatch.setattr(connection, "_away", {})
    monkeypatch.setattr(connection, "_announced", {})


@pytest.fixture
def server():
    with FakeServer() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_dead_server_gets_a_notice_and_an_end(capsys):
    start = time.monotonic()
    with pytest.raises(Unreachable, match=f"The tracking store at {DEAD} does not answer"):
        PatientClient(DEAD).get_run("x")
    assert 0.6 <= time.monotonic() - start < 2.0
    assert capsys.readouterr().err == f"Waiting for the tracking store at {DEAD}, up to 0.6 s.\n"


def test_requests_in_line_behind_a_dead_server_end_at_once():
    client = PatientClient(DEAD)
    with pytest.raises(Unreachable):
        client.get_run("x")
    start = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unreachable):
            client.set_tag("x", "a", "b")
    assert time.monotonic() - start < 0.3


def test_server_that_returns_is_waited_for(server, capsys):
    server.refuse = 8
    PatientClient(server.address).set_tag("x", "a", "b")
    assert server.batches == [{"run_uuid": "x", "run_id": "x", "key": "a", "value": "b"}]
    assert capsys.readouterr().err.endswith("answers again.\n")


def test_run_whose_creation_got_no_answer_is_not_created_twice(server):
    server.lost = 1
    run = PatientClient(server.address).create_run("1", tags={"kind": "run"})
    assert len(server.created) == 1
    assert run.info.run_id == server.created[0]["info"]["run_id"]


def test_errors_of_the_request_are_not_repeated(server):
    with pytest.raises(MlflowException, match="404|501|HTTP|Unsupported"):
        PatientClient(server.address).get_run("x")  # a GET, which the server does not know


def test_other_stores_are_called_once():
    calls = []

    def fail():
        calls.append(1)
        raise MlflowException("connection refused")

    with pytest.raises(MlflowException):
        patiently("sqlite:///a.db", fail)
    assert calls == [1]


def test_training_ends_with_its_server(store_away):
    tracked = runs.start(toy, "iris-classification", "x", "run", {})
    store_away()
    with pytest.raises(Unreachable):
        train(tracked)
    tracked.try_to_end("FAILED", reason="store_unreachable")  # says nothing


def train(tracked):
    for epoch in range(1, 100):
        tracked.epoch(epoch, {"loss": 1.0})
        time.sleep(0.05)


@pytest.fixture
def store_away(store, monkeypatch):
    """Lets each request to the store fail from now on."""

    def fail(*_: object, **__: object) -> None:
        raise Unreachable("away")

    def leave() -> None:
        client = tracking.client()
        for name in ("log_batch", "set_terminated"):
            monkeypatch.setattr(client, name, fail)

    return leave


def test_experiment_of_another_machine_is_taken(store, monkeypatch):
    client = tracking.client()
    first = client.create_experiment("shared")
    look, missed = client.get_experiment_by_name, [None]

    def look_too_early(name):
        return missed.pop() if missed else look(name)

    monkeypatch.setattr(client, "get_experiment_by_name", look_too_early)
    assert tracking.experiment("shared") == first
    assert not missed


def test_closed_database_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlruns").mkdir()
    (tmp_path / "mlruns" / "mlflow.db").write_text("no database " * 100)
    start = time.monotonic()
    with pytest.raises(Unreachable, match="file is not a database"):
        tracking.client()
    assert time.monotonic() - start < 5


def test_missing_driver_of_a_database_is_one_sentence():
    pytest.importorskip("sqlalchemy")
    drivers = {"postgresql+psycopg2": "psycopg2-binary", "mysql": "mysqlclient"}
    for scheme, package in drivers.items():
        module = {"mysql": "MySQLdb"}.get(scheme, "psycopg2")
        if importlib.util.find_spec(module) is not None:
            pytest.skip(f"{module} is installed")
        with pytest.raises(Unreachable) as caught:
            tracking._client(f"{scheme}://me:secret@127.0.0.1:9/runs")
        words = str(caught.value)
        assert words.startswith(f"The tracking store at {scheme}://me:***@127.0.0.1:9/runs needs")
        assert f"the driver {module}, which is not installed" in words
        assert words.endswith(f"install it with: pip install {package}")


def test_silent_database_gets_a_notice_and_an_end(store, monkeypatch, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def wait_without_end(address):
            with socket.create_connection(("127.0.0.1", port)) as pipe:
                pipe.recv(1)  # as drivers do: the server accepts and says nothing

        monkeypatch.setattr(connection, "MlflowClient", wait_without_end)
        address = f"postgresql://me:secret@127.0.0.1:{port}/runs"
        start = time.monotonic()
        with pytest.raises(Unreachable, match=r"postgresql://me:\*\*\*@.* does not answer$"):
            tracking._client(address)
        assert 0.6 <= time.monotonic() - start < 3.0
        shown = capsys.readouterr().err
        assert shown.startswith("Waiting for the tracking store at postgresql://me:***@127.0.0.1")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sqlite:////a/b/mlflow.db", "/a/b/mlflow.db"),
        (tracking._address(Path("/a/50%41 off?/m#.db")), "/a/50%41 off?/m#.db"),
        ("http://me:secret@host:5000/x", "http://me:***@host:5000/x"),
        ("http://host:5000", "http://host:5000"),
        ("databricks", "databricks"),
    ],
)
def test_addresses_are_shown_as_paths_and_without_passwords(address, shown):
    assert connection.place(address) == shown
