import os

import keras
import numpy as np
import pytest
from recipes.fcn import build, recipe
from recipes.fcn import data as load_data

from keras_dl import load_model

SMALL = {"dataset": "shapes", "image_size": 24, "batch_size": 16, "filters": 4, "units": 64}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_run_on_generated_shapes(store):
    result = recipe.run(**SMALL, epochs=3, learning_rate=1e-2, verbose=False)
    assert result.metrics["objective"] == max(result.history["val_mean_iou"])
    assert {"test/mean_iou", "test/pixel_accuracy", "test/class_accuracy"} <= set(result.metrics)
    assert {"overlays", "class_iou", "confusion_matrix", "learning_curves"} <= set(result.figures)
    assert result.metrics["test/mean_iou"] > 0.25  # background alone has less than 1/4
    logits = keras.ops.convert_to_numpy(
        load_model(result.run_id)(np.zeros((1, 37, 51, 3), "uint8"))
    )
    assert logits.shape == (1, 37, 51, 4)


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_the_stride_selects_the_network(stride):
    data = load_data(dataset="shapes", image_size=24)
    assert build(data, stride=stride, filters=1, units=64).name == f"fcn{stride}s"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="needs CamVid")
def test_camvid_at_half_height(store):
    result = recipe.run(image_size=90, epochs=10, seed=0, verbose=False)
    assert result.metrics["test/mean_iou"] > 0.3
