import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.images.pixels import to_pixels


def ramp(dtype, *values):
    return np.resize(np.array(values, dtype=dtype), (2, 2, 2))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (ramp(np.uint8, 0, 7, 255), [0, 7, 255]),
        (ramp(np.float32, 0, 0.2, 1), [0, 51, 255]),
        (ramp(np.float64, 0, 99, 255), [0, 99, 255]),
        (ramp(np.int64, 0, 7, 255), [0, 7, 255]),
        (ramp(np.uint16, 0, 25700, 65535), [0, 100, 255]),
        (ramp(bool, 0, 1, 0), [0, 255, 0]),
        (ramp(np.uint8, 0, 1, 0), [0, 255, 0]),
        (ramp(np.uint8, 0, 0, 0), [0, 0, 0]),
    ],
)
def test_values_become_pixels(x, expected):
    (y,) = to_pixels({"train": x}).images
    assert y.dtype == np.uint8
    assert y.shape == (2, 2, 2, 1)
    assert y.ravel()[:3].tolist() == expected


def test_eighths_of_a_pixel_survive_the_round_trip():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    np.testing.assert_array_equal(
        to_pixels({"train": levels / np.float32(255)}).images[0][..., 0], levels
    )


def test_splits_share_one_decision():
    bright, dark = ramp(np.uint16, 0, 4095, 9), ramp(np.uint16, 0, 300, 9)
    train, test = to_pixels({"train": bright, "test": dark}).images
    assert train.max() == 255
    assert test.max() == pytest.approx(300 / 4095 * 255)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 4, 4, 2)), r"1 \(gray\) or 3 \(RGB\) channels.*shape=\(2, 4, 4, 2\)"),
        (np.zeros((2, 3, 8, 8)), "Channels stand last"),
        (np.zeros((2, 0, 8)), "must hold images with pixels"),
        (ramp(np.float32, -1, 0, 1), r"without standardisation.*values -1..1"),
        (ramp(np.float32, 0, 0, 300), r"values 0..300"),
        (ramp(np.float32, 0, np.nan, np.inf), "finite in every pixel. Received: 5 NaN or inf"),
        (np.full((1, 2, 2), "a"), "`x` must hold numbers"),
    ],
)
def test_unusable_images(x, message):
    with pytest.raises(DatasetError, match=message):
        to_pixels({"train": x})
