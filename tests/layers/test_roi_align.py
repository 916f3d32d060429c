import keras
import numpy as np
import pytest

from keras_dl.layers import PyramidRoIAlign, RoIAlign, RoIPool
from tests.checks import check_saving

RANDOM = np.random.default_rng(0)
MAPS = RANDOM.normal(size=(2, 9, 11, 3)).astype("float32")
BOXES = np.array(
    [[[3, 5, 60, 50], [-20, 0, 40, 90]], [[10, 10, 11, 12], [30, 20, 95, 71]]], "float32"
)


def run(layer, boxes=BOXES):
    return keras.ops.convert_to_numpy(layer([MAPS, boxes]))


def sampled(maps, y, x):
    """Bilinear interpolation as the operation of torchvision defines it."""
    height, width, _ = maps.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return np.zeros(maps.shape[-1])
    y, x = np.clip([y, x], 0, [height - 1, width - 1])
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    above = maps[top, left] * (1 - x + left) + maps[top, right] * (x - left)
    below = maps[bottom, left] * (1 - x + left) + maps[bottom, right] * (x - left)
    return above * (1 - y + top) + below * (y - top)


def aligned(maps, box, size, stride, samples):
    left, top, right, bottom = box / stride - 0.5
    result = np.zeros((size, size, maps.shape[-1]))
    for row, column, i, j in np.ndindex(size, size, samples, samples):
        y = top + (row + (i + 0.5) / samples) * (bottom - top) / size
        x = left + (column + (j + 0.5) / samples) * (right - left) / size
        result[row, column] += sampled(maps, y, x) / samples**2
    return result


@pytest.mark.parametrize(("size", "samples"), [(7, 2), (3, 1), (2, 4)])
def test_align_equals_the_definition_point_by_point(size, samples):
    features = run(RoIAlign(size, 8, samples))
    for maps, boxes, regions in zip(MAPS, BOXES, features, strict=True):
        for box, region in zip(boxes, regions, strict=True):
            np.testing.assert_allclose(region, aligned(maps, box, size, 8, samples), atol=2e-5)


def test_align_equals_crop_and_resize_whose_corners_are_the_outer_points():
    tf = pytest.importorskip("tensorflow", reason="tf.image is the reference")
    size, stride = 4, 8
    boxes = np.array([[[12, 12, 76, 52]], [[8, 20, 72, 60]]], "float32")
    left, top, right, bottom = np.moveaxis(boxes[:, 0] / stride - 0.5, -1, 0)
    width, height = (right - left) / size / 2, (bottom - top) / size / 2
    corners = [top + height, left + width, bottom - height, right - width]
    scaled = np.stack(corners, axis=-1) / np.array([8, 10, 8, 10])  # of the last pixel's centre
    theirs = tf.image.crop_and_resize(MAPS, scaled.astype("float32"), [0, 1], (size, size))
    np.testing.assert_allclose(run(RoIAlign(size, stride, 1), boxes)[:, 0], theirs, atol=1e-5)


def test_pool_takes_the_maximum_of_rounded_bins():
    features = run(RoIPool(2, 8))
    # The first box has its corners at pixels 0 and 8, 1 and 6: nine columns, six rows.
    left, top, right, bottom = np.round(BOXES[0, 0] / 8).astype(int)
    assert (left, top, right, bottom) == (0, 1, 8, 6)
    np.testing.assert_array_equal(features[0, 0, 0, 0], MAPS[0, 1:4, 0:5].max(axis=(0, 1)))
    np.testing.assert_array_equal(features[0, 0, 1, 1], MAPS[0, 4:7, 4:9].max(axis=(0, 1)))


def test_pool_of_a_bin_beyond_the_map_is_zero():
    outside = np.full((2, 1, 4), 400, "float32")
    assert (run(RoIPool(2, 8), outside) == 0).all()
    assert (run(RoIAlign(2, 8), outside) == 0).all()


@pytest.mark.parametrize("layer", [RoIAlign(3, 8), RoIPool(3, 8)])
def test_maps_of_any_size_and_saving(layer):
    maps, boxes = keras.Input((None, None, 3)), keras.Input((None, 4))
    model = keras.Model([maps, boxes], layer([maps, boxes]))
    assert model.output_shape == (None, None, 3, 3, 3)
    check_saving(model, [MAPS, BOXES])


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`samples` must be at least 1"):
        RoIAlign(7, 16, 0)
    with pytest.raises(TypeError, match="`stride` must be an integer"):
        RoIPool(7, 16.0)


def test_pyramid_takes_the_level_of_the_region_s_size():
    fine = RANDOM.normal(size=(1, 40, 40, 2)).astype("float32")
    coarse = RANDOM.normal(size=(1, 20, 20, 2)).astype("float32")
    # Sides of 224 pixels and more belong to stride 16.
    border = np.array([[[0, 0, 223, 223], [0, 0, 225, 225]]], "float32")
    features = keras.ops.convert_to_numpy(PyramidRoIAlign(3, (8, 16))([fine, coarse, border]))
    for number, (maps, stride) in enumerate([(fine, 8), (coarse, 16)]):
        own = keras.ops.convert_to_numpy(RoIAlign(3, stride)([maps, border]))[0, number]
        np.testing.assert_allclose(features[0, number], own, atol=1e-5)


def test_strides_of_a_pyramid_double():
    with pytest.raises(ValueError, match="`strides` must double"):
        PyramidRoIAlign(3, (8, 12))
