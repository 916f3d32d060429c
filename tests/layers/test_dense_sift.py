"""SIFT descriptors on a grid: the formula, one pixel at a time, and what they ignore."""

import keras
import numpy as np
import pytest

from keras_dl.algorithms.visual_words import learn_words
from keras_dl.layers import VisualWords
from keras_dl.layers.dense_sift import dense_sift

CELL = 2


def images(count=2, side=12):
    return np.random.default_rng(0).random((count, side, side, 1)).astype("float32")


def describe(x, cell=CELL, stride=1):
    return keras.ops.convert_to_numpy(dense_sift(keras.ops.convert_to_tensor(x), cell, stride))


def by_hand(grey, top, left):
    """One descriptor (4, 4, 8), from each pixel within half a cell of it."""
    padded = np.pad(grey, 1, mode="symmetric").astype("float64")
    counts = np.zeros((4, 4, 8))
    for y in range(len(grey)):
        for x in range(len(grey)):
            down = (padded[y + 2, x + 1] - padded[y, x + 1]) / 2
            right = (padded[y + 1, x + 2] - padded[y + 1, x]) / 2
            turn = np.arctan2(down, right) / (2 * np.pi) * 8 % 8
            lower, share = int(turn) % 8, turn % 1
            for row in range(4):
                for column in range(4):
                    centre = top + CELL * (row + 0.5), left + CELL * (column + 0.5)
                    apart = abs(y + 0.5 - centre[0]) / CELL, abs(x + 0.5 - centre[1]) / CELL
                    weight = max(1 - apart[0], 0) * max(1 - apart[1], 0) * np.hypot(down, right)
                    counts[row, column, lower] += weight * (1 - share)
                    counts[row, column, (lower + 1) % 8] += weight * share
    cut = np.minimum(counts / np.linalg.norm(counts), 0.2)
    return (cut / np.linalg.norm(cut)).ravel()


@pytest.mark.parametrize("stride", [1, 2])
def test_descriptors_are_the_formula(stride):
    x = images()
    found = describe(x, stride=stride)
    places = range(0, 12 - 4 * CELL + 1, stride)
    assert found.shape == (2, len(places), len(places), 128)
    for i, top in enumerate(places):
        for j, left in enumerate(places):
            np.testing.assert_allclose(found[1, i, j], by_hand(x[1, ..., 0], top, left), atol=2e-5)


def test_brightness_and_contrast_leave_descriptors_alone():
    np.testing.assert_allclose(describe(0.3 * images() + 0.5), describe(images()), atol=1e-4)


def test_flat_images_have_no_direction():
    assert not describe(np.full((1, 12, 12, 3), 0.7, "float32")).any()


def test_mirror_image_mirrors_cells_and_directions():
    x = images(1)
    found = describe(x[:, :, ::-1])[:, :, ::-1].reshape(1, 5, 5, 4, 4, 8)
    mirrored = found[:, :, :, :, ::-1][..., [4, 3, 2, 1, 0, 7, 6, 5]]
    np.testing.assert_allclose(mirrored.reshape(1, 5, 5, 128), describe(x), atol=1e-5)


def test_words_of_descriptors_are_means_without_whitening():
    layer = VisualWords(6, size=8, descriptor="sift", assignment="hard")
    layer.build((None, 12, 12, 1))
    learn_words(layer, images(40), seed=1)
    mean, whitening, centroids = layer.get_weights()
    assert not mean.any()
    np.testing.assert_array_equal(whitening, np.eye(128))
    assert len(np.unique(centroids.round(3), axis=0)) == 6
    counts = keras.ops.convert_to_numpy(layer(images()))
    assert counts.sum() == 2 * 5 * 5
    with pytest.raises(ValueError, match="`size` must be a multiple of 4 for sift"):
        VisualWords(6, size=6, descriptor="sift")
