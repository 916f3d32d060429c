"""Slips in printed formulas; the correct ones agree with Keras or NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_dl.facts import formulas
from keras_dl.facts.formulas import (
    batch_norm,
    batch_norm_as_printed,
    binary_cross_entropy,
    binary_cross_entropy_as_printed,
    convolution_size,
    dropout_rate,
    dropout_rate_as_printed,
    he_deviation,
    he_deviation_as_printed,
    kernel_expansion,
    kernel_expansion_as_printed,
    kernel_features,
    overlapping_pooling,
    overlapping_pooling_as_printed,
    squared_error,
    squared_error_as_printed,
    vgg16_parameters,
    vgg16_parameters_as_printed,
)

RNG = np.random.default_rng(0)


def slope(loss, target, prediction, step=1e-3):
    """dL/df by differences."""
    above, below = (
        float(loss(np.array([target]), np.array([prediction + s]))) for s in (step, -step)
    )
    return (above - below) / (2 * step)


def test_every_printed_formula_has_a_correct_one():
    printed = [n for n in formulas.__all__ if n.endswith("_as_printed")]
    assert len(printed) == 8
    assert {n.removesuffix("_as_printed") for n in printed} <= set(formulas.__all__)


def test_cross_entropy_is_that_of_keras():
    targets, chances = RNG.integers(0, 2, 20).astype("float64"), RNG.uniform(0.05, 0.95, 20)
    keras_mean = keras.losses.BinaryCrossentropy()(targets[:, None], chances[:, None])
    assert float(binary_cross_entropy(targets, chances)) == pytest.approx(
        20 * float(keras_mean), rel=1e-5
    )


def test_cross_entropy_takes_integer_targets():
    assert float(binary_cross_entropy(np.array([1, 0]), np.array([0.5, 0.5]))) == pytest.approx(
        2 * np.log(2)
    )


def test_the_lectures_example_does_not_show_its_slip():
    one, chance = np.array([1.0]), np.array([0.1])
    assert float(binary_cross_entropy(one, chance)) == pytest.approx(2.302585, abs=1e-6)
    assert float(binary_cross_entropy_as_printed(one, chance)) == pytest.approx(2.302585, abs=1e-6)


def test_printed_cross_entropy_is_negative_for_the_other_class():
    zero, chance = np.array([0.0]), np.array([0.1])
    assert float(binary_cross_entropy(zero, chance)) == pytest.approx(0.105361, abs=1e-6)
    assert float(binary_cross_entropy_as_printed(zero, chance)) == pytest.approx(
        -0.105361, abs=1e-6
    )


@pytest.mark.parametrize(
    ("target", "right", "printed"), [(1.0, -10.0, -10.0), (0.0, 1 / 0.9, -1 / 0.9)]
)
def test_printed_cross_entropy_pushes_class_0_the_wrong_way(target, right, printed):
    assert slope(binary_cross_entropy, target, 0.1) == pytest.approx(right, rel=1e-3)
    assert slope(binary_cross_entropy_as_printed, target, 0.1) == pytest.approx(printed, rel=1e-3)


def test_printed_cross_entropy_has_no_lower_bound():
    zero = np.array([0.0])
    falling = [
        float(binary_cross_entropy_as_printed(zero, np.array([f]))) for f in (0.5, 0.9, 0.999)
    ]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < -6


def test_descent_on_the_printed_cross_entropy_ends_at_the_wrong_class():
    ends = []
    for loss in (binary_cross_entropy, binary_cross_entropy_as_printed):
        logit = 0.0
        for _ in range(12):  # further on, the step of `slope` leaves (0, 1)
            chance = 1 / (1 + np.exp(-logit))
            logit -= 0.5 * slope(loss, 0.0, chance) * chance * (1 - chance)
        ends.append(1 / (1 + np.exp(-logit)))
    assert ends[0] < 0.2
    assert ends[1] > 0.95


def test_squared_error_is_numpys():
    targets, predictions = RNG.normal(size=(2, 7, 3))
    expected = ((targets - predictions) ** 2).sum()
    assert float(squared_error(targets, predictions)) == pytest.approx(expected, rel=1e-5)


def test_printed_squared_error_punishes_the_perfect_prediction():
    targets = np.array([1.0, 2.0])
    assert float(squared_error(targets, targets)) == 0
    assert float(squared_error_as_printed(targets, targets)) == 9
    assert float(squared_error_as_printed(targets, 0 * targets)) == 0
    assert slope(squared_error, 2.0, 1.0) == pytest.approx(-2, rel=1e-3)  # towards the target
    assert slope(squared_error_as_printed, 2.0, 1.0) == pytest.approx(4, rel=1e-3)  # towards 0


@pytest.mark.parametrize("m", [4, 25, 400])
def test_printed_batch_norm_shrinks_with_the_batch(m):
    inputs = RNG.normal(3, 2, (m, 6)).astype("float32")
    right, printed = (ops.convert_to_numpy(f(inputs)) for f in (batch_norm, batch_norm_as_printed))
    np.testing.assert_allclose(right.std(axis=0), 1, rtol=1e-4)
    np.testing.assert_allclose(printed.std(axis=0), 1 / np.sqrt(m), rtol=1e-4)
    np.testing.assert_allclose(right.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(printed * np.sqrt(m), right, rtol=1e-3, atol=1e-5)


def test_features_are_those_of_the_kernel():
    x, y = RNG.normal(size=(2, 50, 2)).astype("float32")
    products = ops.convert_to_numpy(ops.sum(kernel_features(x) * kernel_features(y), axis=-1))
    kernel = (x * y).sum(axis=-1) ** 2
    np.testing.assert_allclose(products, kernel, rtol=1e-4, atol=1e-5)
    expanded = ops.convert_to_numpy(kernel_expansion(x, y))
    np.testing.assert_allclose(expanded, kernel, rtol=1e-4, atol=1e-5)


def test_printed_expansion_is_no_kernel():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert float(kernel_expansion(x, y)) == (x @ y) ** 2 == 121
    assert float(kernel_expansion_as_printed(x, y)) == 313
    assert float(kernel_expansion_as_printed(y, x)) != 313
    assert float(kernel_expansion(y, x)) == 121


def test_printed_rate_drops_what_was_to_be_kept():
    shares = []
    for rate in (dropout_rate(0.8), dropout_rate_as_printed(0.8)):
        dropped = keras.layers.Dropout(rate, seed=0)(np.ones((100, 200)), training=True)
        shares.append(np.mean(ops.convert_to_numpy(dropped) > 0))
    assert shares == [pytest.approx(0.8, abs=0.01), pytest.approx(0.2, abs=0.01)]
    assert dropout_rate(0.5) == dropout_rate_as_printed(0.5)  # half hides it


def test_printed_deviation_lets_the_signal_vanish():
    sizes = []
    for deviation in (he_deviation(200), he_deviation_as_printed(200)):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(50, 200))
        for _ in range(5):
            x = np.maximum(x @ rng.normal(0, deviation, (200, 200)), 0)
        sizes.append(np.sqrt((x**2).mean()))
    assert 0.4 < sizes[0] < 2
    # Relu is homogeneous: five layers of weights ten times too small.
    assert sizes[0] / sizes[1] == pytest.approx(10**5, rel=1e-6)


def test_deviation_is_that_of_the_initializer():
    weights = keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal", seed=0)(
        (200, 500)
    )
    assert ops.convert_to_numpy(weights).std() == pytest.approx(he_deviation(200), rel=0.02)


def test_pooling_shrinks_and_normalisation_does_not():
    images = RNG.uniform(0, 1, (2, 13, 13, 8)).astype("float32")
    pooled, normalised = overlapping_pooling(images), overlapping_pooling_as_printed(images)
    assert pooled.shape == (2, 6, 6, 8)
    assert normalised.shape == images.shape
    corner = images[:, :3, :3, :].max(axis=(1, 2))
    np.testing.assert_array_equal(ops.convert_to_numpy(pooled)[:, 0, 0, :], corner)
    assert (ops.convert_to_numpy(normalised) < images).all()


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "out"),
    [(227, 11, 4, 0, 55), (27, 5, 1, 2, 27), (55, 3, 2, 0, 27), (32, 5, 1, 0, 28), (3, 3, 1, 0, 1)],
)
def test_size_of_a_convolution_is_that_of_keras(size, kernel, stride, padding, out):
    assert convolution_size(size, kernel, stride, padding) == out
    layer = keras.layers.Conv2D(1, kernel, stride)
    around = size + 2 * padding
    assert layer.compute_output_shape((None, around, around, 1))[1] == out


@pytest.mark.parametrize(("size", "kernel", "stride"), [(224, 11, 4), (2, 3, 1)])
def test_size_that_does_not_fit_is_refused(size, kernel, stride):
    with pytest.raises(ValueError, match=f"`size` must let .* Received: size={size}, "):
        convolution_size(size, kernel, stride)


def test_vgg16_lacks_a_convolution_in_the_printed_table():
    assert vgg16_parameters() == 138_357_544
    assert vgg16_parameters_as_printed() == 137_767_464
    assert vgg16_parameters() - vgg16_parameters_as_printed() == (9 * 256 + 1) * 256
