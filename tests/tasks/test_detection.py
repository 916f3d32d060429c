import numpy as np
import pytest
from PIL import Image

from keras_dl.data.detection import load_detection
from keras_dl.metrics.detection import Detections
from keras_dl.tasks import detection
from keras_dl.tasks.base import SavedRun
from keras_dl.tasks.detection import objects_of, task


@pytest.fixture(scope="module")
def data():
    return load_detection("shape_boxes")


@pytest.fixture
def truth(data, monkeypatch):
    """A detector that finds every object of the first images and nothing on the last five."""

    def detected(model, images):
        rows = [int(np.argmax((data.test.x == image).all(axis=(1, 2, 3)))) for image in images]
        objects = objects_of(data.test)
        return [
            Detections(*objects[row], np.full(len(objects[row].boxes), 0.9))
            if row < len(objects) - 5
            else Detections(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0))
            for row in rows
        ]

    monkeypatch.setattr(detection, "detect", detected)


def test_scores_of_what_is_found(data, truth):
    (scores,) = task.evaluators(data)
    missing = np.concatenate([o.classes for o in objects_of(data.test)[-5:]])
    total = np.bincount(data.test.y["classes"][data.test.y["classes"] >= 0])
    recall = 1 - np.bincount(missing, minlength=2) / total
    # Precision is 1 up to the recall and 0 beyond; COCO reads it at 101 recalls.
    expected = np.mean([(np.linspace(0, 1, 101) <= r).mean() for r in recall])
    assert scores(None, data.test)["map50"] == pytest.approx(expected)
    (coco,) = task.test_evaluators(data)
    assert coco(None, data.test)["coco_precision"] == pytest.approx(expected)


def test_report_shows_the_worst_images_and_a_curve_of_each_class(data, truth):
    report = task.report(None, data)
    assert {"overlays", "precision_recall", "map50_11_points", "map50_area"} <= set(report)
    assert {"ap50_disc", "ap50_square"} <= set(report)
    left, right = report["overlays"].axes[:2]
    assert left.patches
    assert not right.patches  # nothing is found on the worst image


def test_predict_counts_and_draws_in_the_file_s_own_size(monkeypatch, tmp_path):
    Image.fromarray(np.zeros((128, 256, 3), "uint8")).save(tmp_path / "cells.png")
    answer = Detections(
        np.array([[8.0, 8, 16, 24], [0, 0, 4, 4]]), np.array([1, 0]), np.array([0.9, 0.2])
    )
    monkeypatch.setattr(detection, "detect", lambda model, images: [answer])
    spec = {"targets": {"names": ["disc", "square"]}, "input_shape": [64, 64, 3], "inputs": {}}
    (detected,) = task.predict(SavedRun(None, spec, None), [str(tmp_path / "cells.png")])
    assert detected.text == "1 square"
    assert detected.picture.shape == (128, 256, 3)
    rows, columns = np.nonzero(detected.picture.any(axis=-1))
    assert (rows.min(), rows.max() + 1) == (16, 48)
    assert (columns.min(), columns.max() + 1) == (32, 64)
    both = next(
        iter(task.predict(SavedRun(None, spec, None), [str(tmp_path / "cells.png")], score=0.1))
    )
    assert both.text == "1 disc, 1 square"
