import keras
import numpy as np
import pytest

from keras_dl.backend.gradients import gradients
from keras_dl.losses import NTXentLoss
from tests.backends import values_on


def views(count=4, dim=5, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 2, dim)).astype("float32")


def loss_by_loop(pairs, temperature):
    """Equation 1 of the paper, one view at a time."""
    unit = (pairs / np.linalg.norm(pairs, axis=-1, keepdims=True)).astype(np.float64)
    z = np.concatenate([unit[:, 0], unit[:, 1]])
    count, losses = len(z), []
    for i in range(count):
        j = (i + count // 2) % count
        others = [np.exp(z[i] @ z[k] / temperature) for k in range(count) if k != i]
        losses.append(-np.log(np.exp(z[i] @ z[j] / temperature) / np.sum(others)))
    return np.array(losses)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0])
def test_value_is_the_formula(temperature):
    loss = NTXentLoss(temperature, reduction="none")
    found = keras.ops.convert_to_numpy(loss(np.zeros(4), views()))
    np.testing.assert_allclose(found, loss_by_loop(views(), temperature), rtol=1e-4)


@pytest.mark.parametrize("temperature", [0.5, 1.0])
def test_orthonormal_pairs_have_a_closed_form(temperature):
    """log(1 + (2N − 2)·e^(−1/τ)): the partner has cosine 1, the 2N − 2 others 0."""
    pairs = np.repeat(np.eye(6, dtype="float32")[:, None], 2, axis=1)
    expected = np.log1p(10 * np.exp(-1 / temperature))
    assert float(NTXentLoss(temperature)(np.zeros(6), pairs)) == pytest.approx(expected, rel=1e-5)


def test_order_of_examples_and_views_and_lengths_do_not_matter():
    pairs, loss = views(), NTXentLoss()
    value = float(loss(np.zeros(4), pairs))
    for changed in (pairs[[2, 0, 3, 1]], pairs[:, ::-1], 7 * pairs):
        assert float(loss(np.zeros(4), np.ascontiguousarray(changed))) == pytest.approx(value)


def test_gradient_is_that_of_the_formula():
    """The cosine of a view with itself is no part of it: its gradient is 0, as in the formula."""
    pairs = views(3)
    (found,) = gradients(lambda v: NTXentLoss(0.5)(np.zeros(3), v[0]), [pairs])
    step = 1e-4
    for place in np.ndindex(*pairs.shape):
        moved = np.zeros(pairs.shape)
        moved[place] = step
        low, high = (loss_by_loop(pairs + sign * moved, 0.5).mean() for sign in (-1, 1))
        assert found[place] == pytest.approx((high - low) / (2 * step), abs=2e-3)


def cosines(pairs):
    """Of the two views of each example."""
    products = np.sum(pairs[:, 0] * pairs[:, 1], axis=-1)
    return products / np.prod(np.linalg.norm(pairs, axis=-1), axis=-1)


def test_gradient_draws_partners_together():
    pairs = views(8)
    (slope,) = gradients(lambda v: NTXentLoss(0.5)(np.zeros(8), v[0]), [pairs])
    assert cosines(pairs - 5 * slope).mean() > cosines(pairs).mean()


def test_configuration_is_complete():
    loss = keras.losses.deserialize(keras.losses.serialize(NTXentLoss(0.2)))
    assert loss.temperature == 0.2


def test_temperature_is_checked():
    with pytest.raises(ValueError, match="`temperature` must be positive"):
        NTXentLoss(0.0)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_values_and_gradients(tmp_path, backend):
    there = values_on(backend, "losses.ntxent_values", tmp_path)
    here = values_on("tensorflow", "losses.ntxent_values", tmp_path, own=True)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-4, atol=1e-5, err_msg=name)
