"""Runs a module of values on another backend, in a process of its own."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def values_on(backend: str, module: str, folder: Path) -> dict[str, np.ndarray]:
    """What `python -m tests.objectives.MODULE FILE` writes; skips where there is no backend."""
    if backend == keras.backend.backend():
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    target = folder / "values.npz"
    command = [sys.executable, "-m", f"tests.objectives.{module}", str(target)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(target) as there:
        return dict(there)
