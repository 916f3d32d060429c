import keras
import numpy as np
import pytest

from keras_dl.optimizers import clip_by_units, make_optimizer
from tests.backends import values_on
from tests.optimizers.adaptive_values import NAMES, stepped


def clipped(gradient, weights, clip=0.01):
    """Equation 3 of Brock et al. 2021, unit by unit."""
    columns = np.reshape(gradient, (-1, gradient.shape[-1])) if gradient.ndim > 1 else None
    if columns is None:
        norm, size = np.linalg.norm(gradient), np.linalg.norm(weights)
        limit = clip * max(size, 1e-3)
        return gradient * (limit / norm if norm > limit else 1.0)
    result, flat = columns.copy(), np.reshape(weights, columns.shape)
    for unit in range(columns.shape[1]):
        norm, limit = np.linalg.norm(columns[:, unit]), clip * np.linalg.norm(flat[:, unit])
        limit = max(limit, clip * 1e-3)
        if norm > limit:
            result[:, unit] *= limit / norm
    return result.reshape(gradient.shape)


@pytest.mark.parametrize("shape", [(3, 3, 4, 6), (5, 4), (7,), ()])
def test_gradients_are_clipped_unit_by_unit(shape):
    rng = np.random.default_rng(0)
    weights, gradient = rng.normal(size=shape), rng.normal(size=shape) * 0.03
    if len(shape) > 1:
        weights[..., 0], gradient[..., 1] = 0.0, 0.0  # a new unit, and one without a gradient
        gradient[..., 2] *= 1e-3  # small enough to stay
    found = keras.ops.convert_to_numpy(clip_by_units(gradient, weights, 0.01))
    np.testing.assert_allclose(found, clipped(gradient, weights), rtol=1e-5, atol=1e-9)
    if len(shape) > 1:
        np.testing.assert_allclose(found[..., 2], gradient[..., 2], rtol=1e-6)


def test_the_last_layer_is_free():
    layers = [keras.layers.Dense(2, use_bias=False, name=name) for name in ("hidden", "logits")]
    model = keras.Sequential([keras.Input((3,)), *layers])
    before = model.get_weights()
    optimizer = make_optimizer("gradient_descent", 1.0, adaptive_clip=0.1)
    grads = [np.full(w.shape, 5.0, "float32") for w in before]
    optimizer.apply(map_to_tensors(grads), model.trainable_variables)
    hidden, logits = (a - b for a, b in zip(before, model.get_weights(), strict=True))
    np.testing.assert_allclose(hidden, clipped(grads[0], before[0], 0.1), rtol=1e-4)
    np.testing.assert_allclose(logits, 5.0, rtol=1e-5)


def map_to_tensors(arrays):
    return [keras.ops.convert_to_tensor(array) for array in arrays]


def test_optimizer_is_saved_with_the_model(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(make_optimizer("sgd", 0.1, adaptive_clip=0.02), "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras").optimizer
    assert (loaded.adaptive_clip, loaded.unclipped) == (0.02, ("logits",))
    assert (float(loaded.momentum), loaded.nesterov) == (0.9, True)


def test_a_large_limit_changes_nothing():
    rng = np.random.default_rng(0)
    gradient, weights = rng.normal(size=(2, 4, 3))
    found = keras.ops.convert_to_numpy(clip_by_units(gradient, weights, 1e6))
    np.testing.assert_allclose(found, gradient, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_steps_equal_another_backend_s(backend, tmp_path):
    there = values_on(backend, "optimizers.adaptive_values", tmp_path)
    for name in NAMES:
        np.testing.assert_allclose(there[name], stepped(name), rtol=1e-4, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("clip", [0.0, -1.0])
def test_wrong_limits_are_refused(clip):
    with pytest.raises(ValueError, match="`adaptive_clip` must be .*positive"):
        make_optimizer("sgd", 0.1, adaptive_clip=clip)
