import keras
import numpy as np
import pytest

from keras_dl.layers import RandomSymmetry, RestoreSymmetry
from tests.checks import check_saving


def moved(images, seed=0):
    views, moves = RandomSymmetry(seed)(images, training=True)
    return keras.ops.convert_to_numpy(views), keras.ops.convert_to_numpy(moves)


def by_numpy(image, moves):
    """The same symmetry, image by image."""
    image = image[:, ::-1] if moves[0] else image
    image = image[::-1] if moves[1] else image
    return image.transpose(1, 0, 2) if moves[2] else image


def test_views_are_the_symmetries_of_numpy_and_all_eight_occur():
    images = np.random.default_rng(0).random((64, 5, 5, 2), "float32")
    views, moves = moved(images)
    assert len({tuple(row) for row in moves}) == 8
    for image, view, how in zip(images, views, moves, strict=True):
        np.testing.assert_array_equal(view, by_numpy(image, how))


def test_maps_come_back_to_the_places_of_the_labels():
    images = np.random.default_rng(0).random((64, 6, 6, 3), "float32")
    views, moves = moved(images)
    back = RestoreSymmetry()([views, moves], training=True)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(back), images)


@pytest.mark.parametrize("seed", range(5))
def test_a_box_round_the_mask_stays_round_it(seed):
    random = np.random.default_rng(seed)
    masks = np.zeros((32, 9, 9, 1), "float32")
    corners = np.sort(random.integers(0, 9, (32, 2, 2)), axis=1)  # first and last row and column
    for mask, ((top, left), (bottom, right)) in zip(masks, corners, strict=True):
        mask[top : bottom + 1, left : right + 1] = 1
    views, moves = moved(masks, seed)
    for view, ((top, left), (bottom, right)), how in zip(views, corners, moves, strict=True):
        if how[0]:
            left, right = 8 - right, 8 - left
        if how[1]:
            top, bottom = 8 - bottom, 8 - top
        if how[2]:
            top, left, bottom, right = left, top, right, bottom
        rows, columns = np.nonzero(view[..., 0])
        assert (rows.min(), columns.min(), rows.max(), columns.max()) == (top, left, bottom, right)


def test_outside_training_images_of_any_size_pass_unchanged():
    images = np.random.default_rng(0).random((2, 4, 7, 1), "float32")
    pixels = keras.Input((None, None, 1))
    views, moves = RandomSymmetry(1)(pixels)
    model = keras.Model(pixels, RestoreSymmetry()([views, moves]))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(model(images)), images)
    check_saving(model, images)
