import math
from functools import partial

import keras
import pytest

from keras_dl.diagnostics import costs
from keras_dl.models import efficientnet, efficientnet_b0
from tests.checks import check_model
from tests.models.applications import check_equals


def test_equals_keras_applications_with_its_weights():
    check_equals(efficientnet_b0, keras.applications.EfficientNetB0, 64, scale=255)


@pytest.mark.slow
def test_narrow_net_learns_and_loads():
    build = partial(efficientnet, width=0.25, stem_stride=1, dropout=0.0, path_dropout=0.0)
    net = efficientnet((32, 32, 3), 3, width=0.25)
    assert {layer.output.shape[-1] % 8 for layer in net.layers if "project" in layer.name} == {0}
    check_model(build, (32, 32, 3), (3,), params=costs(net).trainable_parameters)


def test_depth_is_rounded_up_and_later_branches_are_dropped_more_often():
    net = efficientnet((32, 32, 3), 2, width=0.1, depth=1.1, path_dropout=0.2)
    repeats = [math.ceil(1.1 * n) for n in (1, 2, 2, 3, 3, 4, 1)]
    names = {layer.name for layer in net.layers}
    assert f"block{sum(repeats) - 1}_depthwise" in names
    assert f"block{sum(repeats)}_depthwise" not in names
    rates = [layer.rate for layer in net.layers if layer.name.endswith("_drop_path")]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(0.2 * (sum(repeats) - 1) / sum(repeats))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (31, 224, 3)}, "at least 32×32 pixels"),
        ({"depth": 0}, "`depth` must be .*positive"),
        ({"path_dropout": 1.0}, r"`path_dropout` must lie in \[0, 1\)"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        efficientnet(**arguments)
