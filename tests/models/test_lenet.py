from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import lenet5
from tests.checks import check_model, count_parameters, forward


def test_lenet5_has_the_published_size():
    check_model(lenet5, (28, 28, 1), (10,), params=61_706)


def test_every_option_together():
    build = partial(
        lenet5,
        activation="relu",
        pooling="max",
        dropout=0.2,
        batch_norm=True,
        initializer="he_normal",
    )
    # Four biases give way to four pairs of scale and offset.
    check_model(build, (28, 28, 1), (10,), params=61_706 + 6 + 16 + 120 + 84)


@pytest.mark.parametrize(
    ("activation", "pooling", "size"),
    [("tanh", "average", 28), ("relu", "max", 32), ("relu", "average", 45)],
)
def test_values_equal_a_numpy_twin(activation, pooling, size):
    keras.utils.set_random_seed(0)
    model = lenet5((size, size, 1), 10, activation=activation, pooling=pooling)
    images = np.random.default_rng(0).random((2, size, size, 1), dtype="float32")
    squash = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}[activation]
    pool = {"average": np.mean, "max": np.max}[pooling]
    expected = _numpy_lenet5(model, images, squash, pool)
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-5)


def _numpy_lenet5(model, x, squash, pool):
    """Evaluate LeNet-5 after figure 2 of LeCun et al. 1998, with the weights of `model`."""

    def weights(name):
        return [keras.ops.convert_to_numpy(w) for w in model.get_layer(name).weights]

    def conv(x, name):
        kernel, bias = weights(name)
        patches = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(1, 2))
        return squash(np.einsum("byxcij,ijcf->byxf", patches, kernel) + bias)

    def halve(x):
        rows, columns = x.shape[1] // 2, x.shape[2] // 2
        x = x[:, : 2 * rows, : 2 * columns].reshape(len(x), rows, 2, columns, 2, -1)
        return pool(x, axis=(2, 4))

    border = 2 if x.shape[1] < 32 else 0
    x = np.pad(x, ((0, 0), (border, border), (border, border), (0, 0)))
    x = conv(halve(conv(halve(conv(x, "c1")), "c3")), "c5").mean(axis=(1, 2))
    for name, function in (("f6", squash), ("logits", lambda x: x)):
        kernel, bias = weights(name)
        x = function(x @ kernel + bias)
    return x


@pytest.mark.parametrize("size", [28, 31, 32, 35, 36, 64, 101])
def test_size_does_not_depend_on_the_image(size):
    assert count_parameters(lenet5((size, size, 1), 10)) == 61_706


@pytest.mark.parametrize(
    ("input_shape", "c1", "c5"),
    [
        ((28, 28, 1), (28, 28), (1, 1)),
        ((32, 32, 1), (28, 28), (1, 1)),
        ((64, 64, 3), (60, 60), (9, 9)),
        ((28, 64, 3), (28, 64), (1, 10)),
    ],
)
def test_maps_grow_with_the_image(input_shape, c1, c5):
    model = lenet5(input_shape, 10)
    assert model.get_layer("c1").output.shape == (None, *c1, 6)
    assert model.get_layer("c5").output.shape == (None, *c5, 120)


def test_layer_names_are_the_paper_s():
    names = [layer.name for layer in lenet5((32, 32, 1), 10).layers]
    assert names == ["input", "c1", "s2", "c3", "s4", "c5", "c5_mean", "f6", "logits"]


def test_numpy_sizes_are_accepted():
    model = lenet5(tuple(np.array([28, 28, 1])), np.int64(10))
    assert model.output_shape == (None, 10)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_shape": (28, 28)}, ValueError, r"`input_shape` must have three axes.*\(28, 28\)"),
        ({"input_shape": (28, 27, 1)}, ValueError, r"at least 28×28 pixels.*\(28, 27, 1\)"),
        ({"pooling": "avg"}, ValueError, r"`pooling` must be one of average, max.*pooling='avg'"),
        ({"dropout": -0.1}, ValueError, r"`dropout` must lie in \[0, 1\).*dropout=-0.1"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        lenet5(**{"input_shape": (28, 28, 1), "num_classes": 10, **arguments})
