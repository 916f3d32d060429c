import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from keras_dl.utils import scratch

OWNER = "import sys, tempfile; from keras_dl.utils import scratch; "
KILLED = OWNER + "print(scratch.folder(), flush=True); sys.stdin.read()"
ENDED = OWNER + "\nwith scratch.redirected(): print(tempfile.mkdtemp(), flush=True)"


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A temporary directory, and no folder of this process yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(scratch, "_own", {})
    return tmp_path


def test_folder_is_the_same_for_a_process(temporary):
    folder = scratch.folder()
    assert folder == scratch.folder()
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    assert scratch.folder().is_dir()  # something tidied up


def test_libraries_use_the_folder_too(temporary):
    with scratch.redirected():
        made = Path(tempfile.mkdtemp())
        assert made.parent == scratch.folder()
    assert tempfile.gettempdir() == str(temporary)


def test_directory_that_cannot_be_written_is_left_alone(temporary, monkeypatch):
    missing = str(temporary / "missing")
    monkeypatch.setattr(tempfile, "tempdir", missing)
    with scratch.redirected():
        assert tempfile.gettempdir() == missing


def test_folder_of_a_killed_process_is_removed(temporary, monkeypatch):
    words = [sys.executable, "-c", KILLED]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, text=True, **pipes) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        (left / "file").write_text("x")
        scratch._sweep(temporary)
        assert left.is_dir()  # it is young
        monkeypatch.setattr(scratch, "FRESH", -1.0)
        scratch._sweep(temporary)
        assert left.is_dir()  # its owner lives
        os.kill(process.pid, signal.SIGKILL)
    scratch._sweep(temporary)
    assert not left.exists()


def test_folder_goes_with_its_process(temporary):
    output = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True)
    made = Path(output.stdout.strip())
    assert made.parent.parent == temporary
    assert not made.parent.exists()
