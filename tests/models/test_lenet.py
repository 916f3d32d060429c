from functools import partial

import keras
import numpy as np
import pytest

from keras_dl.models import lenet5, lenet5_1998
from keras_dl.models.lenet import C3_CONNECTIONS
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
        ({"pooling": "avg"}, ValueError, r"`pooling` must be .average. or .max..*pooling='avg'"),
        ({"dropout": -0.1}, ValueError, r"`dropout` must lie in \[0, 1\).*dropout=-0.1"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        lenet5(**{"input_shape": (28, 28, 1), "num_classes": 10, **arguments})


def test_lenet5_1998_has_the_published_size():
    check_model(lenet5_1998, (32, 32, 1), (10,), params=60_000)


def test_lenet5_1998_with_every_option():
    build = partial(
        lenet5_1998,
        activation="relu",
        sparse=False,
        rbf=False,
        dropout=0.2,
        initializer="he_normal",
    )
    # Thirty-six kernels more in c3 than the table has, and an output of 84 weights a class.
    check_model(build, (28, 28, 1), (3,), params=60_000 + 36 * 25 + 85 * 3)


def test_other_numbers_of_classes_get_codes_of_their_own():
    check_model(lenet5_1998, (32, 32, 3), (12,), params=60_000 + 2 * 25 * 6)
    codes = lenet5_1998(num_classes=1000).get_layer("logits").codes
    products = codes.astype(int) @ codes.T
    apart = (84 - products[~np.eye(1000, dtype=bool)]) // 2
    assert apart.min() >= 15


def test_c3_follows_table_1():
    counts = [len(maps) for maps in C3_CONNECTIONS]
    assert counts == [3] * 6 + [4] * 9 + [6]
    assert C3_CONNECTIONS[0] == (0, 1, 2)
    assert C3_CONNECTIONS[4] == (0, 4, 5)
    assert C3_CONNECTIONS[9] == (0, 3, 4, 5)
    assert len(set(C3_CONNECTIONS)) == 16
    feeds = [sum(seen in maps for maps in C3_CONNECTIONS) for seen in range(6)]
    assert feeds == [10] * 6  # the table's columns: each map of s2 feeds ten


def test_lenet5_1998_equals_a_numpy_twin():
    model = lenet5_1998()
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:  # biases and coefficients too
        weight.assign(rng.normal(0.1, 0.2, weight.shape))
    images = rng.normal(size=(2, 32, 32, 1)).astype("float32")
    codes = model.get_layer("logits").codes
    x = _numpy_f6(model, images)
    expected = -((x[:, None] - codes) ** 2).sum(axis=-1)
    # Sums of 84 squares, of size 100 to 300.
    np.testing.assert_allclose(forward(model, images), expected, rtol=1e-4, atol=1e-3)


def _numpy_f6(model, x):
    """Evaluate LeNet-5 up to f6 after section II.B of LeCun et al. 1998."""

    def squash(x):
        return 1.7159 * np.tanh(2 * x / 3)

    def conv(x, kernel):
        patches = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(1, 2))
        return np.einsum("byxcij,ijcf->byxf", patches, kernel)

    def subsample(x, name):
        coefficient, bias = model.get_layer(name).get_weights()
        batch, rows, columns, maps = x.shape
        x = x.reshape(batch, rows // 2, 2, columns // 2, 2, maps).sum(axis=(2, 4))
        return squash(coefficient / 4 * x + bias)

    kernel, bias = model.get_layer("c1").get_weights()
    x = subsample(squash(conv(x, kernel) + bias), "s2")
    kernel, bias = model.get_layer("c3").get_weights()
    ends = np.cumsum([len(maps) for maps in C3_CONNECTIONS])
    maps = []
    for end, seen in zip(ends, C3_CONNECTIONS, strict=True):
        own = kernel[:, :, end - len(seen) : end, None]
        maps.append(conv(x[..., list(seen)], own))
    x = subsample(squash(np.concatenate(maps, axis=-1) + bias), "s4")
    kernel, bias = model.get_layer("c5").get_weights()
    x = squash(conv(x, kernel) + bias)[:, 0, 0]
    kernel, bias = model.get_layer("f6").get_weights()
    return squash(x @ kernel + bias)


def test_weight_decay_is_half_lambda_times_the_squared_kernels():
    for build in (lenet5, lenet5_1998):
        model = build((28, 28, 1), 4, weight_decay=0.1)
        kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
        squares = sum(np.sum(np.square(keras.ops.convert_to_numpy(k))) for k in kernels)
        total = sum(float(keras.ops.convert_to_numpy(loss)) for loss in model.losses)
        assert total == pytest.approx(0.05 * squares, rel=1e-4)
