"""Each builder and layer computes the same function on TensorFlow, JAX and torch."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_dl.layers
from tests.models.forward import LAYERS, forward_values, gradient_values

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def here():
    gradients = {f"gradient_{name}": values for name, values in gradient_values().items()}
    return {**forward_values(), **gradients}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, here, tmp_path):
    if backend == keras.backend.backend():
        pytest.skip(f"{backend} runs these tests")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    target = tmp_path / "values.npz"
    command = [sys.executable, "-m", "tests.models.forward", str(target)]
    # Most of JAX's time is compilation; unoptimised code computes the same.
    flags = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    environment = {**os.environ, "KERAS_BACKEND": backend, "XLA_FLAGS": flags}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(target) as there:
        assert set(there) == set(here)
        for name, values in here.items():
            # float32, sums in different orders; logits are of size 1 to 10.
            np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-4, err_msg=name)


def test_every_layer_is_compared():
    random = {
        "MonteCarloDropout",
        "RandomDistortion",
        "RandomShift",
        "monte_carlo",
    }  # draws differ by backend
    compared = {type(build()).__name__ for build in LAYERS.values()} | {"RBFOutput"}
    assert set(keras_dl.layers.__all__) - random <= compared
