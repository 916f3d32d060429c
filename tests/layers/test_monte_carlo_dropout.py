import keras
import numpy as np
import pytest

from keras_dl.layers import MonteCarloDropout, monte_carlo
from keras_dl.models import mlp
from tests.checks import check_saving, forward
from tests.layers.checking import check_layer, images, values


def test_drops_outside_training_too():
    x = np.ones((200, 100), "float32")
    y = values(MonteCarloDropout(0.2, seed=1), x)
    # 20,000 draws: the standard error of the share is 0.003.
    assert np.mean(y == 0) == pytest.approx(0.2, abs=0.012)
    np.testing.assert_allclose(y[y != 0], 1 / 0.8, rtol=1e-6)


def test_each_call_draws_a_new_mask_and_the_mean_tends_to_the_input():
    x, layer = np.ones((8,), "float32"), MonteCarloDropout(0.5, seed=1)
    samples = np.stack([values(layer, x) for _ in range(400)])
    assert len(np.unique(samples, axis=0)) > 150  # of 256 masks
    np.testing.assert_allclose(samples.mean(axis=0), 1, atol=0.2)  # standard error 0.05


def test_rate_0_changes_nothing():
    x = images(3, 4)
    np.testing.assert_array_equal(values(MonteCarloDropout(0.0), x), x)


def test_layer_without_draws_loads():
    check_layer(MonteCarloDropout(0.0), (5,), params=0)


def test_twin_samples_around_the_model():
    keras.utils.set_random_seed(0)
    model = mlp((6,), 3, units=(64,), dropout=0.5)
    x = images(2, 6)
    twin = monte_carlo(model, seed=0)
    samples = np.stack([forward(twin, x) for _ in range(300)])
    assert samples.std(axis=0).min() > 0
    # One hidden layer: the logits are linear in the mask, so their mean is the model's own.
    error = samples.std(axis=0) / np.sqrt(300)
    assert (np.abs(samples.mean(axis=0) - forward(model, x)) < 4 * error).all()
    np.testing.assert_array_equal(forward(model, x), forward(model, x))


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_twin_of_a_model_that_holds_the_net(kind):
    net = mlp((6,), 3, units=(8,), dropout=0.5)
    inputs = keras.Input((6,))
    if kind == "functional":
        model = keras.Model(inputs, net(keras.layers.Rescaling(2.0)(inputs)))
    else:
        model = keras.Sequential([inputs, *net.layers[1:]])
    twin, x = monte_carlo(model, seed=0), images(2, 6)
    assert (forward(twin, x) != forward(twin, x)).any()


def test_twin_with_seed_repeats_and_saves():
    model = mlp((6,), 3, units=(8, 8), dropout=0.5)
    x = images(2, 6)
    first, second = monte_carlo(model, seed=3), monte_carlo(model, seed=3)
    np.testing.assert_array_equal(forward(first, x), forward(second, x))
    check_saving(monte_carlo(mlp((6,), 3, units=(8,), dropout=1e-9)), x)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"`rate` must lie in \[0, 1\).*rate=1.0"):
        MonteCarloDropout(1.0)
    with pytest.raises(ValueError, match=r"`model` must have layers of class Dropout.*'mlp'"):
        monte_carlo(mlp((6,), 3))
