"""Attacks and adversarial training compute the same on TensorFlow, JAX and torch."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.attacks.values import attacked, trained

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    if backend == keras.backend.backend():
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    target = tmp_path / "values.npz"
    command = [sys.executable, "-m", "tests.attacks.values", str(target)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    plain = trained()
    here = {**attacked(), "trained": plain, "compiled": plain}
    with np.load(target) as there:
        assert set(there) == set(here)
        for name, values in here.items():
            # float32; no gradient of these examples lies so near 0 that its sign is in doubt.
            np.testing.assert_allclose(there[name], values, rtol=1e-5, atol=1e-5, err_msg=name)
