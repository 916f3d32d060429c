import keras
import numpy as np
import pytest
from sklearn.decomposition import PCA

from keras_dl.algorithms import Autoencoder
from keras_dl.data import load
from keras_dl.models import dense_autoencoder
from tests.backends import values_on


def learner(scale=1.0, **options):
    keras.utils.set_random_seed(0)
    net = dense_autoencoder((6,), units=(4, 3), activation="relu")
    model = Autoencoder(keras.layers.Rescaling(scale), net, **options)
    model.compile(keras.optimizers.Adam(0.01))
    return model


def examples(count=8):
    return np.random.default_rng(0).uniform(size=(count, 6)).astype("float32")


def test_losses_are_sums_over_inputs_and_means_over_examples():
    x = 2 * examples()
    model = learner(scale=0.5, sparsity=0.1)
    found = model.predict(x, verbose=0)
    errors = np.square(x / 2 - found["reconstruction"])
    expected = errors.sum(axis=1).mean() + 0.1 * np.abs(found["code"]).sum(axis=1).mean()
    values = model.evaluate(x, np.zeros(8), verbose=0, return_dict=True)
    assert values["loss"] == pytest.approx(expected, rel=1e-5)
    assert values["mean_squared_error"] == pytest.approx(errors.mean(), rel=1e-5)


def test_cross_entropy_takes_inputs_as_probabilities():
    x, model = examples(), learner(reconstruction_loss="cross_entropy")
    output = model.predict(x, verbose=0)["reconstruction"]
    expected = -(x * np.log(output) + (1 - x) * np.log(1 - output)).sum(axis=1).mean()
    assert model.evaluate(x, np.zeros(8), verbose=0)[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("tied", [False, True])
def test_the_linear_one_spans_the_principal_components(tied):
    digits = load("digits")
    x = digits.train.x.reshape(len(digits.train.x), -1).astype("float32")
    x -= x.mean(axis=0)
    keras.utils.set_random_seed(0)
    net = dense_autoencoder(
        (64,), units=(8,), activation="linear", output_activation="linear", tied=tied
    )
    model = Autoencoder(keras.layers.Rescaling(1 / 16), net)
    rate = keras.optimizers.schedules.CosineDecay(0.01, 600)
    model.compile(keras.optimizers.Adam(rate))
    model.fit(x, np.zeros(len(x)), batch_size=len(x), epochs=600, verbose=0)
    error = model.evaluate(x, np.zeros(len(x)), verbose=0, return_dict=True)["mean_squared_error"]
    pca = PCA(8).fit(x / 16)
    best = np.square(x / 16 - pca.inverse_transform(pca.transform(x / 16))).mean()
    assert best * 0.999 <= error <= best * 1.01


def test_loads_as_it_was_saved(tmp_path):
    model, x = learner(), examples()
    model.fit(x, np.zeros(8), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for name, values in model.predict(x, verbose=0).items():
        np.testing.assert_array_equal(values, loaded.predict(x, verbose=0)[name])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reconstruction_loss": "squared"}, "`reconstruction_loss` must be.*squared_error"),
        ({"sparsity": -1.0}, "`sparsity` must be finite and 0 or more"),
    ],
)
def test_bad_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        learner(**options)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.autoencoder_values", tmp_path)
    here = values_on("tensorflow", "algorithms.autoencoder_values", tmp_path, own=True)
    for name, losses in there.items():
        np.testing.assert_allclose(losses, here[name], rtol=1e-4)
