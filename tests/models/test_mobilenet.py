from functools import partial
from itertools import pairwise

import keras
import pytest

from keras_dl.models import mobilenet
from tests.checks import check_model
from tests.models.applications import check_equals


@pytest.mark.parametrize("width", [1.0, 0.75])
def test_equals_keras_applications_with_its_weights(width):
    build = partial(mobilenet, width=width)
    check_equals(build, keras.applications.MobileNet, 64, alpha=width)


def test_narrow_shallow_net_learns_and_loads():
    build = partial(mobilenet, width=0.25, depth=0, stem_stride=1, dropout=0.0)
    filters = (8, 16, 32, 32, 64, 64, 128, 256, 256)
    blocks = sum(9 * n + 2 * n + n * m + 2 * m for n, m in pairwise(filters))
    check_model(build, (32, 32, 3), (4,), params=27 * 8 + 2 * 8 + blocks + 257 * 4)


def test_a_stride_of_1_keeps_twice_the_size():
    for stride, side in ((2, 1), (1, 2)):
        model = mobilenet((32, 32, 3), 2, width=0.1, stem_stride=stride)
        assert model.get_layer("block13_pointwise_relu").output.shape[1] == side


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (31, 224, 3)}, "at least 32×32 pixels"),
        ({"depth": -1}, "`depth` must be at least 0"),
        ({"width": 0.01}, "`width` must leave each layer a filter.*0.01"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        mobilenet(**arguments)
