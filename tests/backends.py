"""Runs a module of values on another backend, in a process of that backend."""

import atexit
import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.rotation import rotation

ROOT = Path(__file__).parents[1]
OTHERS = ("jax", "torch")


def values_on(
    backend: str,
    module: str,
    folder: Path,
    *words: str,
    own: bool = False,
    alone: bool = False,
    **environment: str,
) -> dict[str, np.ndarray]:
    """What `python -m tests.MODULE FILE WORDS` writes; skips where there is no backend.

    Args:
        backend: the other one.
        module: below `tests`.
        folder: for the file.
        words: further arguments.
        own: whether the backend of these tests counts as another one.
        alone: whether the module needs a fresh process, which takes ten seconds.
        environment: further variables, of a fresh process.
    """
    if backend == keras.backend.backend() and not own:
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    if backend in OTHERS and not own and not _has_turn(backend, module):
        pytest.skip(f"another version compares with {backend}")
    target = folder / f"{backend}.npz"
    arguments = [f"tests.{module}", str(target), *words]
    if alone or environment:
        command = [sys.executable, "-m", *arguments]
        variables = _variables(backend) | environment
        done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    else:
        _server(backend).run(arguments)
    with np.load(target) as there:
        return dict(there)


def _has_turn(backend: str, module: str) -> bool:
    """Whether a module is compared with this backend now: successive versions alternate."""
    turn = rotation()
    return turn is None or (zlib.crc32(module.encode()) + turn) % 2 == OTHERS.index(backend)


def _variables(backend: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend}


@functools.cache
def _server(backend: str) -> "_Server":
    return _Server(backend)


class _Server:
    """A process of `tests.values_server`, which imports the backend once for all modules."""

    def __init__(self, backend: str) -> None:
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.values_server"],
            cwd=ROOT,
            env=_variables(backend),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        atexit.register(self._process.kill)

    def run(self, arguments: list[str]) -> None:
        """Runs a module to its end."""
        print(json.dumps(arguments), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            self._log.seek(0)
            pytest.fail(f"the process ended: {self._log.read()[-5000:]}")
        failure = json.loads(answer)
        assert not failure, failure
