from functools import partial

import pytest

from keras_dl.models import plain20, plain56, resnet20, resnet56
from tests.checks import check_model, count_parameters


def test_plain20_learns_and_loads():
    check_model(partial(plain20, weight_decay=0.0), (8, 8, 3), (10,), params=269_722)


@pytest.mark.parametrize(("plain", "residual"), [(plain20, resnet20), (plain56, resnet56)])
def test_twins_differ_only_in_the_shortcuts(plain, residual):
    plain, residual = plain((32, 32, 3), 10), residual((32, 32, 3), 10)
    assert count_parameters(plain) == count_parameters(residual)
    names = [weight.path for weight in plain.weights]
    assert names == [weight.path for weight in residual.weights]
    more = {layer.name for layer in residual.layers} - {layer.name for layer in plain.layers}
    assert all(name.endswith("_add") or "item" in name or "pad" in name for name in more)
