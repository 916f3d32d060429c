import keras
import numpy as np
import pytest
from scipy import stats

from keras_dl.algorithms import VAE
from keras_dl.algorithms._latent_densities import kl_from_standard_normal
from keras_dl.models import vae_decoder, vae_encoder
from tests.algorithms.vae_values import vae
from tests.backends import values_on

X = np.random.default_rng(0).uniform(size=(8, 6)).astype("float32")
Y = np.arange(8) % 3


def linear_gaussian(variance):
    """A linear model whose encoder is the exact posterior, and log p of examples."""
    random = np.random.default_rng(2)
    # Orthogonal columns: the posterior's covariance is diagonal, as the encoder's is.
    weights = np.linalg.qr(random.normal(size=(6, 2)))[0] * [2.0, 0.7]
    bias = random.normal(size=6)
    encoder = vae_encoder((6,), units=(), latent_dim=2)
    decoder = vae_decoder((6,), units=(), latent_dim=2)
    covariance = variance / (np.square(weights).sum(axis=0) + variance)
    gain = weights / variance * covariance
    encoder.get_layer("mean").set_weights([gain, -bias @ gain])
    encoder.get_layer("log_variance").set_weights([np.zeros((6, 2)), np.log(covariance)])
    decoder.get_layer("output").set_weights([weights.T, bias])
    model = VAE(
        keras.layers.Rescaling(1.0),
        encoder,
        decoder,
        likelihood="gaussian",
        variance=variance,
        seed=0,
    )
    exact = stats.multivariate_normal(bias, weights @ weights.T + variance * np.eye(6))
    return model, exact, weights, covariance


@pytest.mark.parametrize("variance", [1.0, 0.3])
def test_bound_of_a_linear_normal_model_is_its_exact_likelihood(variance):
    model, exact, weights, covariance = linear_gaussian(variance)
    x = exact.rvs(50, random_state=0).astype("float32")
    expected = exact.logpdf(x)
    # With the exact posterior every draw has the weight p(x).
    np.testing.assert_allclose(model.log_likelihood(x, samples=1), expected, atol=1e-3)
    mean, log_variance = (keras.ops.convert_to_numpy(part) for part in model.encode(x, []))
    decoded = keras.ops.convert_to_numpy(model.decode(mean, []))
    squares = np.square(x - decoded).sum(axis=1) + (np.square(weights).sum(axis=0) @ covariance)
    given = -squares / (2 * variance) - 3 * np.log(2 * np.pi * variance)
    divergence = keras.ops.convert_to_numpy(kl_from_standard_normal(mean, log_variance))
    np.testing.assert_allclose(given - divergence.sum(axis=1), expected, atol=1e-3)


def test_evaluation_estimates_the_exact_likelihood():
    model, exact, *_ = linear_gaussian(1.0)
    model.compile(keras.optimizers.SGD(0.0))
    x = exact.rvs(20_000, random_state=0).astype("float32")
    values = model.evaluate(x, np.zeros(len(x)), batch_size=2000, verbose=0, return_dict=True)
    # One draw for each example: the standard error is about 0.01.
    assert values["elbo"] == pytest.approx(exact.logpdf(x).mean(), abs=0.04)
    assert values["loss"] == pytest.approx(-values["elbo"], rel=1e-4)


def test_a_worse_posterior_has_a_lower_bound_and_more_draws_raise_it():
    model, exact, *_ = linear_gaussian(1.0)
    bias = model.encoder.get_layer("mean").bias
    bias.assign(keras.ops.convert_to_numpy(bias) + 0.5)
    x = exact.rvs(400, random_state=0).astype("float32")
    bounds = [model.log_likelihood(x, samples=k).mean() for k in (1, 10, 100)]
    assert bounds[0] + 0.2 < bounds[1] < bounds[2] < exact.logpdf(x).mean() + 0.01


@pytest.mark.parametrize(("mean", "variance", "expected"), [(0, 1, 0.0), (1, 1, 0.5)])
def test_divergence_from_the_standard_normal(mean, variance, expected):
    found = kl_from_standard_normal(np.float32(mean), np.log(np.float32(variance)))
    assert float(found) == pytest.approx(expected)


def test_loss_is_a_sum_over_numbers_and_a_mean_over_examples(monkeypatch):
    monkeypatch.setattr(keras.random, "normal", lambda shape, seed=None: keras.ops.zeros(shape))
    model = vae(beta=3.0)
    model.compile(keras.optimizers.SGD(0.0))
    found = model.evaluate(X, np.zeros(8), verbose=0, return_dict=True)
    output = model.predict(X, verbose=0)
    p = output["reconstruction"]
    given = (X * np.log(p) + (1 - X) * np.log(1 - p)).sum(axis=1).mean()
    parameters = model.encoder.predict(X, verbose=0)
    mean, log_variance = parameters["mean"], parameters["log_variance"]
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1).mean()
    np.testing.assert_array_equal(output["code"], mean)
    assert found["log_likelihood_given_latent"] == pytest.approx(given, rel=1e-5)
    assert found["kl"] == pytest.approx(kl, rel=1e-5)
    assert found["elbo"] == pytest.approx(given - kl, rel=1e-5)
    assert found["loss"] == pytest.approx(3 * kl - given, rel=1e-5)


def test_squared_error_is_a_normal_density_of_unit_variance(monkeypatch):
    monkeypatch.setattr(keras.random, "normal", lambda shape, seed=None: keras.ops.zeros(shape))
    model = vae(likelihood="gaussian")
    model.compile(keras.optimizers.SGD(0.0))
    found = model.evaluate(X, np.zeros(8), verbose=0, return_dict=True)
    squares = np.square(X - model.predict(X, verbose=0)["reconstruction"]).sum(axis=1).mean()
    expected = -squares / 2 - 3 * np.log(2 * np.pi)
    assert found["log_likelihood_given_latent"] == pytest.approx(expected, rel=1e-5)


def test_binarised_examples_are_drawn_anew_with_their_values_as_probabilities():
    model = vae(binarise=True)
    seen = []
    model.encode = lambda x, labels, training=False: (
        seen.append(keras.ops.convert_to_numpy(x)) or (keras.ops.zeros((len(x), 2)),) * 2
    )
    x = np.tile(X[:1], (4000, 1))
    for _ in range(2):
        model.compute_loss(x)
    assert set(np.unique(seen[0])) == {0.0, 1.0}
    assert (seen[0] != seen[1]).any()
    np.testing.assert_allclose(seen[0].mean(axis=0), X[0], atol=0.04)


@pytest.mark.slow
def test_training_raises_the_bound_and_only_training_draws_change_it():
    model = vae()
    model.compile(keras.optimizers.Adam(0.01))
    options = {"batch_size": 8, "epochs": 40, "shuffle": False, "verbose": 0}
    fitted = model.fit(X, Y, validation_data=(X, Y), **options)
    assert fitted.history["val_elbo"][-1] > fitted.history["val_elbo"][0] + 0.3
    other = vae()
    other.compile(keras.optimizers.Adam(0.01))
    again = other.fit(X, Y, **options)
    np.testing.assert_array_equal(again.history["elbo"], fitted.history["elbo"])


def test_conditional_model_takes_the_label_of_the_largest_bound():
    model = vae(classes=3)
    found = model.predict(X, verbose=0)
    best = found["logits"].argmax(axis=1)
    assert found["logits"].shape == (8, 3)
    mean, _ = model.encode(keras.ops.convert_to_tensor(X), model.one_hot(best))
    np.testing.assert_allclose(found["code"], keras.ops.convert_to_numpy(mean), rtol=1e-4)
    samples = [model.sample(4, labels=[label] * 4) for label in (0, 1)]
    assert samples[0].shape == (4, 6)
    assert (samples[0] != samples[1]).any()


def test_loads_as_it_was_saved(tmp_path):
    model = vae(classes=3, beta=2.0)
    model.compile(keras.optimizers.Adam())
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.beta == 2.0
    np.testing.assert_array_equal(model.sample(4), loaded.sample(4))
    np.testing.assert_allclose(model.log_likelihood(X, Y), loaded.log_likelihood(X, Y))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"likelihood": "bernouli"}, "Did you mean 'bernoulli'"),
        ({"variance": 0.0}, "`variance` must be positive"),
        ({"beta": -1.0}, "`beta` must be finite and 0 or more"),
        ({"likelihood": "gaussian", "binarise": True}, "`binarise` must be False"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        vae(**options)


def test_networks_of_different_inputs_are_refused():
    encoder, decoder = vae_encoder((6,), num_classes=3), vae_decoder((6,))
    with pytest.raises(ValueError, match="`encoder` and `decoder` must both take labels"):
        VAE(keras.layers.Rescaling(1.0), encoder, decoder)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.vae_values", tmp_path)
    here = values_on("tensorflow", "algorithms.vae_values", tmp_path, own=True)
    assert set(there) == set(here)
    for name, values in there.items():
        np.testing.assert_allclose(values, here[name], rtol=1e-4, atol=1e-5, err_msg=name)
