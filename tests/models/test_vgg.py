from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import vgg, vgg11, vgg16, vgg19
from tests.checks import check_model, count_parameters
from tests.models.applications import check_equals


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "peer"), [(vgg16, keras.applications.VGG16), (vgg19, keras.applications.VGG19)]
)
def test_equals_keras_applications_with_its_weights(build, peer):
    check_equals(build, peer, 32)


@pytest.mark.parametrize("batch_norm", [False, True])
def test_narrow_net_learns_and_loads(batch_norm):
    build = partial(vgg11, width=1 / 32, batch_norm=batch_norm, dropout=0.0, weight_decay=0.0)
    filters = (2, 4, 8, 8, 16, 16, 16, 16)
    inputs = (3, *filters[:-1])
    convolutions = sum((9 * n + 1) * m for n, m in zip(inputs, filters, strict=True))
    norms = sum(filters) + 2 * 128 if batch_norm else 0
    params = convolutions + 17 * 128 + 129 * 128 + 129 * 3 + norms
    check_model(build, (32, 32, 3), (3,), params=params)


def test_penalty_is_half_lambda_times_the_squared_kernels():
    model = vgg((32, 32, 1), 2, blocks=(1,) * 5, width=0.02, weight_decay=0.1)
    squares = [np.sum(np.square(x.get_weights()[0])) for x in model.layers if x.weights]
    total = sum(float(keras.ops.convert_to_numpy(loss)) for loss in model.losses)
    assert total == pytest.approx(0.05 * sum(squares), rel=1e-4)


def test_width_multiplies_dense_units_too():
    model = vgg((32, 32, 3), 10, blocks=(1,) * 5, width=0.25)
    assert model.get_layer("block5_pool").output.shape[-1] == 128
    assert model.get_layer("fc2").output.shape[-1] == 1024
    assert count_parameters(model) < 2_000_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (31, 224, 3)}, "at least 32×32 pixels"),
        ({"blocks": (1, 1)}, r"`blocks` must hold five integers.*\(1, 1\)"),
        ({"blocks": (1, 1, 1, 1, 0)}, r"`blocks\[4\]` must be at least 1"),
        ({"width": 0.0}, "`width` must be .*positive"),
        ({"activation": "rel"}, "`activation` must be one of"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        vgg(**arguments)
