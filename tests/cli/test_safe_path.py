"""Files in the current folder that are named like modules are not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import keras_dl
from keras_dl.cli import commands
from keras_dl.execution import worker
from keras_dl.execution.executors import WorkerPool
from keras_dl.tracking import server

ROOT = Path(keras_dl.__file__).parents[1]
NAMES = ("token", "json", "logging", "mlflow", "keras", "rich", "psutil", "tensorflow_datasets")


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """A current folder with files that tell when they are run."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(
            f"import os; os.mkdir({str(tmp_path / 'executed')!r})\nraise SystemExit(9)"
        )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return tmp_path


@pytest.mark.parametrize("words", [["list", "lenet"], ["data", "where"], ["run", "missing.py"]])
def test_module_of_the_package_ignores_them(hostile, words):
    done = subprocess.run(
        [sys.executable, "-m", "keras_dl", *words], capture_output=True, text=True
    )
    assert not (hostile / "executed").exists()
    assert done.returncode == (2 if "run" in words else 0), done.stderr


def origin(name: str) -> str | None:
    import importlib.util

    spec = importlib.util.find_spec(name)
    return None if spec is None else spec.origin


@pytest.mark.slow
def test_worker_ignores_them_and_finds_the_neighbours_of_a_script(hostile, monkeypatch):
    (hostile / "neighbour_of_mine.py").write_text("")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with WorkerPool(1, hostile / "logs") as pool:
        origins = {name: pool.submit(origin, name).result() for name in NAMES}
        neighbour = pool.submit(origin, "neighbour_of_mine").result()
        safe = pool.submit(os.getenv, "PYTHONSAFEPATH").result()
    assert not (hostile / "executed").exists()
    assert not any(str(o).startswith(str(hostile)) for n, o in origins.items() if n != NAMES[-1])
    assert neighbour == str(hostile / "neighbour_of_mine.py")
    assert safe == "1"


def test_current_folder_is_searched_last(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", ["/named", "/python", "/packages", "/keras_dl"])
    here = str(tmp_path)
    path = ["", "/patched", here, "/python", "/packages"]
    assert worker._safe_path(path, here) == ["/patched", "/python", "/packages", here]
    assert worker._safe_path(["/named", "/x"], "/named") == ["/named", "/x"]  # by PYTHONPATH


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("127.0.0.1", False),
        ("localhost", False),
        ("::1", False),
        ("0.0.0.0", True),
        ("192.168.1.2", True),
        ("lab.example", True),
    ],
)
def test_host_that_others_reach_is_warned_of(host, warned, store, monkeypatch, capsys):
    calls = []

    class Server:
        pid = 2**30

        def __init__(self, words, env):
            calls.append((words, env))

        def wait(self):
            return 0

    monkeypatch.setattr(server, "check_port", lambda *_: None)
    monkeypatch.setattr(subprocess, "Popen", Server)
    assert commands.ui(host, 5000) == 0
    ((words, env),) = calls
    assert words[1] == "-P"
    assert "keras_dl.tracking.server" in words
    assert env["PYTHONSAFEPATH"] == "1"
    message = capsys.readouterr().err
    assert message.startswith(f"keras-dl: warning: `host` {host} is not of this machine") == warned
    assert message.count("\n") == warned
