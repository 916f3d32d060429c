import keras
import numpy as np
import pytest

from keras_dl.algorithms.self_supervision import (
    EncoderClassifier,
    RotationPredictor,
    SimCLR,
    four_rotations,
)
from keras_dl.losses import NTXentLoss
from keras_dl.models import conv4

to_numpy = keras.ops.convert_to_numpy


def encoder():
    keras.utils.set_random_seed(0)
    return conv4((16, 16, 1), filters=4)


def dense(units):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])


def images(count=6):
    return np.random.default_rng(0).random((count, 16, 16, 1)).astype("float32")


def test_rotations_are_those_of_numpy():
    x = np.random.default_rng(0).random((2, 5, 5, 3)).astype("float32")
    turned = to_numpy(four_rotations(x))
    for turn in range(4):
        np.testing.assert_array_equal(turned[:, turn], np.rot90(x, turn, axes=(1, 2)))


def test_loss_and_accuracy_of_rotations_equal_the_definition():
    model = RotationPredictor(encoder(), dense(4))
    model.compile(keras.optimizers.SGD(0.0))
    x = images()
    found = model.evaluate(x, np.full(6, 9), verbose=0, return_dict=True)
    losses, right = [], []
    for turn in range(4):
        logits = model.head.predict(
            model.encoder.predict(np.rot90(x, turn, axes=(1, 2)), verbose=0), verbose=0
        ).astype(np.float64)
        log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-log_p[:, turn].mean())
        right.append(np.mean(logits.argmax(axis=1) == turn))
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-4)
    assert found["accuracy"] == pytest.approx(np.mean(right))


def test_views_are_drawn_and_projected():
    views = [keras.layers.RandomBrightness(0.5, value_range=(0, 1), seed=0)]
    model = SimCLR(encoder(), dense(3), views, temperature=0.5)
    model.compile(keras.optimizers.SGD(0.0))
    pairs = to_numpy(model(images()))
    assert pairs.shape == (6, 2, 3)
    assert (pairs[:, 0] != pairs[:, 1]).any()
    # Without augmentation the views are equal, and the loss is that of the projections.
    plain = SimCLR(model.encoder, model.projection, [], temperature=0.5)
    plain.compile(keras.optimizers.SGD(0.0))
    expected = to_numpy(model.projection(model.encoder(images())))
    np.testing.assert_allclose(to_numpy(plain(images()))[:, 1], expected, rtol=1e-5, atol=1e-6)
    found = plain.evaluate(images(), np.zeros(6), verbose=0)
    pairs = np.repeat(expected[:, None], 2, axis=1)
    assert found == pytest.approx(float(NTXentLoss(0.5)(np.zeros(6), pairs)), rel=1e-4)


def makers():
    shift = [keras.layers.RandomTranslation(0.2, 0.2)]
    return {
        "classes": lambda: EncoderClassifier(encoder(), dense(3), shift),
        "rotation": lambda: RotationPredictor(encoder(), dense(4), shift),
        "simclr": lambda: SimCLR(encoder(), dense(3), shift, temperature=0.3),
    }


@pytest.mark.parametrize("name", list(makers()))
def test_saved_and_loaded_it_gives_the_same(tmp_path, name):
    model = makers()[name]()
    model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy")
    model.fit(images(), np.zeros(6), verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        to_numpy(loaded.encoder(images())), to_numpy(model.encoder(images()))
    )
    assert len(loaded.augmentation) == 1


def test_images_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match="`encoder` must take square images"):
        RotationPredictor(conv4((16, 32, 1), filters=4), dense(4))
