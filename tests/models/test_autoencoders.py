import keras
import numpy as np
import pytest

from keras_dl.models.autoencoders import autoencoder_pair
from tests.checks import check_saving, count_parameters, forward


def fit(model, x, epochs=1):
    model.compile(keras.optimizers.Adam(1e-2), "mse")
    model.fit(x, x, batch_size=len(x), epochs=epochs, verbose=0)


def examples(width=6):
    return np.random.default_rng(0).random((32, width), dtype="float32")


def test_values_equal_the_formula():
    model, x = autoencoder_pair(6, 3), examples()
    (w, b), (v, c) = (model.get_layer(n).get_weights() for n in ("encoder", "decoder"))
    code = 1 / (1 + np.exp(-(x @ w + b)))
    np.testing.assert_allclose(forward(model, x), 1 / (1 + np.exp(-(code @ v + c))), rtol=1e-4)
    check_saving(model, x)


@pytest.mark.slow
def test_linear_pair_spans_the_principal_subspace():
    spread = (3, 2, 0.3, 0.2, 0.1)
    x = np.random.default_rng(0).normal(size=(200, 5)).astype("float32") * np.float32(spread)
    x -= x.mean(axis=0)
    keras.utils.set_random_seed(0)
    model = autoencoder_pair(5, 2, activation="linear", decoder_activation="linear")
    fit(model, x, epochs=400)
    error = np.mean((forward(model, x) - x) ** 2)
    rest = np.linalg.svd(x, compute_uv=False)[2:]
    assert error == pytest.approx(np.sum(rest**2) / x.size, rel=0.01)


def test_greedy_pairs_leave_the_layers_below_as_they_are():
    keras.utils.set_random_seed(0)
    first, second = keras.layers.Dense(4, "sigmoid"), keras.layers.Dense(2, "sigmoid")
    x = examples()
    fit(autoencoder_pair(6, 4, encoder=first), x)
    frozen = [w.copy() for w in first.get_weights()]
    codes = keras.ops.convert_to_numpy(first(x))
    fit(autoencoder_pair(4, 2, encoder=second), codes)
    for before, after in zip(frozen, first.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_shared_encoder_is_trained():
    layer = keras.layers.Dense(3, "sigmoid")
    model = autoencoder_pair(6, 3, encoder=layer)
    before = layer.get_weights()[0].copy()
    fit(model, examples())
    assert (layer.get_weights()[0] != before).any()
    assert count_parameters(model) == 6 * 3 + 3 + 3 * 6 + 6


def test_corruption_sets_inputs_to_zero_while_training_only():
    model, x = autoencoder_pair(6, 3, corruption=0.5), examples() + 0.1
    noisy = keras.ops.convert_to_numpy(model.get_layer("corruption")(x, training=True))
    assert 0.2 < (noisy == 0).mean() < 0.8
    plain = autoencoder_pair(6, 3)
    plain.set_weights(model.get_weights())
    np.testing.assert_array_equal(forward(model, x), forward(plain, x))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"width": 0, "units": 3}, ValueError, "`width` must be at least 1"),
        ({"width": 6, "units": 2.0}, TypeError, "`units` must be an integer"),
        ({"width": 6, "units": 3, "corruption": 1.0}, ValueError, "`corruption` must lie in"),
        ({"width": 6, "units": 3, "activation": "sigmoidal"}, ValueError, "mean 'sigmoid'"),
    ],
)
def test_wrong_arguments_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        autoencoder_pair(**options)


def test_an_encoder_of_another_size_is_refused():
    with pytest.raises(ValueError, match="encoder.units=4, units=3"):
        autoencoder_pair(6, 3, encoder=keras.layers.Dense(4))
