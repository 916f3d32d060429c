"""Attacks and adversarial training compute the same on TensorFlow, JAX and torch."""

from pathlib import Path

import numpy as np
import pytest

from tests.attacks.values import attacked, trained
from tests.backends import values_on

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    plain = trained()
    here = {**attacked(), "trained": plain, "compiled": plain}
    there = values_on(backend, "attacks.values", tmp_path)
    assert set(there) == set(here)
    for name, values in here.items():
        # float32; no gradient of these examples lies so near 0 that its sign is in doubt.
        np.testing.assert_allclose(there[name], values, rtol=1e-5, atol=1e-5, err_msg=name)
