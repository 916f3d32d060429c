import keras
import numpy as np
import pytest
from recipes.universal_approximation import build, data, recipe, report

from keras_dl.models import mlp
from tests.checks import forward


def test_linear_layers_in_a_row_are_one_of_their_smallest_width():
    """Without an activation the map has the rank of its narrowest layer, whatever the depth."""
    keras.utils.set_random_seed(0)
    stack = mlp((5,), 6, units=(8, 2, 9), activation="linear")
    kernels = [w for w in stack.get_weights() if w.ndim == 2]
    product = np.linalg.multi_dot(kernels)
    assert np.linalg.matrix_rank(product, tol=1e-5) == 2
    x = np.random.default_rng(0).normal(size=(7, 5)).astype("float32")
    offset = forward(stack, np.zeros((1, 5), "float32"))
    np.testing.assert_allclose(forward(stack, x), x @ product + offset, rtol=1e-4, atol=1e-5)


def test_nets_of_different_widths_do_not_touch_each_other():
    points = data(function="sine")
    model = build(points, widths=(2, 3))
    before = {v.path: np.array(v) for v in model.trainable_variables}

    def first_alone(y, outputs):
        return keras.ops.mean(keras.ops.square(outputs[:, :1] - y))

    model.compile(keras.optimizers.SGD(0.1), first_alone)
    model.train_on_batch(points.train.x[::50], points.train.y[::50])
    moved = [v.path for v in model.trainable_variables if (np.array(v) != before[v.path]).any()]
    assert moved
    assert all("_2/" in path for path in moved)


def test_each_net_is_measured_against_the_function():
    points = data(function="bump")
    model = build(points, widths=(1, 4))
    numbers = report(model, points)
    errors = np.abs(model.predict(points.test.x, verbose=0) - points.test.y).max(axis=0)
    found = [numbers["largest_error_width_1"], numbers["largest_error_width_4"]]
    np.testing.assert_allclose(found, errors, rtol=1e-6)
    assert numbers["largest_error_linear"] > 0.5  # a bump is not a line


@pytest.mark.slow
def test_the_largest_error_falls_with_the_width(store):
    result = recipe.run(epochs=20, widths=(1, 4, 16), verbose=False)
    errors = [result.metrics[f"largest_error_width_{width}"] for width in (1, 4, 16)]
    assert errors[0] > 2 * errors[1] > 2 * errors[2]
    assert errors[2] < 0.05
