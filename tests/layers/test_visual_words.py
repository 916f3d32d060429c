import keras
import numpy as np
import pytest

from keras_dl.algorithms.visual_words import encode_words, learn_words, set_statistics
from keras_dl.data import load
from keras_dl.layers import VisualWords
from tests.layers.checking import drawn, values

SHAPE = (9, 8, 3)


def images(count=2):
    return np.random.default_rng(0).random((count, *SHAPE)).astype("float32")


def by_hand(layer, x):
    """Distances of each patch to each centroid, (n, rows, columns, words), one by one."""
    mean, whitening, centroids = layer.get_weights()
    size, stride = layer.size, layer.stride
    rows = range(0, SHAPE[0] - size + 1, stride)
    columns = range(0, SHAPE[1] - size + 1, stride)
    found = np.empty((len(x), len(rows), len(columns), len(centroids)))
    for n, image in enumerate(x):
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                patch = image[top : top + size, left : left + size].ravel().astype("float64")
                patch = (patch - patch.mean()) / np.sqrt(patch.var() + layer.contrast)
                white = (patch - mean) @ whitening
                found[n, i, j] = np.sqrt(((white - centroids) ** 2).sum(axis=1))
    return found


def quadrants(amounts):
    """Sums over the quadrants, top left first, row by row."""
    rows, columns = amounts.shape[1] // 2, amounts.shape[2] // 2
    parts = [
        part.sum(axis=(1, 2))
        for half in (amounts[:, :rows], amounts[:, rows:])
        for part in (half[:, :, :columns], half[:, :, columns:])
    ]
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("stride", [1, 2])
def test_triangle_is_the_formula(stride):
    layer = drawn(VisualWords(5, size=3, stride=stride), SHAPE)
    distance = by_hand(layer, images())
    expected = np.maximum(distance.mean(axis=-1, keepdims=True) - distance, 0)
    np.testing.assert_allclose(values(layer, images()), quadrants(expected), rtol=1e-3, atol=1e-3)


def test_hard_assignment_counts_nearest_words():
    layer = drawn(VisualWords(5, size=3, assignment="hard"), SHAPE)
    expected = np.eye(5)[by_hand(layer, images()).argmin(axis=-1)]
    found = values(layer, images())
    np.testing.assert_array_equal(found, quadrants(expected))
    assert found.sum() == 2 * 7 * 6


def test_saved_layer_is_the_same_and_has_nothing_to_train(tmp_path):
    inputs = keras.Input(SHAPE)
    layer = VisualWords(5, size=3, stride=2, assignment="hard")
    model = keras.Model(inputs, layer(inputs))
    random = np.random.default_rng(4)
    layer.set_weights([random.normal(size=w.shape) for w in layer.get_weights()])
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(np.asarray(again(images())), np.asarray(model(images())))
    assert model.output_shape == (None, 20)
    assert layer.trainable_weights == []


def test_learned_patches_are_white_and_words_are_their_means():
    random = np.random.default_rng(1)
    x = np.repeat(random.random((60, 6, 6, 1)), 2, axis=1)[:, :9, :6].astype("float32")
    layer = VisualWords(8, size=3)
    layer.build((None, *x.shape[1:]))
    learn_words(layer, x, seed=3, regularization=1e-6)
    mean, whitening, centroids = layer.get_weights()
    again = VisualWords(8, size=3)
    again.build((None, *x.shape[1:]))
    learn_words(again, x, seed=3, regularization=1e-6)
    np.testing.assert_array_equal(again.get_weights()[2], centroids)
    assert np.isfinite(centroids).all()
    assert len(np.unique(centroids.round(4), axis=0)) == 8
    np.testing.assert_allclose(whitening, whitening.T, atol=1e-4)
    assert mean.shape == (9,)


def test_constant_images_are_no_numbers_without_meaning():
    layer = drawn(VisualWords(5, size=3), SHAPE)
    assert np.isfinite(values(layer, np.zeros((1, *SHAPE), "float32"))).all()


def test_words_of_a_data_set_keep_its_targets():
    data = load("digits")
    inputs = keras.Input(data.input_shape)
    layer = drawn(VisualWords(4, size=3), data.input_shape)
    codes = encode_words(keras.Model(inputs, layer(inputs)), data)
    assert codes.input_shape == (16,)
    np.testing.assert_array_equal(codes.test.y, data.test.y)
    standard = keras.layers.BatchNormalization(
        center=False, scale=False, epsilon=0.0, trainable=False
    )
    standard.build((None, 16))
    set_statistics(standard, codes.train.x)
    scaled = values(standard, codes.train.x, training=True)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": 0},
        {"size": 0},
        {"stride": 0},
        {"assignment": "soft"},
        {"contrast": -1},
        {"descriptor": "surf"},
    ],
)
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        VisualWords(**{"words": 4, **wrong})


def test_too_small_images_and_too_many_words_are_refused():
    with pytest.raises(ValueError, match="`inputs` must be images of at least 7 pixels"):
        VisualWords(4).build((None, 6, 6, 1))
    layer = VisualWords(100, size=3)
    layer.build((None, *SHAPE))
    with pytest.raises(ValueError, match="`words` must be at most the number of descriptors, 80"):
        learn_words(layer, images())
