"""The store: where it is, what it answers, several processes at once."""

import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from keras_dl.data import load
from keras_dl.errors import Unreachable
from keras_dl.tracking import connection, runs
from keras_dl.tracking import store as tracking
from keras_dl.tracking.tracked_run import TrackedRun
from tests.toys import toy
from tests.tracking.gate import Gate

HERE = Path(__file__).resolve().parents[2]


def test_store_is_sqlite_in_mlruns_of_the_current_folder(store):
    assert tracking.uri() == f"sqlite:///{store}/mlruns/mlflow.db"
    made = tracking.experiment("iris-classification")
    place = tracking.client().get_experiment(made).artifact_location
    assert place == (store / "mlruns/artifacts/iris-classification").as_uri()


@pytest.mark.parametrize("name", ["what?x=1", "50%41 off", "a#b", "ü ?"])
def test_store_lies_in_a_folder_with_a_difficult_name(store, name, monkeypatch, empty_store):
    folder = store / name
    (folder / "mlruns").mkdir(parents=True)
    shutil.copy(empty_store, folder / "mlruns" / "mlflow.db")
    monkeypatch.chdir(folder)
    tracked = toy_run()
    client = tracking.client()
    client.log_text(tracked, "text", "a.txt")
    assert [run.info.run_id for run in tracking.search(["0", "1"], "")] == [tracked]
    assert Path(client.download_artifacts(tracked, "a.txt")).read_text() == "text"
    assert list((folder / "mlruns" / "artifacts").rglob("a.txt"))
    assert {path.name for path in store.iterdir()} == {"mlruns", name}


def test_deleted_experiment_is_restored(store):
    made = tracking.experiment("again")
    tracking.client().delete_experiment(made)
    assert tracking.experiment("again") == made


def test_run_is_found_by_its_first_characters(store):
    ids = [toy_run() for _ in range(2)]
    assert tracking.find_run(ids[0][:10]).info.run_id == ids[0]
    with pytest.raises(ValueError, match="no runs match. Received: run_id='zz'"):
        tracking.find_run("zz")


def toy_run():
    from keras_dl.tracking import runs

    return runs.start(toy, "iris-classification", "x", "run", {}).id


def test_foreign_and_living_runs_are_left_alone(store):
    client = tracking.client()
    foreign = client.create_run("0").info.run_id
    ours = toy_run()
    assert tracking.close_orphaned_runs() == 0
    assert {client.get_run(r).info.status for r in (foreign, ours)} == {"RUNNING"}


@pytest.mark.slow
def test_fresh_database_survives_several_processes_at_once(tmp_path):
    code = (
        "from keras_dl.tracking import store, runs; from tests.toys import toy\n"
        "runs.start(toy, 'shared', 'x', 'run', {}).end()"
    )
    env = os.environ | {"PYTHONPATH": str(HERE)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, env=env, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        _, error = process.communicate(timeout=250)
        assert process.returncode == 0, error.decode()
    os.chdir(tmp_path)
    found = tracking.client().get_experiment_by_name("shared")
    assert len(tracking.search(found.experiment_id, "")) == 3


@pytest.mark.slow
@pytest.mark.parametrize("tables", [3, 17])
def test_database_whose_creation_was_killed_is_created_anew(tmp_path, tables, monkeypatch):
    code = "from keras_dl.tracking import store; store.root().mkdir(); store.client()"
    env = os.environ | {"PYTHONPATH": str(HERE)}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=env)
    database = tmp_path / "mlruns" / "mlflow.db"
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
    while process.poll() is None:
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection,
        ):
            if connection.execute(query).fetchone()[0] >= tables:
                process.kill()
    assert process.wait() == -signal.SIGKILL
    monkeypatch.chdir(tmp_path)
    assert tracking.client().create_experiment("anew")
    assert not list((tmp_path / "mlruns").glob("*.creating"))


@pytest.fixture
def server(tmp_path, monkeypatch):
    """An MLflow server on loopback, as a team would run one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [
        "server",
        "--backend-store-uri",
        f"sqlite:///{tmp_path}/server.db",
        "--host",
        "127.0.0.1",
    ]
    words += ["--artifacts-destination", str(tmp_path / "artifacts"), "--port", str(port)]
    log = (tmp_path / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", *words, "--workers", "1"], stdout=log, stderr=log
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/health", timeout=1)
            break
        except OSError:
            time.sleep(0.3)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.chdir(tmp_path)
    yield address
    process.terminate()
    process.wait()
    log.close()


@pytest.mark.slow
def test_server_over_http_takes_runs_searches_and_models(server):
    import keras_dl

    result = toy.run(epochs=1, verbose=False)
    assert result.url.startswith(server)
    assert tracking.find_run(result.run_id).info.status == "FINISHED"
    model = keras_dl.load_model(result.run_id)
    assert model.predict(result.data.test.x, verbose=0).shape[1] == 3
    search = toy.tune(
        trials=2, epochs=1, workers=0, final_seeds=2, algorithm="random", verbose=False
    )
    assert search.url.startswith(server)
    assert not (Path("mlruns") / "mlflow.db").exists()


@pytest.mark.slow
def test_nothing_is_written_twice_where_answers_are_lost(server, monkeypatch):
    monkeypatch.setattr(connection, "PAUSE", 0.1)
    with Gate(int(server.rpartition(":")[2])) as gate:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", gate.address)
        made, client = tracking.experiment("iris-classification"), tracking.client()
        gate.losing = 1
        tracked = TrackedRun(client.create_run(made))
        for epoch in (1, 2, 3):
            gate.losing = 1
            tracked.epoch(epoch, {"loss": 0.5})
            tracked.flush()
        gate.losing = 2
        tracked.image(np.zeros((8, 8), np.uint8), "samples", 1)
        tracked.flush()
        gate.losing = 1
        client.create_logged_model(made, name="model", source_run_id=tracked.id)
        gate.losing = 1
        tracked.end()
        assert gate.losing == 0
        assert [r.info.status for r in tracking.search(made, "")] == ["FINISHED"]
        assert [m.step for m in client.get_metric_history(tracked.id, "train/loss")] == [1, 2, 3]
        images = [Path(f.path).suffix for f in client.list_artifacts(tracked.id, "images")]
        assert sorted(images) == [".png", ".webp"]
        where = f"source_run_id = '{tracked.id}'"
        assert len(client.search_logged_models([made], where)) == 1


def test_unreachable_server_is_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    monkeypatch.setattr(connection, "_away", {})
    with pytest.raises(ConnectionError, match="http://127.0.0.1:9 does not answer"):
        toy.run(epochs=1, verbose=False)


def test_resumed_run_has_one_image_per_name_and_step(store):
    first = runs.start(toy, "iris-classification", "x", "run", {})
    image = np.zeros((4, 4), "uint8")
    first.image(image, "samples", 1)
    first.image(image, "samples", 1)
    first.end("KILLED")
    resumed = runs.reopen(tracking.find_run(first.id), {}, load("iris").facts())
    for step in (1, 2):
        resumed.image(image, "samples", step)
    resumed.image(image, "sample", 1)
    resumed.flush()
    files = [f.path for f in tracking.client().list_artifacts(first.id, "images")]
    steps = sorted(path.partition("+time")[0] for path in files if path.endswith("png"))
    assert steps == ["images/sample+step+1", "images/samples+step+1", "images/samples+step+2"]


def test_other_value_of_a_parameter_of_a_resumed_run_is_a_tag(store):
    first = runs.start(toy, "iris-classification", "x", "search", {"trials": 4, "seed": 1})
    first.end("KILLED")
    for trials in (6, 4):
        resumed = runs.reopen(
            tracking.find_run(first.id), {"trials": trials, "seed": 1}, load("iris").facts()
        )
        resumed.end()
        run = tracking.find_run(first.id)
        assert run.data.params == {"trials": "4", "seed": "1"}
        assert run.data.tags["present_trials"] == str(trials)
        assert "present_seed" not in run.data.tags


def test_errors_name_the_path_of_a_difficult_store(store, monkeypatch):
    folder = store / "50%41 off?"
    (folder / "mlruns").mkdir(parents=True)
    (folder / "mlruns" / "mlflow.db").write_text("no database " * 100)
    monkeypatch.chdir(folder)
    with pytest.raises(Unreachable, match=re.escape(f"store at {folder}/mlruns/mlflow.db does")):
        tracking.client()
    shutil.copy(store / "mlruns" / "mlflow.db", folder / "mlruns" / "mlflow.db")
    with pytest.raises(ValueError, match=re.escape(f"one run of {folder}/mlruns/mlflow.db;")):
        tracking.find_run("abc")
