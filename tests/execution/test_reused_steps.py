"""Trials of our own model classes on a step that is traced already: the numbers of a fresh one."""

import importlib

import keras
import numpy as np
import pytest

from keras_dl import algorithms
from keras_dl.algorithms._composed_model import ComposedModel
from keras_dl.execution import model_cache, run_job
from keras_dl.space import resolve
from keras_dl.training import fit
from keras_dl.training.job import Job
from tests.rotation import in_turn

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="traced steps are TensorFlow's"
)
RECIPES = {
    "adversarial_training": {"dataset": "digits"},
    "autoencoder": {"dataset": "digits"},
    "captioning": {"dataset": "captioned_shapes"},
    "conditional_gan": {"dataset": "digits"},
    "cross_modal": {"dataset": "digits", "speech": "tones", "pairs": 200},
    "ctc_digits": {"dataset": "tones"},
    "dann": {},
    "gan": {"dataset": "digits"},
    "lstm_lm": {"dataset": "topics", "units": 16},
    "multitask": {"dataset": "digits"},
    "pix2pix": {"dataset": "digits"},
    "prototypical": {"dataset": "glyphs"},
    "siamese": {"dataset": "glyphs"},
    "simclr": {"dataset": "digits"},
    "vae": {"dataset": "digits"},
    "word2vec": {"dataset": "topics"},
}


@pytest.fixture(autouse=True)
def fresh():
    model_cache.forget()
    yield
    model_cache.forget()


def trial(name, number, folder):
    """A job whose learning rate and seed differ from those of other numbers."""
    recipe = importlib.import_module(f"recipes.{name}").recipe
    values = resolve(recipe.space(), RECIPES[name])
    values["learning_rate"] *= 1 + 0.2 * number
    return Job(recipe, values, number, 2, folder / f"{name}{number}", steps_per_epoch=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", in_turn(sorted(RECIPES), 6))
def test_trial_after_another_equals_one_alone(name, tmp_path):
    run_job.run_job(trial(name, 0, tmp_path / "before"))
    assert len(model_cache._cache) == 1
    found = run_job.run_job(trial(name, 1, tmp_path / "after"))
    assert len(model_cache._cache) == 1  # the same
    model_cache.forget()
    assert found.history == run_job.run_job(trial(name, 1, tmp_path / "alone")).history


def snapshots(job):
    """Images of each epoch, and the number of traced models before the training."""
    data, before = fit.load_data(job), len(model_cache._cache)
    with model_cache.borrow(job, data) as (model, cached):
        fit.train(job, data, model, lambda *_: None, traced=cached)
    return model.sample_monitor.snapshots, before


@pytest.mark.slow
def test_images_of_epochs_are_the_trials_own(tmp_path):
    first, _ = snapshots(trial("gan", 0, tmp_path / "before"))
    found, before = snapshots(trial("gan", 1, tmp_path / "after"))
    assert before == len(model_cache._cache) == 1
    model_cache.forget()
    alone, _ = snapshots(trial("gan", 1, tmp_path / "alone"))
    assert sorted(found) == [1, 2]
    for epoch, images in found.items():
        np.testing.assert_array_equal(images, alone[epoch])
    assert (first[2] != found[2]).any()


def test_each_class_says_whether_its_step_can_be_reused():
    classes = {c for c in vars(algorithms).values() if isinstance(c, type)}
    own = {c for c in classes if issubclass(c, ComposedModel)}
    loops = {"AlphaZero", "BeamSearch", "DQN", "FasterRCNN", "HebbianLearning", "HybridRecognizer"}
    loops |= {"RBM", "TargetPropagation"}
    assert {c.__name__ for c in own if not c.reusable_step} <= loops
