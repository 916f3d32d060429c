"""Gradients and diagnostics agree on TensorFlow, JAX and torch."""

from pathlib import Path

import numpy as np
import pytest

from tests.backends import values_on
from tests.diagnostics.values import all_values

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def here():
    return all_values()


def test_range_test_restores_everything(here):
    assert here["restored"].all()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, here, tmp_path):
    there = values_on(backend, "diagnostics.values", tmp_path)
    assert set(there) == set(here)
    for name, values in here.items():
        # float32, sums in different orders
        np.testing.assert_allclose(there[name], values, rtol=2e-3, atol=1e-5, err_msg=name)
