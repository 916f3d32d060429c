import keras
import numpy as np
import pytest
from PIL import Image

from keras_dl.data.segmentation import load_segmentation
from keras_dl.tasks.base import SavedRun
from keras_dl.tasks.binary_segmentation import foreground_probabilities, task


def dark_is_foreground():
    """Logits (0, (c − red) / 10): the darker, the more probable."""
    pixels = keras.Input((None, None, 3), dtype="uint8")
    layer = keras.layers.Conv2D(2, 1)
    model = keras.Model(pixels, layer(keras.layers.Rescaling(1.0)(pixels)))
    kernel = np.zeros((1, 1, 3, 2), "float32")
    kernel[0, 0, 0, 1] = -0.1
    layer.set_weights([kernel, np.array([0, 9.5], "float32")])
    return model


@pytest.fixture(scope="module")
def data():
    return load_segmentation("threads")


def test_probabilities_are_the_softmax(data):
    foreground = foreground_probabilities(dark_is_foreground(), data.test.x)
    expected = 1 / (1 + np.exp(data.test.x[..., 0] / 10.0 - 9.5))
    np.testing.assert_allclose(foreground, expected, rtol=1e-4, atol=1e-6)


def test_test_scores_use_the_threshold_of_validation(data):
    (scores,) = task.evaluators(data)
    model = dark_is_foreground()
    of_validation, of_test = scores(model, data.validation), scores(model, data.test)
    assert of_test["threshold"] == of_validation["threshold"]
    inside = data.test.y != 255
    foreground = (foreground_probabilities(model, data.test.x) >= of_test["threshold"])[inside]
    wanted = data.test.y[inside] == 1
    assert of_test["pooled_f1"] == pytest.approx(
        2 * (foreground & wanted).sum() / (foreground.sum() + wanted.sum())
    )
    assert 0.8 < of_test["auc"] < 1


def test_report_shows_the_worst_first_and_the_second_observer(data):
    from dataclasses import replace

    second = np.where(data.test.y == 255, 0, data.test.y)
    second[0] = 0
    report = task.report(dark_is_foreground(), replace(data, extras={"second_observer": second}))
    assert {"overlays", "precision_recall", "second_observer_f1"} == set(report)
    assert report["second_observer_f1"] == pytest.approx(5 / 6)


def test_predict_paints_the_foreground_by_tiles_in_the_file_s_own_size(data, tmp_path):
    pixels = np.full((150, 200, 3), 140, "uint8")
    pixels[40:50, :, :] = 20
    Image.fromarray(pixels).save(tmp_path / "eye.png")
    spec = {
        "targets": {"names": ["background", "thread"], "colours": []},
        "input_shape": [96, 96, 3],
        "inputs": {"white": 255.0},
    }
    run = SavedRun(dark_is_foreground(), spec, None, {"test/threshold": 0.4})
    (answer,) = task.predict(run, [str(tmp_path / "eye.png")], tile=128)
    assert answer.text == "thread 6.7 %, of probabilities from 0.4"
    (everything,) = task.predict(run, [str(tmp_path / "eye.png")], tile=128, threshold=0.0)
    assert everything.text == "thread 100.0 %, of probabilities from 0"
    assert answer.picture.shape == (150, 200, 3)
    assert (answer.picture[45, 100] == np.rint(0.3 * 20 + 0.7 * np.array([0, 200, 120]))).all()
    assert (answer.picture[100, 100] == 140).all()
    (numbers,) = task.predict(run, [str(tmp_path / "eye.png")], draw="classes")
    assert numbers.picture[45, 100] == 1
    assert numbers.picture.sum() == 10 * 200
