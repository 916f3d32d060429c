from itertools import product

import keras
import numpy as np
import pytest
from scipy.special import expit
from sklearn.neural_network import BernoulliRBM

from keras_dl.algorithms import RBM
from keras_dl.utils.layers import count_parameters
from tests.algorithms.rbm_values import rbm, uniform
from tests.backends import values_on

X = np.random.default_rng(0).integers(0, 2, (12, 6)).astype("float32")
to_numpy = keras.ops.convert_to_numpy


def weights(model):
    kernel, hidden_bias = (np.asarray(w, np.float64) for w in model.layer.get_weights())
    return kernel, hidden_bias, np.asarray(to_numpy(model.visible_bias), np.float64)


def of_sklearn(model):
    kernel, hidden_bias, visible_bias = weights(model)
    peer = BernoulliRBM(kernel.shape[1], batch_size=len(X), learning_rate=0.1)
    peer.components_, peer.intercept_hidden_ = kernel.T.copy(), hidden_bias.copy()
    peer.intercept_visible_ = visible_bias.copy()
    peer.h_samples_ = np.zeros((len(X), kernel.shape[1]))
    return peer


def all_states(count):
    return np.array(list(product((0.0, 1.0), repeat=count)))


def exact_probabilities(model):
    """p(v) of all visible states, from the energies of all pairs of states."""
    kernel, hidden_bias, visible_bias = weights(model)
    v, h = all_states(kernel.shape[0]), all_states(kernel.shape[1])
    minus_energy = (v @ visible_bias)[:, None] + h @ hidden_bias + v @ kernel @ h.T
    joint = np.exp(minus_energy)
    return v, joint.sum(axis=1) / joint.sum()


def test_free_energy_and_conditionals_are_sklearn_s():
    model = rbm()
    peer = of_sklearn(model)
    visible = X.astype(np.float64)
    hidden = peer.transform(visible)
    np.testing.assert_allclose(
        to_numpy(model.free_energy(X)), peer._free_energy(visible), rtol=1e-5
    )
    np.testing.assert_allclose(to_numpy(model.hidden(X)), hidden, rtol=1e-5)
    kernel, _, visible_bias = weights(model)
    expected = expit(hidden @ kernel.T + visible_bias)
    found = model.predict(X, verbose=0)
    np.testing.assert_allclose(found["code"], hidden, rtol=1e-5)
    np.testing.assert_allclose(found["reconstruction"], expected, rtol=1e-5)


@pytest.mark.parametrize("hidden", [3, 8])  # fewer and more than visible units
def test_likelihood_is_that_of_the_enumerated_joint_distribution(hidden):
    model = rbm(hidden)
    visible, probabilities = exact_probabilities(model)
    found = model.log_likelihood(visible.astype("float32"))
    np.testing.assert_allclose(found, np.log(probabilities), atol=1e-4)


def test_sixteen_hidden_units_are_enumerated_and_thirty_are_refused():
    model = rbm(16, 40, 0.3)
    kernel, hidden_bias, visible_bias = weights(model)
    states = all_states(16)
    sums = states @ hidden_bias + np.logaddexp(0, visible_bias + states @ kernel.T).sum(axis=1)
    assert model.log_partition() == pytest.approx(np.logaddexp.reduce(sums), abs=1e-6)
    with pytest.raises(ValueError, match="`layer` must have at most 20 units"):
        rbm(30, 40).log_partition()


def test_pseudo_likelihood_is_the_sum_of_conditionals():
    model = rbm()
    visible, probabilities = exact_probabilities(model)
    by_state = {tuple(v): p for v, p in zip(visible, probabilities, strict=True)}
    expected = []
    for v in X:
        flips = [np.where(np.arange(6) == i, 1 - v, v) for i in range(6)]
        own = by_state[tuple(v)]
        expected.append(sum(np.log(own / (own + by_state[tuple(f)])) for f in flips))
    estimates = [model.pseudo_log_likelihood(X, seed=seed) for seed in range(400)]
    np.testing.assert_allclose(np.mean(estimates, axis=0), expected, rtol=0.1)
    assert of_sklearn(model).score_samples(X).shape == (12,)


def by_hand(model, start, steps):
    """End of Gibbs chains in numpy with the numbers of `uniform`."""
    kernel, hidden_bias, visible_bias = weights(model)
    v = start
    for _ in range(steps):
        shape = (len(v), len(hidden_bias))
        h = (to_numpy(uniform(shape)) < expit(v @ kernel + hidden_bias)).astype(float)
        v = (to_numpy(uniform(v.shape)) < expit(h @ kernel.T + visible_bias)).astype(float)
    return v


@pytest.mark.parametrize(("steps", "chains"), [(1, 0), (3, 0), (1, 5), (2, 5)])
def test_a_step_changes_the_weights_by_the_difference_of_statistics(monkeypatch, steps, chains):
    monkeypatch.setattr(keras.random, "uniform", uniform)
    model = rbm(steps=steps, chains=chains)
    if chains:
        model.chain.assign(np.eye(5, 6))
    kernel, hidden_bias, visible_bias = weights(model)
    start = np.eye(5, 6) if chains else X.astype(float)
    end = by_hand(model, start, steps)
    own, other = (expit(v @ kernel + hidden_bias) for v in (X, end))
    expected = (
        X.T @ own / len(X) - end.T @ other / len(end),
        own.mean(axis=0) - other.mean(axis=0),
        X.mean(axis=0) - end.mean(axis=0),
    )
    model.compile(keras.optimizers.SGD(1.0))
    model.fit(X, np.zeros(len(X)), batch_size=len(X), shuffle=False, verbose=0)
    before = kernel, hidden_bias, visible_bias
    for old, new, change in zip(before, weights(model), expected, strict=True):
        np.testing.assert_allclose(new - old, change, atol=1e-5)
    if chains:
        np.testing.assert_array_equal(to_numpy(model.chain), end)


def test_persistent_chains_survive_between_batches_and_rest_in_validation():
    model = rbm(chains=7)
    model.compile(keras.optimizers.SGD(0.0))
    model.evaluate(X, np.zeros(len(X)), verbose=0)
    assert not to_numpy(model.chain).any()
    seen = []
    for _ in range(2):
        model.fit(X, np.zeros(len(X)), batch_size=4, verbose=0)
        seen.append(to_numpy(model.chain).copy())
    assert set(np.unique(seen)) == {0.0, 1.0}
    assert (seen[0] != seen[1]).any()


def test_chains_sample_the_model_s_distribution():
    model = rbm(3, 4)
    _, probabilities = exact_probabilities(model)
    ends = to_numpy(
        model.gibbs(np.zeros((20_000, 4), "float32"), 30, keras.random.SeedGenerator(0))
    )
    numbers = ends.astype(int) @ (1 << np.arange(4)[::-1])
    shares = np.bincount(numbers, minlength=16) / len(ends)
    np.testing.assert_allclose(shares, probabilities, atol=0.015)


@pytest.mark.slow
@pytest.mark.parametrize("chains", [0, 50])
def test_training_raises_the_exact_likelihood(chains):
    patterns = np.tile([[1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], (32, 1)).astype("float32")
    model = rbm(3, spread=0.1, chains=chains)
    before = model.log_likelihood(patterns).mean()
    model.compile(keras.optimizers.SGD(0.1))
    model.fit(patterns, np.zeros(64), batch_size=16, epochs=150, verbose=0)
    assert before < -3.5
    assert model.log_likelihood(patterns).mean() > -1.3  # at best -log 2


@pytest.mark.parametrize("chains", [0, 20])
def test_parameters_are_weights_and_two_biases(chains):
    model = rbm(500, 784, chains=chains)
    assert count_parameters(model) == 784 * 500 + 500 + 784 == 393_284


def test_loads_as_it_was_saved(tmp_path):
    model = rbm(chains=3)
    model.compile(keras.optimizers.Adam())
    model.fit(X, np.zeros(len(X)), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(to_numpy(loaded.chain), to_numpy(model.chain))
    np.testing.assert_array_equal(loaded.log_likelihood(X), model.log_likelihood(X))


@pytest.mark.parametrize(
    ("layer", "options", "message"),
    [
        (keras.layers.Dense(3, "relu"), {}, "`layer` must have a sigmoid"),
        (keras.layers.Dense(3, "sigmoid", use_bias=False), {}, "`layer` must have a sigmoid"),
        (keras.layers.Dense(3, "sigmoid"), {"steps": 0}, "`steps` must be at least 1"),
        (keras.layers.Dense(3, "sigmoid"), {"chains": -1}, "`chains` must be at least 0"),
    ],
)
def test_bad_arguments_are_refused(layer, options, message):
    with pytest.raises(ValueError, match=message):
        RBM(keras.layers.Rescaling(1.0), layer, (6,), **options)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.rbm_values", tmp_path)
    here = values_on("tensorflow", "algorithms.rbm_values", tmp_path, own=True)
    assert set(there) == set(here)
    for name, values in there.items():
        np.testing.assert_allclose(values, here[name], rtol=1e-4, atol=1e-5, err_msg=name)
