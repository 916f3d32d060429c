"""SegNet, U-Net and Faster R-CNN on generated images: what they learn, store and answer."""

import dataclasses
import importlib

import numpy as np
import pytest
from PIL import Image

from keras_dl.tasks import predicting
from keras_dl.tasks.base import get_task

SMALL = {
    "unet": {
        "dataset": "threads", "crop": 64, "crops": 8, "filters": 4, "depth": 2, "refine": False,
    },
    "faster_rcnn": {
        "dataset": "shape_boxes", "image_size": 64, "channels": 32, "smallest": 10.0, "growth": 1.5,
        "batch_size": 8,
    },
}  # fmt: skip


def recipe_of(name):
    return importlib.import_module(f"recipes.{name}").recipe


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(SMALL))
def test_resumed_run_equals_the_uninterrupted_one(store, name):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    recipe, histories = recipe_of(name), []
    for folder, ends in (("whole", (2,)), ("parts", (1, 2))):
        for end in ends:
            values = {n: h.default for n, h in recipe.space().items()} | SMALL[name]
            job = Job(recipe, values, 0, 2, store / folder, steps_per_epoch=3)
            ready = fit.load_data(job)
            model = fit.build_model(job, ready)
            trained = fit.train(dataclasses.replace(job, epochs=end), ready, model, lambda *_: None)
        histories.append(trained.state.history)
    assert histories[0] == histories[1]


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)
def test_unet_finds_threads_and_paints_them(store, tmp_path):
    options = {**SMALL["unet"], "refine": True}
    result = recipe_of("unet").run(**options, epochs=6, seed=0, verbose=False)
    assert result.metrics["test/auc"] > 0.9
    assert result.metrics["test/f1"] > 0.6
    assert {"overlays", "precision_recall"} <= set(result.figures)
    Image.fromarray(result.data.test.x[0]).save(tmp_path / "eye.png")
    run = predicting.load_run(result.run_id)
    (answer,) = get_task(recipe_of("unet").task).predict(run, [str(tmp_path / "eye.png")])
    assert answer.text.startswith("thread ")
    painted = (answer.picture != result.data.test.x[0]).any(axis=-1)
    assert 0.02 < painted.mean() < 0.5


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.timeout(600)
def test_detector_finds_discs_and_squares(store, tmp_path):
    result = recipe_of("faster_rcnn").run(
        **SMALL["faster_rcnn"], epochs=12, learning_rate=3e-3, seed=0, verbose=False
    )
    assert result.metrics["test/map50"] > 0.6
    assert {"overlays", "precision_recall"} <= set(result.figures)
    Image.fromarray(result.data.test.x[0]).save(tmp_path / "shapes.png")
    run = predicting.load_run(result.run_id)
    (answer,) = get_task(recipe_of("faster_rcnn").task).predict(
        run, [str(tmp_path / "shapes.png")], score=0.1
    )
    assert answer.picture.shape == result.data.test.x[0].shape
    assert "disc" in answer.text or "square" in answer.text


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_single_network_is_evaluated(store):
    result = recipe_of("unet").run(**SMALL["unet"], epochs=1, verbose=False)
    assert np.isfinite(result.metrics["test/auc"])
