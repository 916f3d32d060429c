import keras
import numpy as np
import pytest

from keras_dl.models import linear_regression, logistic_regression
from tests.checks import check_model, check_saving, count_parameters, forward


def test_logistic_regression_learns_and_loads():
    check_model(logistic_regression, (4, 4, 1), (3,), params=16 * 3 + 3)


@pytest.mark.parametrize("num_outputs", [1, 3])
def test_linear_regression_is_x_w_plus_b(num_outputs):
    model = linear_regression((5,), num_outputs)
    x = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    assert count_parameters(model) == 5 * num_outputs + num_outputs
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(forward(model, x), x @ kernel + bias, rtol=1e-5, atol=1e-6)
    check_saving(model, x)


def test_gradient_descent_reaches_least_squares():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3)).astype("float32")
    y = x @ np.array([[1.0], [-2.0], [0.5]]) + 3 + 0.1 * rng.normal(size=(40, 1))
    model = linear_regression((3,))
    model.compile(keras.optimizers.SGD(0.3), "mse")
    model.fit(x, y, batch_size=40, epochs=60, verbose=0)
    best = np.linalg.lstsq(np.column_stack([x, np.ones(40)]), y, rcond=None)[0]
    found = np.concatenate([weight.ravel() for weight in model.get_weights()])
    np.testing.assert_allclose(found, best.ravel(), atol=1e-3)


def test_ridge_penalty():
    model = linear_regression((3,), weight_decay=0.2)
    expected = 0.1 * np.sum(model.get_weights()[0] ** 2)
    assert float(keras.ops.convert_to_numpy(model.losses[0])) == pytest.approx(expected, rel=1e-5)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`num_outputs` must be at least 1"):
        linear_regression((3,), 0)
    with pytest.raises(ValueError, match="`num_classes` must be at least 2"):
        logistic_regression((3,), 1)
