from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import lecun1989, net1, net2, net3, net4, net5
from keras_dl.models.lecun1989 import H2_CONNECTIONS
from tests.checks import check_model, forward

IMAGES = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 1)).astype("float32")


@pytest.mark.parametrize(
    ("build", "params"),
    [(net1, 2570), (net2, 3214), (net3, 1226), (net4, 1132), (net5, 1060), (lecun1989, 9760)],
)
def test_nets_have_the_published_size(build, params):
    check_model(build, (16, 16, 1), (10,), params=params)


def test_every_option_together():
    build = partial(
        lecun1989,
        activation="relu",
        output_activation="tanh",
        background=0.0,
        dropout=0.2,
        initializer="he_normal",
    )
    check_model(build, (16, 16, 1), (10,), params=9760)


def test_each_map_of_h2_sees_eight_and_each_of_h1_feeds_eight():
    table = np.zeros((12, 12), int)
    for unit, maps in enumerate(H2_CONNECTIONS):
        table[unit, list(maps)] += 1
    assert (table.sum(axis=0) == 8).all()
    assert (table.sum(axis=1) == 8).all()


def _squash(x):
    return 1.7159 * np.tanh(2 * x / 3)


def _weights(model, name):
    return [keras.ops.convert_to_numpy(w) for w in model.get_layer(name).weights]


def _randomised(model):
    """Biases too, which start at 0."""
    rng = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(rng.normal(0, 0.3, weight.shape))
    return model


@pytest.mark.parametrize("background", [-1.0, 0.5])
def test_lecun1989_equals_a_loop_over_units(background):
    model = _randomised(lecun1989(background=background))
    kernel, bias = _weights(model, "h1")
    x = np.pad(IMAGES, ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=background)
    h1 = np.empty((2, 8, 8, 12))
    for row, column in np.ndindex(8, 8):
        field = x[:, 2 * row : 2 * row + 5, 2 * column : 2 * column + 5, 0]
        h1[:, row, column] = np.einsum("bij,ijf->bf", field, kernel[:, :, 0]) + bias[row, column]
    h1 = np.pad(_squash(h1), ((0, 0), (2, 2), (2, 2), (0, 0)), constant_values=background)

    kernel, bias = _weights(model, "h2")
    h2 = np.empty((2, 4, 4, 12))
    for row, column, unit in np.ndindex(4, 4, 12):
        field = h1[:, 2 * row : 2 * row + 5, 2 * column : 2 * column + 5]
        seen = field[..., list(H2_CONNECTIONS[unit])]
        own = kernel[:, :, 8 * unit : 8 * unit + 8]
        h2[:, row, column, unit] = np.einsum("bijc,ijc->b", seen, own) + bias[row, column, unit]

    kernel, bias = _weights(model, "h3")
    h3 = _squash(_squash(h2).reshape(2, 192) @ kernel + bias)
    kernel, bias = _weights(model, "logits")
    np.testing.assert_allclose(forward(model, IMAGES), h3 @ kernel + bias, rtol=1e-4, atol=1e-4)


def test_net3_equals_a_loop_over_places():
    model = _randomised(net3())
    x = IMAGES
    for name, size, places in (("hidden1", 3, 8), ("hidden2", 5, 4)):
        kernel, bias = _weights(model, name)
        before = (size - 2) // 2  # "same" at stride 2 pads size − 2 in all, the odd one after
        x = np.pad(x, ((0, 0), (before, size), (before, size), (0, 0)))
        y = np.empty((2, places, places, 1))
        for row, column in np.ndindex(places, places):
            field = x[:, 2 * row : 2 * row + size, 2 * column : 2 * column + size]
            y[:, row, column] = np.einsum("bijc,ijcf->bf", field, kernel[row, column])
        x = _squash(y + bias)
    kernel, bias = _weights(model, "logits")
    expected = x.reshape(2, 16) @ kernel + bias
    np.testing.assert_allclose(forward(model, IMAGES), expected, rtol=1e-4, atol=1e-4)


def test_initial_weights_lie_within_2_4_over_the_fan_in():
    model = lecun1989()
    for name, fan_in in (("h1", 25), ("h2", 200), ("h3", 192), ("logits", 30)):
        assert np.abs(_weights(model, name)[0]).max() <= np.float32(2.4 / fan_in)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_shape": (7, 16, 1)}, ValueError, "at least 8×8 pixels"),
        ({"activation": "step"}, ValueError, "`activation` must be one of .*heaviside"),
        ({"output_activation": "softmax"}, ValueError, "`output_activation` must be one of"),
        ({"background": None}, TypeError, "`background` must be a number"),
        ({"weight_decay": -1.0}, ValueError, "`weight_decay` must be finite and 0 or more"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        lecun1989(**arguments)
