import keras
import numpy as np
import pytest

from keras_dl import diagnostics
from keras_dl.models import lenet5
from tests.diagnostics.values import batch, small


def line(bias=False):
    """y = w1·x1 + w2·x2 with squared error."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


def test_surface_over_two_parameters_is_the_loss_itself():
    x = np.array([[1.0, 0.0], [0.0, 2.0]], "float32")
    y = np.array([[1.0], [2.0]], "float32")
    model = line()
    first, second = np.array([0.0, 1.0, 2.0]), np.array([-1.0, 1.0])
    found = diagnostics.loss_surface(
        model, x, y, diagnostics.parameter_axes(model), first, second, centre=[np.zeros((2, 1))]
    )
    expected = [[((a - 1) ** 2 + (2 * b - 2) ** 2) / 2 for a in first] for b in second]
    np.testing.assert_allclose(found.loss, expected, rtol=1e-6)


def test_centre_of_the_surface_is_the_model():
    model, (x, y) = small(), batch()
    before = model.get_weights()
    found = diagnostics.loss_surface(
        model, x, y, diagnostics.random_directions(model), [0.0], [0.0]
    )
    assert found.loss[0, 0] == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_directions_have_the_norm_of_each_filter():
    keras.utils.set_random_seed(0)
    model = lenet5((28, 28, 1), 10)
    for direction in diagnostics.random_directions(model, seed=3):
        for variable, step in zip(model.trainable_variables, direction, strict=True):
            weight = keras.ops.convert_to_numpy(variable)
            if weight.ndim == 1:
                assert not step.any()
            else:
                norms = [np.linalg.norm(w.reshape(-1, w.shape[-1]), axis=0) for w in (weight, step)]
                np.testing.assert_allclose(norms[1], norms[0], rtol=1e-5)


def test_seeds_give_directions():
    model = small()
    one, other, again = (diagnostics.random_directions(model, seed)[0][0] for seed in (0, 1, 0))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_path_projected_on_the_axes_is_the_path():
    model = line()
    model.set_weights([np.array([[2.0], [-1.0]])])
    path = diagnostics.WeightPath()
    x = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
    model.fit(x, x.sum(axis=1), epochs=3, verbose=0, callbacks=[path])
    axes = diagnostics.parameter_axes(model)
    points = diagnostics.project_path(path.path, axes, [np.zeros((2, 1))])
    assert points.shape == (4, 2)
    np.testing.assert_allclose(points[0], [2.0, -1.0])
    np.testing.assert_allclose(points[-1], model.get_weights()[0].ravel(), rtol=1e-6)


def test_what_lies_off_the_plane_is_lost():
    directions = [np.array([1.0, 0.0, 0.0])], [np.array([1.0, 1.0, 0.0])]
    points = diagnostics.project_path([[np.array([3.0, 2.0, 7.0])]], directions, [np.zeros(3)])
    np.testing.assert_allclose(points, [[1.0, 2.0]], atol=1e-12)


def test_axes_need_two_parameters():
    with pytest.raises(ValueError, match=r"two trainable parameters.*Received: 74 parameters"):
        diagnostics.parameter_axes(small())


def test_directions_of_another_model_are_refused():
    model = small()
    with pytest.raises(ValueError, match=r"`directions\[0\]` must hold an array for each"):
        diagnostics.loss_surface(model, *batch(), diagnostics.parameter_axes(line()), [0.0], [0.0])
