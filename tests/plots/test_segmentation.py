import numpy as np
import pytest

from keras_dl.plots.segmentation import (
    class_iou_bars,
    colour_mask,
    pixel_confusion_matrix,
    segmentation_overlays,
)

COLOURS = ((0, 0, 0), (200, 0, 0), (0, 100, 0))
NAMES = ("background", "disc", "square")


def test_masks_are_painted_in_the_colours_of_the_classes():
    painted = colour_mask(np.array([[0, 1], [2, 255]], "uint8"), COLOURS)
    assert painted.dtype == np.uint8
    assert painted.tolist() == [[[0, 0, 0], [200, 0, 0]], [[0, 100, 0], [0, 0, 0]]]


def test_overlays_show_image_labels_and_prediction():
    images = np.full((2, 4, 6, 1), 100, "uint8")
    labels, predicted = np.ones((2, 4, 6), "uint8"), np.full((2, 4, 6), 2, "uint8")
    labels[:, 0] = 255
    figure = segmentation_overlays(images, labels, predicted, NAMES, COLOURS, ignore=255)
    views = [axes.get_images()[0].get_array() for axes in figure.axes]
    assert len(views) == 6
    assert (np.asarray(views[0]) == 100).all()
    np.testing.assert_array_equal(views[1][0], 100)  # unlabelled: the image alone
    np.testing.assert_array_equal(views[1][1], np.broadcast_to([170, 30, 30], (6, 3)))
    np.testing.assert_array_equal(views[2][0], np.broadcast_to([30, 100, 30], (6, 3)))
    assert [t.get_text() for t in figure.legends[0].get_texts()] == list(NAMES)


def test_bars_mark_absent_classes():
    figure = class_iou_bars([0.5, np.nan, 1.0], NAMES, 0.75)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["50.0", "does not occur", "100.0"]


def test_confusion_is_in_per_cent_of_the_true_class():
    figure = pixel_confusion_matrix(np.array([[3, 1], [0, 0]]), NAMES[:2])
    assert [text.get_text() for text in figure.axes[0].texts] == ["75", "25"]


def test_unequal_lengths_are_refused():
    masks = np.zeros((1, 2, 2), int)
    with pytest.raises(ValueError, match="must be equally long"):
        segmentation_overlays(np.zeros((1, 2, 2, 3), "uint8"), masks, masks, NAMES, COLOURS[:2])
    with pytest.raises(ValueError, match="must be equally long"):
        class_iou_bars([0.5], NAMES, 0.5)
