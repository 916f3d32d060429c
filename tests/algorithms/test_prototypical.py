import keras
import numpy as np
import pytest

from keras_dl.algorithms.prototypical import (
    PrototypicalNetwork,
    episode_accuracy,
    prototype_logits,
)
from keras_dl.data.few_shot import Episodes, glyphs
from keras_dl.models.conv4 import conv4

to_numpy = keras.ops.convert_to_numpy


def network(shot=1, side=28, filters=4):
    keras.utils.set_random_seed(0)
    net = conv4((side, side, 1), filters=filters)
    pixels = keras.Input((side, side, 1))
    encoder = keras.Model(pixels, net(keras.layers.Rescaling(1 / 255)(pixels)))
    return PrototypicalNetwork(encoder, shot=shot)


def episodes(shape=(2, 3, 4, 16, 16, 1)):
    return np.random.default_rng(0).integers(0, 256, shape).astype("uint8")


def logits_by_loop(support, queries):
    """The definition, one query and one class at a time."""
    batch, way, query, _ = queries.shape
    logits = np.empty((batch, way, query, way))
    for e, c, q, k in np.ndindex(*logits.shape):
        prototype = support[e, k].mean(axis=0)
        logits[e, c, q, k] = -np.sum((queries[e, c, q] - prototype) ** 2)
    return logits


@pytest.mark.parametrize("shot", [1, 3])
def test_logits_equal_the_definition(shot):
    points = np.random.default_rng(0).normal(size=(2, 4, shot + 2, 5)).astype("float32")
    support, queries = points[:, :, :shot], points[:, :, shot:]
    logits = to_numpy(prototype_logits(support, queries))
    np.testing.assert_allclose(logits, logits_by_loop(support, queries), rtol=1e-4)


def test_softmax_equals_a_linear_classifier():
    points = np.random.default_rng(1).normal(size=(1, 4, 3, 5)).astype("float32")
    support, queries = points[:, :, :2], points[:, :, 2:]
    c = support.mean(axis=2)[0]
    linear = 2 * queries[0] @ c.T - np.sum(c**2, axis=-1)  # 2c·z − ‖c‖²
    actual = to_numpy(keras.ops.softmax(prototype_logits(support, queries)))[0]
    expected = to_numpy(keras.ops.softmax(linear.astype("float32")))
    np.testing.assert_allclose(actual, expected, rtol=1e-4)


@pytest.mark.parametrize("shot", [1, 2])
def test_loss_and_accuracy_equal_the_formula(shot):
    model = network(shot, side=16)
    model.compile(keras.optimizers.SGD(0.0))
    x = episodes()
    flat = to_numpy(model.encoder(x.reshape(-1, 16, 16, 1), training=False)).reshape(2, 3, 4, -1)
    logits = logits_by_loop(flat[:, :, :shot], flat[:, :, shot:])
    largest = logits.max(axis=-1, keepdims=True)
    log_p = logits - largest - np.log(np.exp(logits - largest).sum(axis=-1, keepdims=True))
    labels = np.arange(3)[None, :, None]
    values = model.evaluate(x, np.zeros((2, 3, 4)), batch_size=2, verbose=0, return_dict=True)
    expected = -np.mean(np.take_along_axis(log_p, labels[..., None], axis=-1))
    assert values["loss"] == pytest.approx(expected, rel=1e-4)
    assert values["accuracy"] == pytest.approx(np.mean(logits.argmax(axis=-1) == labels))


def test_targets_are_not_used():
    x, model = episodes(), network(side=16)
    model.compile(keras.optimizers.SGD(0.0))
    first, second = (model.evaluate(x, np.full((2, 3, 4), value), verbose=0) for value in (0, 7))
    assert first == second


def test_training_lowers_the_loss_on_glyphs():
    train = glyphs(classes={"train": 8, "validation": 2, "test": 2}).splits["train"]
    rows = Episodes(train.y, way=5, shot=1, query=3, episodes=20).indices(0, 0, 1, None)
    model = network()
    model.compile(keras.optimizers.Adam(1e-2))
    history = model.fit(train.x[rows], train.y[rows], batch_size=2, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert history["accuracy"][-1] > 0.6  # chance is 0.2


def test_inference_does_not_depend_on_the_other_images():
    model = network(side=16)
    x = episodes((1, 3, 4, 16, 16, 1)).reshape(-1, 16, 16, 1)
    whole, part = (to_numpy(model.encoder(v, training=False)) for v in (x, x[:2]))
    np.testing.assert_allclose(whole[:2], part, rtol=1e-5, atol=1e-6)


def test_saved_and_loaded_it_gives_the_same(tmp_path):
    model = network(2, side=16)
    model.compile(keras.optimizers.Adam())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.shot == 2
    np.testing.assert_array_equal(
        to_numpy(loaded(episodes(), training=False)), to_numpy(model(episodes(), training=False))
    )


def test_accuracy_of_episodes_equals_the_model():
    data = glyphs(classes={"train": 2, "validation": 2, "test": 6}).splits["test"]
    rows = Episodes(data.y, way=4, shot=1, query=2, episodes=5).indices(0, 0, 1, None)
    model = network()
    shares = episode_accuracy(to_numpy(model.encoder(data.x, training=False)), rows, shot=1)
    logits = to_numpy(model(data.x[rows], training=False))
    expected = np.mean(logits.argmax(axis=-1) == np.arange(4)[None, :, None], axis=(1, 2))
    np.testing.assert_allclose(shares, expected)


def test_shot_is_checked():
    with pytest.raises(ValueError, match="`shot` must be at least 1"):
        network(shot=0)
