"""Explanations are the same on TensorFlow, JAX and torch."""

import numpy as np
import pytest

from tests.backends import values_on
from tests.explanations.values import explained


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    here, there = explained(), values_on(backend, "explanations.values", tmp_path)
    assert set(there) == set(here)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-5, err_msg=name)
