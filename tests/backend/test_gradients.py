import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import (
    gradients,
    input_gradient,
    loss_at,
    tensor_gradients,
    weight_gradients,
)
from tests.diagnostics.values import batch, small


def number(tensor):
    return float(keras.ops.convert_to_numpy(tensor))


def test_gradient_of_a_sum_of_squares():
    (slope,) = gradients(lambda v: keras.ops.sum(v[0] ** 2), [np.array([1.0, -3.0])])
    np.testing.assert_array_equal(slope, [2.0, -6.0])


def test_what_has_no_effect_gets_zeros():
    slopes = gradients(lambda v: keras.ops.sum(v[0]), [np.ones(2), np.ones((3, 1))])
    np.testing.assert_array_equal(slopes[1], np.zeros((3, 1)))


def test_loss_is_the_one_that_evaluate_reports():
    model, (x, y) = small(weight_decay=0.1), batch()
    assert number(loss_at(model, x, y)) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)


@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1}, {"batch_norm": True}])
def test_weight_gradients_are_difference_quotients(options):
    model, (x, y) = small(**options), batch()
    found = weight_gradients(model, x, y)
    values = [keras.ops.convert_to_numpy(v) for v in model.trainable_variables]
    for index, value in enumerate(values):
        moved = []
        for sign in (1, -1):
            shifted = [v.copy() for v in values]
            shifted[index].flat[0] += sign * 1e-2
            moved.append(number(loss_at(model, x, y, shifted)))
        quotient = (moved[0] - moved[1]) / 2e-2
        # float32: losses of about 1 have 1e-7, over a step of 0.02
        assert found[index].flat[0] == pytest.approx(quotient, abs=5e-4)
        assert found[index].shape == value.shape


def test_input_gradient_is_a_difference_quotient():
    model, (x, y) = small(), batch()
    found = input_gradient(model, x, y)
    up, down = x.copy(), x.copy()
    up[3, 2] += 0.01
    down[3, 2] -= 0.01
    quotient = (number(loss_at(model, up, y)) - number(loss_at(model, down, y))) / 0.02
    assert found.shape == x.shape
    assert found[3, 2] == pytest.approx(quotient, abs=2e-5)


def test_integer_pixels_are_taken():
    model, (_, y) = small(), batch()
    pixels = np.random.default_rng(0).integers(0, 256, (16, 6)).astype("uint8")
    assert input_gradient(model, pixels, y).dtype == np.float32


def test_model_stays_as_it_is():
    model, (x, y) = small(batch_norm=True, dropout=0.5), batch()
    before = [keras.ops.convert_to_numpy(v) for v in model.variables]
    weight_gradients(model, x, y, training=True)
    input_gradient(model, x, y, training=True)
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), old)


def test_model_must_be_compiled():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="`model` must be compiled"):
        weight_gradients(model, *batch())


def test_derivatives_can_be_differentiated_again():
    """d/dx of (d/dy x²y³)² at (2, 3): 2·(3x²y²)·(6xy²)."""

    def r1_penalty(values):
        x, y = values
        inner = tensor_gradients(lambda v: x**2 * v[0] ** 3, [y], again=True)[0]
        return inner**2

    slope, _ = gradients(r1_penalty, [np.array(2.0), np.array(3.0)])
    assert slope == pytest.approx(2 * (3 * 4 * 9) * (6 * 2 * 9))
