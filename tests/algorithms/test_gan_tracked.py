"""Games under `run`: stopped and resumed they end alike; what they make is stored by epoch."""

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from keras_dl import Objective, Recipe
from keras_dl.algorithms import GAN, ImageTranslation
from keras_dl.data import load
from keras_dl.data.images.pairs import image_pairs
from keras_dl.execution.run_job import run_job
from keras_dl.execution.tracked_results import log_leftovers
from keras_dl.models import patch_discriminator, unet_generator
from keras_dl.optimizers import make_gan_optimizer
from keras_dl.tracking import runs
from keras_dl.tracking import store as tracking
from keras_dl.training.job import Job
from tests.toys import toy
from tests.training.test_run import all_runs, interrupted_at


def _data(*, dataset: str = "digits", batch_size: int = 64):
    return load(dataset, batch_size=batch_size)


def _build(data, *, conditional: bool = False):
    noise, image = keras.Input((6,)), keras.Input(data.input_shape)
    label = keras.Input((data.num_classes,))
    x = keras.layers.Concatenate()([noise, label]) if conditional else noise
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(keras.layers.Dense(12)(x)))
    made = keras.layers.Reshape(data.input_shape)(keras.layers.Dense(64, "tanh")(x))
    x = keras.layers.Dropout(0.3)(keras.layers.Flatten()(image))
    x = keras.layers.Concatenate()([x, label]) if conditional else x
    x = keras.layers.Dense(1)(keras.layers.Dense(12, "relu")(x))
    model = GAN(
        keras.Model([noise, label] if conditional else noise, made),
        keras.Model([image, label] if conditional else image, x),
        discriminator_steps=3,  # 17 steps an epoch: epochs end in the middle of a cycle
        gradient_penalty=1.0,
        ema_momentum=0.9,
        feature_extractor=_judge(data),
    )
    model.compile(make_gan_optimizer(1e-3, rate_ratio=2.0, decay_steps=data.planned_steps))
    return model


def _judge(data):
    pixels = keras.Input(data.input_shape)
    flat = keras.layers.Flatten()(keras.layers.Rescaling(0.01)(pixels))
    return keras.Model(
        pixels,
        {"features": keras.layers.Dense(4)(flat), "logits": keras.layers.Dense(10)(flat)},
    )


game = Recipe(
    name="toy_game",
    data=_data,
    build=_build,
    epochs=4,
    objective=Objective("val_lenet_fid", "min"),
    task="generation",
)


def _pairs(*, dataset: str = "digits", batch_size: int = 64):
    return image_pairs(dataset, batch_size=batch_size, image_size=16)


def _translation(data, *, adversarial: float = 1.0):
    model = ImageTranslation(
        unet_generator(data.input_shape, 1, filters=2, dropout=0.4),
        patch_discriminator(data.input_shape, data.train.y.shape[1:], filters=2, strided=1),
        adversarial_weight=adversarial,
    )
    model.monitor(data.validation.x[:5])
    model.compile(make_gan_optimizer(1e-3, decay_steps=data.planned_steps))
    return model


translation = Recipe(
    name="toy_translation",
    data=_pairs,
    build=_translation,
    epochs=3,
    objective=Objective("val_patch_distance", "min"),
    task="image_translation",
)


@pytest.mark.parametrize(
    ("recipe", "options", "reported"),
    [
        (game, {"conditional": False}, "lenet_fid"),
        (game, {"conditional": True}, "label_accuracy"),
        pytest.param(translation, {"adversarial": 1.0}, "patch_distance", marks=pytest.mark.slow),
    ],
)
def test_resumed_game_equals_the_uninterrupted_one(store, recipe, options, reported):
    options = {"seed": 5, "steps_per_epoch": 17, "verbose": False} | options
    whole = recipe.run(**options)
    with interrupted_at(2), pytest.raises(KeyboardInterrupt):
        recipe.run(**options)
    stopped = next(r for r in all_runs() if r.info.status == "KILLED")
    resumed = recipe.run(resume=stopped.info.run_id, verbose=False)
    assert resumed.history == whole.history
    assert resumed.metrics[f"test/{reported}"] == whole.metrics[f"test/{reported}"]
    for part in ("variables", "optimizer"):
        ours, theirs = (
            m.variables if part == "variables" else m.optimizer.variables
            for m in (resumed.model, whole.model)
        )
        assert len(ours) == len(theirs) > 10
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (a, b)))
    kept = tracking.find_run(resumed.run_id)
    assert kept.info.status == "FINISHED"
    names = tracking.client().get_run(resumed.run_id).data.metrics
    assert {"train/generator_gradient_norm", f"val/{reported}"} <= set(names)
    assert images_by_epoch(resumed.run_id) == images_by_epoch(whole.run_id)


def images_by_epoch(run_id):
    """Step → pixels of the images named "samples", as MLflow's page finds them."""
    found = {}
    for file in tracking.client().list_artifacts(run_id, "images"):
        name, _, rest = Path(file.path).name.partition("+step+")
        if name == "samples" and file.path.endswith(".png"):
            path = tracking.client().download_artifacts(run_id, file.path)
            step = int(rest.partition("+")[0])
            assert step not in found
            found[step] = np.asarray(Image.open(path)).tolist()
    return dict(sorted(found.items()))


def test_samples_of_each_epoch_are_images_with_a_step(store):
    result = game.run(seed=1, steps_per_epoch=3, verbose=False)
    found = images_by_epoch(result.run_id)
    assert list(found) == [1, 2, 3, 4]
    shown = result.model.sample_monitor.snapshots[3]
    assert np.shape(found[3]) == (4 * 9, 4 * 9)  # 16 images of 8 pixels and a line between
    np.testing.assert_array_equal(np.array(found[3])[:8, 9:17], shown[1, :, :, 0])
    tags = tracking.client().get_run(result.run_id).data.tags
    assert tags["mlflow.loggedImages"] == "True"


@pytest.mark.slow
def test_samples_of_a_worker_s_training_reach_the_store(store, tmp_path):
    job = Job(game, {"dataset": "digits"}, 0, 2, tmp_path / "unit", steps_per_epoch=2, test=True)
    run_job(job)
    tracked = runs.start(game, "digits-generation", "final", "final", {})
    log_leftovers(tracked, job.folder)
    tracked.end()
    assert list(images_by_epoch(tracked.id)) == [1, 2]
    assert not (job.folder / "images.npz").exists()


def test_nets_that_make_nothing_leave_no_images(store):
    result = toy.run(epochs=1, verbose=False)
    assert images_by_epoch(result.run_id) == {}
