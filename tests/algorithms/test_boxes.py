import keras
import numpy as np
import pytest

from keras_dl.algorithms._boxes import (
    box_iou,
    clip_boxes,
    decode_boxes,
    encode_boxes,
    make_anchors,
    suppress,
)


def boxes_of(count, seed=0, batch=1):
    random = np.random.default_rng(seed)
    corner, side = (
        random.uniform(0, 80, (batch, count, 2)),
        random.uniform(2, 40, (batch, count, 2)),
    )
    return np.concatenate([corner, corner + side], axis=-1).astype("float32")


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_anchors_by_hand():
    anchors = make_anchors((8, 16), (0.5, 1.0, 2.0), 4, 2, 3)
    assert anchors.shape == (2 * 3 * 6, 4)
    np.testing.assert_allclose(anchors[1], [2 - 4, 2 - 4, 2 + 4, 2 + 4])
    last = anchors[-1]  # size 16, twice as high as wide, of the last cell
    np.testing.assert_allclose((last[:2] + last[2:]) / 2, [10, 6])
    height, width = last[3] - last[1], last[2] - last[0]
    assert height / width == pytest.approx(2)
    assert height * width == pytest.approx(256, rel=1e-5)


def test_iou_by_hand():
    one = np.array([[0, 0, 2, 2]], "float32")
    other = np.array([[1, 1, 3, 3], [0, 0, 2, 1], [5, 5, 6, 6], [0, 0, 0, 0]], "float32")
    np.testing.assert_allclose(numpy(box_iou(one, other)), [[1 / 7, 1 / 2, 0, 0]], rtol=1e-5)
    assert numpy(box_iou(other[3:], other[3:])) == 0  # two boxes without area


def test_codes_by_hand_and_back():
    anchor, box = np.array([10, 20, 30, 60], "float32"), np.array([15, 20, 55, 40], "float32")
    codes = numpy(encode_boxes(box, anchor, (10, 10, 5, 5)))
    expected = [10 * 15 / 20, 10 * -10 / 40, 5 * np.log(2), 5 * np.log(0.5)]
    np.testing.assert_allclose(codes, expected, rtol=1e-5)
    boxes, anchors = boxes_of(50)[0], boxes_of(50, 1)[0]
    back = decode_boxes(encode_boxes(boxes, anchors, (10, 10, 5, 5)), anchors, (10, 10, 5, 5))
    np.testing.assert_allclose(numpy(back), boxes, rtol=1e-3, atol=1e-3)


def test_codes_equal_those_of_keras():
    from keras.utils import bounding_boxes

    boxes, anchors = boxes_of(20), boxes_of(20, 1)[0]
    theirs = bounding_boxes.encode_box_to_deltas(
        anchors, boxes, anchor_format="xyxy", box_format="xyxy", encoding_format="center_yxhw"
    )
    ours = numpy(encode_boxes(boxes, anchors))[..., [1, 0, 3, 2]]
    np.testing.assert_allclose(ours, numpy(theirs), rtol=1e-4, atol=1e-5)


def test_huge_codes_do_not_overflow():
    assert np.isfinite(numpy(decode_boxes(np.full((1, 4), 1e4, "float32"), boxes_of(1)[0]))).all()


def test_clipping():
    boxes = np.array([[-3, -4, 200, 90]], "float32")
    np.testing.assert_array_equal(numpy(clip_boxes(boxes, 50, 100)), [[0, 0, 100, 50]])


@pytest.mark.parametrize("threshold", [0.3, 0.7])
@pytest.mark.parametrize("seed", range(3))
def test_suppression_equals_tensorflow(threshold, seed):
    tf = pytest.importorskip("tensorflow", reason="tf.image is the reference")
    boxes = boxes_of(60, seed, batch=2)
    scores = np.random.default_rng(seed).random((2, 60)).astype("float32")
    scores[:, 30:] = scores[:, :30]  # ties
    rows, valid = map(numpy, suppress(boxes, scores, threshold, 25))
    for image in range(2):
        theirs = tf.image.non_max_suppression(
            boxes[image][:, [1, 0, 3, 2]], scores[image], 25, iou_threshold=threshold
        ).numpy()
        assert valid[image].sum() == len(theirs)
        np.testing.assert_array_equal(rows[image][valid[image]], theirs)


def test_suppression_ends_when_nothing_is_left():
    boxes = np.array([[[0, 0, 4, 4], [0, 0, 4, 4], [9, 9, 12, 12]]], "float32")
    scores = np.array([[0.5, 0.9, -np.inf]], "float32")
    rows, valid = map(numpy, suppress(boxes, scores, 0.5, 3))
    assert rows[0, 0] == 1
    assert valid.tolist() == [[True, False, False]]
