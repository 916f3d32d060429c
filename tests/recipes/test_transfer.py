import hashlib
import os

import keras
import numpy as np
import pytest
from PIL import Image
from recipes.transfer import build, data, recipe, train

from keras_dl.data import load
from keras_dl.data.few_labels import take_labelled
from keras_dl.tasks.predicting import predictions
from keras_dl.tracking import store as tracking_store

real = pytest.mark.skipif(
    "KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the folder of real data sets"
)
SMALL = {"image_size": 32, "weights": "none", "verbose": False}


def photographs(folder, count=24):
    random = np.random.default_rng(0)
    for label, shade in (("dark", 60), ("light", 190)):
        (folder / label).mkdir(parents=True)
        for i in range(count):
            pixels = random.normal(shade, 20, (40 + i % 3, 36, 3)).clip(0, 255).astype("uint8")
            Image.fromarray(pixels).save(folder / label / f"{i}.png")
    return folder


@pytest.mark.slow
def test_origin_of_weights_is_logged(store, tmp_path):
    folder = str(photographs(tmp_path / "pictures"))
    made = recipe.run(dataset=folder, epochs=1, head_epochs=5, mode="scratch", **SMALL)
    params = tracking_store.find_run(made.run_id).data.params
    assert not [name for name in params if name.startswith("weights_")]
    net = keras.applications.MobileNet(alpha=0.75, input_shape=(192, 192, 3), weights=None)
    file = tmp_path / "own.weights.h5"
    net.save_weights(file)
    made = recipe.run(
        dataset=folder, head_epochs=5, image_size=32, weights=str(file), verbose=False
    )
    params = tracking_store.find_run(made.run_id).data.params
    assert (params["weights_origin"], params["weights_licence"]) == ("own.weights.h5", "unknown")
    assert params["weights_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


@real
def test_published_weights_have_origin_and_licence():
    facts = recipe.origins({"mode": "frozen", "base": "mobilenet", "weights": "imagenet"})
    assert facts["weights_licence"] == "Apache 2.0"
    assert facts["weights_sha256"].startswith("4626206843")


class RecordingSession:
    """Trains each stage for one epoch and keeps the names of stages and logged metrics."""

    objective = recipe.objective

    def __init__(self):
        self.stages, self.logged = [], {}

    def fit(self, model, data, *, epochs=None, stage="fit", objective=None):
        model.fit(data.train.x, data.train.y, batch_size=16, verbose=0)
        self.stages.append(stage)

    def log(self, step, metrics):
        self.logged = metrics


def train_pretrained(tmp_path, **options):
    """Trains with weights that a test wrote, in place of those of ImageNet."""
    keras.utils.set_random_seed(0)
    donor = keras.applications.MobileNet(
        alpha=0.75, input_shape=(192, 192, 3), weights=None, classifier_activation=None
    )
    random = np.random.default_rng(0)
    for layer in donor.layers:  # Glorot's weights would leave nothing to learn from without norms
        if layer.weights and not isinstance(layer, keras.layers.BatchNormalization):
            kernel = layer.weights[0]
            depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
            fan_in = 9 if depthwise else np.prod(kernel.shape[:-1])
            kernel.assign(random.normal(scale=(2 / fan_in) ** 0.5, size=kernel.shape))
    file = tmp_path / "base.weights.h5"
    donor.save_weights(file)
    pictures = data(dataset=str(photographs(tmp_path / "pictures")), image_size=32)
    model = build(pictures, weights=str(file), **options)
    before = base_weights(model)
    session = RecordingSession()
    train(session, model, pictures)
    return session, before, base_weights(model), model


def base_weights(model):
    net = model.get_layer("transfer_network")
    return {
        layer.name: [w.numpy() for w in layer.weights]
        for layer in net.layers
        if layer.weights and layer.name != "logits"
    }


def changed(before, after):
    return {
        name
        for name, weights in before.items()
        if any(not np.array_equal(a, b) for a, b in zip(weights, after[name], strict=True))
    }


def test_a_frozen_base_is_bit_equal_with_its_statistics(tmp_path):
    session, before, after, model = train_pretrained(tmp_path, mode="frozen")
    assert session.stages == ["head"]
    assert changed(before, after) == set()
    x = load(str(tmp_path / "pictures"), image_size=32).validation
    values = model.evaluate(x.x, x.y, verbose=0, return_dict=True)
    assert session.logged["val_accuracy"] == pytest.approx(values["accuracy"])
    assert session.logged["val_loss"] == pytest.approx(values["loss"], rel=1e-4)


def test_fine_tuning_moves_the_upper_layers_and_no_batch_normalization(tmp_path):
    session, before, after, _ = train_pretrained(tmp_path, mode="fine_tuned", unfrozen=0.4)
    assert session.stages == ["head", "fit"]
    moved, names = changed(before, after), list(before)
    assert moved
    assert not [name for name in moved if "bn" in name]
    assert min(names.index(name) for name in moved) >= round(0.6 * len(names))


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_from_scratch_everything_is_trained(store):
    pictures = photographs(store / "pictures")
    result = recipe.run(dataset=str(pictures), mode="scratch", epochs=1, **SMALL)
    net = result.model.get_layer("transfer_network")
    assert all(layer.trainable for layer in net.layers)


def test_few_images_are_a_part_of_more():
    digits = load("digits")
    few, more = (take_labelled(digits, count) for count in (5, 20))
    assert few.train.num_examples == 50
    np.testing.assert_array_equal(np.bincount(more.train.y), [20] * 10)
    rows = {image.tobytes() for image in more.train.x}
    assert all(image.tobytes() in rows for image in few.train.x)
    assert take_labelled(digits, 1000).digest == digits.digest
    with pytest.raises(ValueError, match="images_per_class=0"):
        take_labelled(digits, 0)


@pytest.mark.slow
@real
def test_photographs_are_classified_and_predicted(store):
    result = recipe.run(mode="frozen", images_per_class=20, verbose=False)
    assert result.metrics["test/accuracy"] > 0.75
    history = tracking_store.client().get_metric_history(result.run_id, "head/val_accuracy")
    assert len(history) == 30
    Image.fromarray(result.data.test.x[0]).save(store / "photo.png")
    (answer,) = predictions(result.run_id, [str(store / "photo.png")])
    assert answer.ranking[0][0] in ("ants", "bees")


@real
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_transfer_beats_training_from_scratch(store):
    frozen = recipe.run(mode="frozen", verbose=False).metrics["test/accuracy"]
    scratch = recipe.run(mode="scratch", epochs=4, verbose=False).metrics["test/accuracy"]
    assert frozen > scratch + 0.1
