import numpy as np
import pytest

from keras_dl.models import hebbian
from tests.checks import check_saving, count_parameters, forward


def test_response_is_the_weighted_sum():
    model = hebbian((2, 3, 1))
    x = np.random.default_rng(0).normal(size=(4, 2, 3, 1)).astype("float32")
    assert count_parameters(model) == 6
    expected = x.reshape(4, 6) @ model.get_weights()[0]
    np.testing.assert_allclose(forward(model, x), expected, rtol=1e-5, atol=1e-6)
    check_saving(model, x)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`initializer` must be one of"):
        hebbian((3,), initializer="hebb")
