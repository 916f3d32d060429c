import numpy as np
import pytest

from keras_dl.metrics import colour_overlap, lab, sharpness

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [  # CIE L*a*b* of the sRGB primaries under D65, as printed in tables
        ((255, 255, 255), (100.0, 0.0, 0.0)),
        ((0, 0, 0), (0.0, 0.0, 0.0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((119, 119, 119), (50.03, 0.0, 0.0)),
    ],
)
def test_known_colours(rgb, expected):
    assert lab(np.array(rgb, "uint8")) == pytest.approx(np.array(expected), abs=0.05)


def test_grey_channel_counts_as_three_equal_ones():
    grey = RANDOM.integers(0, 256, (2, 3, 3, 1)).astype("uint8")
    np.testing.assert_allclose(lab(grey), lab(np.repeat(grey, 3, axis=-1)))


def test_overlap_of_equal_and_of_foreign_colours():
    images = RANDOM.integers(0, 256, (4, 8, 8, 3)).astype("uint8")
    assert colour_overlap(images, images) == pytest.approx({"L": 1, "a": 1, "b": 1})
    red, blue = np.zeros((2, 1, 4, 4, 3), "uint8")
    red[..., 0], blue[..., 2] = 255, 255
    assert colour_overlap(red, blue)["b"] == 0
    half = np.concatenate([red, blue])
    assert colour_overlap(half, blue)["L"] == pytest.approx(0.5)


def test_sharpness_of_a_blurred_image_is_less():
    images = RANDOM.integers(0, 256, (4, 9, 9, 1)).astype("uint8")
    assert sharpness(images, images) == 1
    assert sharpness(images, images // 2) == pytest.approx(0.5, abs=0.01)
    assert sharpness(images, np.full_like(images, 7)) == 0
