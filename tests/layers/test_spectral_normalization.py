import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import gradients
from keras_dl.layers import SpectralNormalization
from tests.layers.checking import check_layer, images, values


def settled(layer, shape, calls=200):
    """The layer after so many steps of power iteration."""
    keras.utils.set_random_seed(0)
    normal = SpectralNormalization(layer)
    normal.build((None, *shape))
    for _ in range(calls):
        normal(images(1, *shape), training=True)
    return normal


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(keras.layers.Dense(4), (6,)), (keras.layers.Conv2D(5, 3, padding="same"), (4, 4, 2))],
)
def test_kernel_is_divided_by_its_largest_singular_value(layer, shape):
    normal = settled(layer, shape)
    kernel = np.asarray(layer.kernel)
    sigma = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
    inputs = images(3, *shape)
    before = kernel.copy()
    found = values(normal, inputs)
    np.testing.assert_array_equal(layer.kernel, before)  # it is left alone
    layer.kernel.assign(kernel / sigma)
    np.testing.assert_allclose(found, values(layer, inputs), rtol=1e-4, atol=1e-5)


def test_iteration_goes_on_while_training_only():
    normal = settled(keras.layers.Dense(4), (6,), calls=1)
    before = np.asarray(normal.vector_u).copy()
    normal(images(1, 6))
    np.testing.assert_array_equal(normal.vector_u, before)
    normal(images(1, 6), training=True)
    assert not np.array_equal(normal.vector_u, before)


def test_gradient_goes_through_the_division():
    """It is that of ⟨g, W/σ⟩, and at right angles to W: W/σ does not change with W's size."""
    normal = settled(keras.layers.Dense(4, use_bias=False), (6,))
    kernel, inputs = np.asarray(normal.layer.kernel), images(3, 6)

    def total(v):
        outputs, _ = normal.stateless_call(v, [normal.vector_u.value], inputs)
        return keras.ops.sum(outputs**2)

    (found,) = gradients(total, [kernel])
    assert np.sum(found * kernel) == pytest.approx(0, abs=1e-3)
    u, s, vt = np.linalg.svd(kernel)
    outer = 2 * inputs.T @ inputs @ kernel / s[0]
    expected = outer / s[0] - np.sum(outer * kernel) / s[0] ** 2 * np.outer(u[:, 0], vt[0])
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_layer_saves_and_passes_gradients():
    check_layer(SpectralNormalization(keras.layers.Dense(3)), (5,), 18)


def test_kernel_of_zeros_stays_one():
    layer = keras.layers.Dense(2, kernel_initializer="zeros")
    normal = SpectralNormalization(layer)
    assert np.isfinite(values(normal, images(2, 3), training=True)).all()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="`power_iterations` must be at least 1"):
        SpectralNormalization(keras.layers.Dense(2), power_iterations=0)
