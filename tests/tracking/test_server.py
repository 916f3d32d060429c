"""The process between `keras-dl ui` and MLflow's server."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from keras_dl.cli import main
from keras_dl.tracking import server

# In place of MLflow: a server with a child of its own.
MLFLOW = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
time.sleep(60)
"""
# In place of `keras-dl ui`.
PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-m", "keras_dl.tracking.server", "ui"])
"""


@pytest.fixture
def taken():
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        yield made.getsockname()[1]


def test_port_in_use_is_one_sentence(taken, capsys, store):
    assert main(["ui", "--port", str(taken)]) == 2
    error = capsys.readouterr().err
    assert "nothing else listens: Address already in use. Received: host=127.0.0.1" in error
    assert error.count("\n") == 1


def test_address_of_another_machine_is_refused():
    with pytest.raises(ValueError, match="Cannot assign requested address"):
        server.check_port("192.0.2.1", 5000)


def test_server_ends_when_its_parent_is_killed(tmp_path, monkeypatch):
    (tmp_path / "mlflow.py").write_text(MLFLOW)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    parent = subprocess.Popen([sys.executable, "-c", PARENT])
    try:
        family = _wait_for_family(parent.pid, 3)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert not alive


def _wait_for_family(pid: int, size: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        family = psutil.Process(pid).children(recursive=True)
        if len(family) == size:
            return family
        time.sleep(0.05)
    raise AssertionError(f"{len(family)} processes, {size} expected")
