import numpy as np
import pytest

from keras_dl.data.images.resizing import common_size, resize


@pytest.mark.parametrize(
    ("sizes", "image_size", "at_least", "expected"),
    [
        ([(28, 28)], None, None, (28, 28)),
        ([(28, 20)], None, None, (28, 20)),
        ([(28, 20)], 32, None, (32, 32)),
        ([(28, 20)], 32, 64, (32, 32)),
        ([(8, 8)], None, 28, (28, 28)),
        ([(8, 16)], None, 28, (28, 56)),
        ([(28, 30)], None, 28, (28, 30)),
        ([(8, 8), (9, 9)], None, None, (32, 32)),
        ([(8, 8), (9, 9)], None, 28, (28, 28)),
    ],
)
def test_common_size(sizes, image_size, at_least, expected):
    assert common_size(sizes, image_size, at_least) == expected


def test_equal_size_is_not_copied():
    x = np.zeros((2, 4, 4, 1), np.uint8)
    assert resize(x, (4, 4)) is x


def test_crop_preserves_centre_and_aspect_ratio():
    x = np.zeros((1, 4, 8, 3), np.uint8)
    x[:, :, 2:6] = 200
    y = resize(x, (4, 4))
    assert y.shape == (1, 4, 4, 3)
    assert (y == 200).all()


def test_shrinking_averages():
    checks = (np.indices((16, 16)).sum(axis=0) % 2 * 255).astype(np.uint8)
    y = resize(checks[None, ..., None], (4, 4))
    assert abs(int(y.mean()) - 127) <= 2
    assert y.std() < 10


def test_various_sizes_are_stacked():
    images = [np.full((4, 6, 3), 9, np.uint8), np.full((9, 3, 3), 7, np.uint8)]
    y = resize(images, (5, 5))
    assert y.shape == (2, 5, 5, 3)
    assert (y[0] == 9).all()
    assert (y[1] == 7).all()
