from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from keras_dl.algorithms.segmentation import compile_segmenter, with_views
from keras_dl.data.segmentation import load_segmentation
from keras_dl.models.segmentation import fcn
from keras_dl.tasks.segmentation import predicted_masks, task


@keras.saving.register_keras_serializable("tests")
class Echo(keras.layers.Layer):
    """Logits that are highest for the class number in the first channel."""

    def call(self, x):
        return keras.ops.one_hot(keras.ops.cast(x[..., 0], "int32"), 4)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:3], 4)


@pytest.fixture(scope="module")
def data():
    return load_segmentation("shapes", image_size=24)


def echo():
    pixels = keras.Input((None, None, 3), dtype="uint8")
    return keras.Model(pixels, Echo()(pixels))


def test_scores_of_a_perfect_and_of_a_blind_model(data):
    (scores,) = task.evaluators(data)
    right = np.repeat(data.test.y[..., None], 3, axis=-1)
    split = type(data.test)(right, data.test.y)
    assert scores(echo(), split) == {"mean_iou": 1, "pixel_accuracy": 1, "class_accuracy": 1}
    blind = scores(echo(), type(data.test)(0 * right, data.test.y))
    share = float((data.test.y == 0).mean())
    assert blind["pixel_accuracy"] == pytest.approx(share)
    assert blind["mean_iou"] == pytest.approx(share / 4)
    assert blind["class_accuracy"] == pytest.approx(1 / 4)


def test_report_has_figures_and_scores_per_class(data):
    report = task.report(echo(), data)
    assert {"overlays", "class_iou", "confusion_matrix"} < set(report)
    assert 0 <= report["iou_background"] <= 1


def test_predictions_have_the_size_of_the_file_and_the_colours_of_the_classes(data, tmp_path):
    labels = np.zeros((48, 100), "uint8")
    labels[:, 50:] = 2
    Image.fromarray(np.repeat(labels[..., None], 3, axis=-1)).save(tmp_path / "a.png")
    spec = {
        "input_shape": [24, 32, 3],
        "targets": {"names": data.class_names, "colours": data.targets.colours},
    }
    run = SimpleNamespace(model=echo(), spec=spec, preprocessor=None)
    (prediction,) = task.predict(run, [str(tmp_path / "a.png")])
    assert prediction.source == str(tmp_path / "a.png")
    assert prediction.text == "background 50.0 %, square 50.0 %"
    assert prediction.picture.shape == (48, 100, 3)
    for columns, label in ((slice(0, 48), 0), (slice(52, 100), 2)):
        colours = np.unique(prediction.picture[:, columns].reshape(-1, 3), axis=0)
        assert colours.tolist() == [list(data.targets.colours[label])]
    (numbers,) = task.predict(run, [str(tmp_path / "a.png")], draw="classes")
    assert numbers.picture.shape == (48, 100)
    assert (numbers.picture[:, 52:] == 2).all()
    (overlay,) = task.predict(run, [str(tmp_path / "a.png")], draw="overlay")
    expected = np.rint(0.3 * 2 + 0.7 * np.array(data.targets.colours[2]))
    assert (overlay.picture[:, 52:] == expected).all()


def test_training_learns_shapes_better_than_the_background_alone(data):
    keras.utils.set_random_seed(0)
    net = fcn((None, None, 3), 4, filters=4, units=16, batch_norm=True, dropout=0.0)
    model = compile_segmenter(
        with_views(data, net, flip=True), keras.optimizers.Adam(1e-2), data, balance=0.5
    )
    model.fit(data.train.x, data.train.y, batch_size=16, epochs=3, verbose=0)
    (scores,) = task.evaluators(data)
    found = scores(model, data.validation)
    assert found["mean_iou"] > 0.25
    assert predicted_masks(model, data.validation.x[:3]).shape == (3, 24, 32)
