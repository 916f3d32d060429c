import keras
import numpy as np
import pytest

from keras_dl.algorithms.siamese import PAIR_LOSSES, SiameseNetwork
from keras_dl.models import koch_encoder, koch_siamese
from tests.backends import values_on

to_numpy = keras.ops.convert_to_numpy
SMALL = {"filters": (3, 4, 4, 5), "kernels": (4, 3, 2, 2), "units": 6}


def network(pair_loss="crossentropy", margin=0.7):
    keras.utils.set_random_seed(0)
    encoder = koch_encoder((28, 28, 1), **SMALL)
    return SiameseNetwork(encoder, pair_loss=pair_loss, margin=margin)


def episodes(count=4, way=3):
    return np.random.default_rng(0).random((count, way, 2, 28, 28, 1), dtype="float32")


def points_of(model, x):
    flat = to_numpy(model.encoder(x.reshape(-1, 28, 28, 1), training=False))
    return flat.reshape(*x.shape[:3], -1)


def test_scores_are_those_of_the_network_of_two_images():
    model, pair = network(), koch_siamese((28, 28, 1), **SMALL)
    pair.get_layer("koch_encoder").set_weights(model.encoder.get_weights())
    pair.get_layer("logit").set_weights(model.logit.get_weights())
    x = episodes(1)
    found = to_numpy(model(x))[0]
    for i, j in np.ndindex(3, 3):
        expected = pair.predict([x[0, i : i + 1, 1], x[0, j : j + 1, 0]], verbose=0)
        np.testing.assert_allclose(found[i, j], expected[0, 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("pair_loss", ["contrastive", "triplet"])
def test_scores_are_distances_of_unit_embeddings(pair_loss):
    model, x = network(pair_loss), episodes(2)
    points = points_of(model, x)
    points /= np.linalg.norm(points, axis=-1, keepdims=True)
    distances = np.linalg.norm(points[:, :, 1][:, :, None] - points[:, :, 0][:, None], axis=-1)
    power = 2 if pair_loss == "triplet" else 1
    np.testing.assert_allclose(to_numpy(model(x)), -(distances**power), rtol=1e-3, atol=1e-6)


def loss_by_loop(scores, pair_loss, margin):
    """The definition, one pair or triplet at a time."""
    same, other, triplets = [], [], []
    for e, i, j in np.ndindex(*scores.shape):
        s = scores[e, i, j]
        if pair_loss == "crossentropy":
            value = np.log1p(np.exp(-s if i == j else s))
        else:
            value = 0.5 * (s**2 if i == j else max(0.0, margin + s) ** 2)
        (same if i == j else other).append(value)
        if i != j:
            triplets.append(max(0.0, -scores[e, i, i] + s + margin))
    return np.mean(triplets) if pair_loss == "triplet" else (np.mean(same) + np.mean(other)) / 2


@pytest.mark.parametrize("pair_loss", PAIR_LOSSES)
def test_loss_and_accuracy_equal_the_definition(pair_loss):
    model, x = network(pair_loss), episodes()
    model.compile(keras.optimizers.SGD(0.0))
    found = model.evaluate(x, np.zeros(len(x)), batch_size=4, verbose=0, return_dict=True)
    scores = to_numpy(model(x)).astype(np.float64)
    assert found["loss"] == pytest.approx(loss_by_loop(scores, pair_loss, 0.7), rel=1e-4)
    assert found["accuracy"] == pytest.approx(np.mean(scores.argmax(-1) == np.arange(3)))


@pytest.mark.parametrize("pair_loss", PAIR_LOSSES)
def test_saved_and_loaded_it_gives_the_same(tmp_path, pair_loss):
    model, x = network(pair_loss), episodes(2)
    model.compile(keras.optimizers.Adam())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.pair_loss, loaded.margin) == (pair_loss, 0.7)
    np.testing.assert_array_equal(to_numpy(loaded(x)), to_numpy(model(x)))


def test_equal_images_have_no_undefined_gradient():
    model = network("contrastive")
    model.compile(keras.optimizers.SGD(0.1))
    x = np.repeat(episodes(2)[:, :, :1], 2, axis=2)  # both images of each class are the same
    model.fit(x, np.zeros(2), verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`pair_loss` must be one of"):
        network("pairs")
    with pytest.raises(ValueError, match="`margin` must be positive"):
        network(margin=0.0)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "algorithms.siamese_values", tmp_path)
    here = values_on("tensorflow", "algorithms.siamese_values", tmp_path, own=True)
    assert set(there) == set(here)
    for name, values in here.items():
        np.testing.assert_allclose(there[name], values, rtol=1e-3, err_msg=name)
