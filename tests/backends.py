"""Runs a module of values on another backend, in a process of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


def values_on(
    backend: str, module: str, folder: Path, *words: str, own: bool = False, **environment: str
) -> dict[str, np.ndarray]:
    """What `python -m tests.MODULE FILE WORDS` writes; skips where there is no backend.

    Args:
        backend: the other one.
        module: below `tests`.
        folder: for the file.
        words: further arguments.
        own: whether the backend of these tests counts as another one.
        environment: further variables.
    """
    if backend == keras.backend.backend() and not own:
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    target = folder / f"{backend}.npz"
    command = [sys.executable, "-m", f"tests.{module}", str(target), *words]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with np.load(target) as there:
        return dict(there)
