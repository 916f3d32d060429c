import keras
import numpy as np
import pytest

from keras_dl.models import convolutional_autoencoder, dense_autoencoder
from tests.checks import count_parameters


@pytest.mark.parametrize("tied", [False, True])
def test_parameters_of_free_and_tied_weights(tied):
    model = dense_autoencoder((6, 5, 1), units=(12, 4), tied=tied)
    kernels, biases = 30 * 12 + 12 * 4, 12 + 4 + 12 + 30
    assert count_parameters(model) == kernels * (1 if tied else 2) + biases


def test_a_tied_decoder_is_the_transpose():
    keras.utils.set_random_seed(0)
    model = dense_autoencoder((7,), units=(3,), output_activation="linear", tied=True)
    kernel, bias, decoder_bias = (w.numpy() for w in model.get_layer("encoder1").weights)
    x = np.random.default_rng(0).normal(size=(4, 7)).astype("float32")
    code = x @ kernel + bias
    found = model.predict(x, verbose=0)
    np.testing.assert_allclose(found["code"], code, atol=1e-5)
    np.testing.assert_allclose(found["reconstruction"], code @ kernel.T + decoder_bias, atol=1e-5)


@pytest.mark.parametrize(
    "model",
    [
        lambda: dense_autoencoder((4, 6, 1), units=(8, 3), corruption=0.3, noise=0.1),
        lambda: dense_autoencoder((4, 6, 1), units=(8, 3), tied=True),
        lambda: convolutional_autoencoder((9, 11, 3), filters=(4, 6), units=5),
    ],
)
def test_shapes_and_saving(model, tmp_path):
    model = model()
    images = np.random.default_rng(0).uniform(size=(3, *model.input_shape[1:])).astype("float32")
    found = model.predict(images, verbose=0)
    assert found["reconstruction"].shape == images.shape
    assert found["code"].ndim == 2
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras").predict(images, verbose=0)
    for name, values in found.items():
        np.testing.assert_array_equal(again[name], values)


def test_noise_acts_in_training_only():
    model = dense_autoencoder((20,), units=(5,), corruption=0.5, noise=0.5)
    x = np.ones((2, 20), "float32")
    quiet = model(x)["reconstruction"]
    np.testing.assert_array_equal(quiet, model(x)["reconstruction"])
    assert not np.array_equal(quiet, model(x, training=True)["reconstruction"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"units": ()}, TypeError, "`units` must be a tuple of one integer or more"),
        ({"units": (4, 0)}, ValueError, r"`units\[1\]` must be at least 1"),
        ({"corruption": 1.0}, ValueError, "`corruption` must lie in"),
        ({"noise": -0.1}, ValueError, "`noise` must be finite and 0 or more"),
        ({"activation": "rellu"}, ValueError, "`activation` must be one of"),
    ],
)
def test_bad_arguments_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        dense_autoencoder((4,), **{"units": (3,), **options})
