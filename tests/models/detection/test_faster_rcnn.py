from itertools import pairwise

import keras
import numpy as np
import pytest

from keras_dl.models.detection import detector_parts, faster_rcnn_small
from tests.checks import check_saving, count_parameters, forward

SMALL = {"channels": 8, "anchors": 3, "units": 10, "region_size": 3}


def count_by_hand(classes, channels, anchors, units, region_size):
    """The small backbone with its normalisation, proposals, classification of regions."""
    widths = [3, channels // 4, channels // 2, channels, channels]
    backbone = sum(9 * a * b + 2 * b for a, b in pairwise(widths))
    proposer = 9 * channels**2 + channels + 5 * anchors * (channels + 1)
    head = (region_size**2 * channels + 1) * units + (units + 1) * units
    return backbone + proposer + head + 5 * (classes + 1) * (units + 1)


def test_count_by_hand_and_saving():
    model = faster_rcnn_small((40, 56, 3), 2, **SMALL)
    assert count_parameters(model) == count_by_hand(2, 8, 3, 10, 3)
    regions = np.array([[[0, 0, 20, 30], [5, 5, 50, 38]]], "float32")
    pixels = np.random.default_rng(0).integers(0, 256, (1, 40, 56, 3)).astype("float32")
    objectness, codes, logits, boxes = [
        keras.ops.convert_to_numpy(x) for x in model([pixels, regions])
    ]
    assert objectness.shape == (1, 5 * 7 * 3, 1)
    assert codes.shape == (1, 5 * 7 * 3, 4)
    assert logits.shape == (1, 2, 3)
    assert boxes.shape == (1, 2, 3, 4)
    check_saving(keras.Model(model.input, model.output[2]), [pixels, regions])


def test_pyramid_has_a_level_for_each_stride_and_one_more():
    parts = detector_parts((70, 90, 3), 2, backbone="efficientnet_lite0", weights=None, **SMALL)
    assert parts.strides == (8, 16, 32, 64)
    shapes = [tuple(maps.shape[1:]) for maps in parts.backbone.output]
    assert shapes == [(9, 12, 8), (5, 6, 8), (3, 3, 8), (2, 2, 8)]
    assert len(parts.head.inputs) == 4  # three levels and the regions


def test_coarse_levels_reach_the_fine_ones():
    parts = detector_parts((64, 64, 3), 2, backbone="efficientnet_lite0", weights=None, **SMALL)
    pixels = np.random.default_rng(0).random((1, 64, 64, 3), "float32") * 255
    before = forward(keras.Model(parts.backbone.input, parts.backbone.output[0]), pixels)
    coarse = parts.backbone.get_layer("inner2")
    coarse.set_weights([w + 1 for w in coarse.get_weights()])
    after = forward(keras.Model(parts.backbone.input, parts.backbone.output[0]), pixels)
    assert (before != after).any()


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`backbone` must be"):
        detector_parts((64, 64, 3), 2, backbone="vgg")
    with pytest.raises(ValueError, match="at least 32×32 pixels"):
        detector_parts((16, 64, 3), 2)
