"""Every recipe as it stands, on embedded data."""

import importlib
import os

import numpy as np
import pytest
from PIL import Image

from keras_dl import catalog
from keras_dl.metrics import features
from keras_dl.space import resolve
from keras_dl.space.levels import resolve_levels
from tests.rotation import in_turn

ENTRIES = {e.name: e for e in catalog.entries()}
# Which generate their only set, or make another problem of any.
OWN_SETS = ("t_c_problem", "threshold_unit", "spurious_correlation")
IMAGES = [
    n for n, e in ENTRIES.items() if e.settings["task"] == "classification" and n not in OWN_SETS
]
# Half a minute each, most of it tracing: `test_real_data` alone trains them.
HEAVY = ("alexnet_ablation", "auxiliary_heads", "normalizer_free", "plain_vs_residual")
HEAVY += ("resnet56", "vanishing_gradient")
ALWAYS = ("mlp", "lenet5", "resnet20")  # on digits too where real data are at hand
EMBEDDED = ("digits", "iris", "wine", "breast_cancer", "diabetes", "topics")
STAND_INS = {  # where digits do not fit
    "faster_rcnn": "shape_boxes",
    "acoustic_model": "tones",
    "alphazero": "tic_tac_toe",
    "bert": "topics",
    "captioning": "captioned_shapes",
    "ctc_digits": "tones",
    "deep_averaging": "topics",
    "dqn": "chain",
    "fcn": "shapes",
    "gpt": "topics",
    "graph_convolution": "communities",
    "keyword_spotting": "tones",
    "lstm_lm": "topics",
    "prototypical": "glyphs",
    "rnn_lm": "topics",
    "segnet": "shapes",
    "segnet_basic": "shapes",
    "siamese": "glyphs",
    "speech_digits": "tones",
    "time_series": "seasonal",
    "transformer": "addition",
    "unet": "threads",
}
# Without files of weights, and small.
OPTIONS = {
    "auxiliary_heads": {"width": 0.125},
    "time_series": {"log": False},
    "normalizer_free": {"depth": 1, "width": 0.25},
    "pretraining": {"labels": 100},
    "transfer": {"weights": "none", "image_size": 32, "epochs": 1},
    "lstm_lm": {"units": 16},
    "rnn_lm": {"units": 16},
    "transformer": {"width": 32, "layers": 1},
    "document_attention": {"pages": 60, "width": 32, "layers": 1, "lines": 2, "longest": 2},
    "cross_modal": {"speech": "tones", "pairs": 200},
    "faster_rcnn": {"image_size": 64, "channels": 32, "units": 64, "smallest": 10.0, "growth": 1.5},
    "dqn": {"steps": 200, "warm_up": 50, "train_period": 64, "units": 32},
    "segnet": {"image_size": 24, "filters": 8},
    "segnet_basic": {"image_size": 24, "filters": 16, "kernel_size": 3},
    "unet": {"image_size": 48, "crop": 64, "crops": 2, "filters": 4, "depth": 2},
    "bert": {"corpus": "topics", "most_words": 500, "length": 16, "width": 64},
    "captioning": {"weights": "none", "image_size": 64, "units": 32},
    "alphazero": {"games": 8, "simulations": 10, "updates": 10, "filters": 8, "blocks": 1},
    "acoustic_model": {"strings": 40, "units": 64},
    "ctc_digits": {"strings": 40, "filters": 16},
    "speech_digits": {"filters": 8},
    "keyword_spotting": {"windows": 100, "hours": 0.02, "filters": 8},
}


@pytest.fixture(autouse=True, scope="module")
def short_training_of_feature_extractors():
    """The tests of this file look at finite numbers, not at the quality of the features."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "STEPS", 60)
        patch.setattr(features, "VERSION", "short")
        yield


def recipe_of(name):
    return importlib.import_module(f"recipes.{name}").recipe


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", [n for n in IMAGES if n not in HEAVY])
def test_one_epoch_on_embedded_digits(store, name):
    if "KERAS_DL_DATA" in os.environ and name not in ALWAYS:
        pytest.skip("test_real_data trains it")
    result = recipe_of(name).run(
        dataset="digits", budget="smoke", verbose=False, **OPTIONS.get(name, {})
    )
    assert result.data.name == "digits"
    assert np.isfinite(result.metrics["test/loss"])
    assert {"learning_curves", "confusion_matrix", "mistakes", "filters"} <= set(result.figures)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", in_turn(sorted(set(catalog.names()) - set(IMAGES)), 4))
def test_one_epoch_of_what_classifies_no_images(store, name):
    stand_in = STAND_INS.get(name, "digits")
    dataset = {"dataset": stand_in} if "dataset" in recipe_of(name).space() else {}
    known = ENTRIES[name].space.get("dataset")
    if known is not None and known.default in EMBEDDED:
        dataset = {}
    options = {"verbose": False, **OPTIONS.get(name, {})}
    result = recipe_of(name).run(budget="smoke", **dataset, **options)
    assert np.isfinite(result.metrics["objective"])
    assert "learning_curves" in result.figures
    assert len(result.figures) > 1  # and something of its own to look at


@pytest.mark.parametrize("name", catalog.names())
def test_factors_can_be_varied(name):
    recipe = recipe_of(name)
    if recipe.factors:
        assert resolve_levels(recipe.space(), recipe.factors, "", {})


@pytest.mark.parametrize("name", ["mlp", "lenet5", "resnet20"])
def test_own_folder_of_images(store, name):
    random = np.random.default_rng(0)
    for label, shade in (("dark", 60), ("light", 190)):
        (store / "pictures" / label).mkdir(parents=True)
        for i in range(24):
            pixels = random.normal(shade, 20, (40 + i % 3, 36, 3)).clip(0, 255).astype("uint8")
            Image.fromarray(pixels).save(store / "pictures" / label / f"{i}.png")
    result = recipe_of(name).run(
        dataset="./pictures", epochs=4, batch_size=16, learning_rate=0.01, verbose=False
    )
    assert result.data.class_names == ("dark", "light")
    assert result.metrics["test/accuracy"] >= 0.5


@pytest.mark.parametrize("name", catalog.names())
def test_defaults_lie_in_their_own_space(name):
    space = recipe_of(name).space()
    values = resolve(space, {})
    assert set(values) <= set(space)


@pytest.mark.slow
def test_hypermodel_serves_a_tuner_of_kerastuner(store, monkeypatch):
    import keras_tuner as kt

    from keras_dl.tuning.oracle import hypermodel

    tuner = kt.RandomSearch(
        hypermodel(recipe_of("mlp"), dataset="digits", units=(32,)),
        objective=kt.Objective("val_accuracy", "max"),
        max_trials=2,
        directory=str(store / "kt"),
        seed=3,
    )
    tuner.search(epochs=1, verbose=0)
    assert len([t for t in tuner.oracle.trials.values() if t.status == "COMPLETED"]) == 2
