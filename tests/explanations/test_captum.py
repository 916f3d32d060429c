"""Explanations on torch against captum's."""

import importlib.util

import numpy as np
import pytest

from tests.backends import values_on


@pytest.mark.slow
def test_explanations_equal_those_of_captum(tmp_path):
    if importlib.util.find_spec("captum") is None:
        pytest.skip("captum is not installed")
    values = values_on("torch", "explanations.captum_values", tmp_path, own=True)
    names = {name[2:] for name in values}
    assert len(names) == 6
    for name in names:
        np.testing.assert_allclose(
            values[f"a_{name}"], values[f"b_{name}"], rtol=1e-4, atol=1e-5, err_msg=name
        )
        assert np.abs(values[f"b_{name}"]).max() > 1e-3
