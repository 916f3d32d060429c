import keras
import numpy as np
import pytest

from keras_dl.models import vae_decoder, vae_encoder
from tests.checks import count_parameters


def test_shapes_parameters_and_labels():
    encoder = vae_encoder((4, 3, 1), units=(5,), latent_dim=2, num_classes=3)
    decoder = vae_decoder((4, 3, 1), units=(5, 6), latent_dim=2, num_classes=3)
    assert count_parameters(encoder) == (12 + 3 + 1) * 5 + 2 * (5 + 1) * 2
    assert count_parameters(decoder) == (2 + 3 + 1) * 5 + (5 + 1) * 6 + (6 + 1) * 12
    x, label = np.ones((2, 4, 3, 1), "float32"), np.eye(3, dtype="float32")[:2]
    found = encoder.predict([x, label], verbose=0)
    shapes = {name: part.shape for name, part in found.items()}
    assert shapes == {"mean": (2, 2), "log_variance": (2, 2)}
    assert decoder.predict([found["mean"], label], verbose=0).shape == x.shape


def test_without_hidden_layers_both_are_linear():
    encoder, decoder = (net((6,), units=(), latent_dim=2) for net in (vae_encoder, vae_decoder))
    assert count_parameters(encoder) == 2 * 7 * 2
    assert count_parameters(decoder) == 3 * 6


def test_saved_decoder_computes_the_same(tmp_path):
    model = vae_decoder((4, 4, 1), units=(5,), latent_dim=3)
    model.save(tmp_path / "model.keras")
    latent = np.ones((2, 3), "float32")
    again = keras.saving.load_model(tmp_path / "model.keras").predict(latent, verbose=0)
    np.testing.assert_array_equal(again, model.predict(latent, verbose=0))


@pytest.mark.parametrize("net", [vae_encoder, vae_decoder])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"units": 5}, TypeError, "`units` must be a tuple of integers"),
        ({"units": (4, 0)}, ValueError, r"`units\[1\]` must be at least 1"),
        ({"latent_dim": 0}, ValueError, "`latent_dim` must be at least 1"),
        ({"num_classes": 0}, ValueError, "`num_classes` must be at least 2"),
        ({"activation": "rellu"}, ValueError, "`activation` must be one of"),
    ],
)
def test_bad_arguments_are_refused(net, options, error, message):
    with pytest.raises(error, match=message):
        net((4,), **options)
