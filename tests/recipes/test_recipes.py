"""Every recipe as it stands: on embedded data always, on the real sets where they are at hand."""

import importlib
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_dl import catalog
from keras_dl.metrics import features
from keras_dl.space import resolve
from keras_dl.space.levels import resolve_levels

ENTRIES = {e.name: e for e in catalog.entries()}
# Which generate their only set, or make another problem of any.
OWN_SETS = ("t_c_problem", "threshold_unit", "spurious_correlation")
IMAGES = [
    n for n, e in ENTRIES.items() if e.settings["task"] == "classification" and n not in OWN_SETS
]
WIDELY = ("mlp", "lenet5", "resnet20")  # on every set; the others on grey and coloured images
# Half a minute each, most of it tracing; their layers and reports have tests of their own.
HEAVY = ("alexnet_ablation", "plain_vs_residual", "resnet56", "vanishing_gradient")
EMBEDDED = ("digits", "iris", "wine", "breast_cancer", "diabetes", "topics")
STAND_INS = {  # where digits do not fit
    "fcn": "shapes",
    "gpt": "topics",
    "graph_convolution": "communities",
    "prototypical": "glyphs",
}
SETS = ("t_c_problem", "threshold_unit")  # which generate their only set
IMAGES = [
    n for n, e in ENTRIES.items() if e.settings["task"] == "classification" and n not in OWN_SETS
]
WIDELY = ("mlp", "lenet5", "resnet20")  # on every set; the others on grey and coloured images
# Half a minute each, most of it tracing; their layers and reports have tests of their own.
HEAVY = ("alexnet_ablation", "plain_vs_residual", "resnet56", "vanishing_gradient")
EMBEDDED = ("digits", "iris", "wine", "breast_cancer", "diabetes", "topics")
STAND_INS = {
    "fcn": "shapes",
    "graph_convolution": "communities",
    "gpt": "topics",
    "prototypical": "glyphs",
}  # where digits do not fit
# Without files of weights, and small.
OPTIONS = {"transfer": {"weights": "none", "image_size": 32, "epochs": 1}}
SETS = ("mnist", "fashion_mnist", "cifar10", "hymenoptera", "usps")
real = pytest.mark.skipif(
    "KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the folder of real data sets"
)


def rotation() -> int | None:
    """Number that selects the real data set of each recipe; KERAS_DL_ROTATION=all selects all.

    By default it is the number of commits: successive versions are tested on different sets.
    """
    given = os.environ.get("KERAS_DL_ROTATION", "")
    if given == "all":
        return None
    if given:
        return int(given)
    count = ["git", "-C", str(Path(__file__).parent), "rev-list", "--count", "HEAD"]
    found = subprocess.run(count, capture_output=True, text=True, check=False)
    return int(found.stdout or 0)


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
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in HEAVY else ()) for n in IMAGES]
)
def test_one_epoch_on_embedded_digits(store, name):
    result = recipe_of(name).run(
        dataset="digits", budget="smoke", verbose=False, **OPTIONS.get(name, {})
    )
    assert result.data.name == "digits"
    assert np.isfinite(result.metrics["test/loss"])
    assert {"learning_curves", "confusion_matrix", "mistakes", "filters"} <= set(result.figures)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", sorted(set(catalog.names()) - set(IMAGES)))
def test_one_epoch_of_what_classifies_no_images(store, name):
    stand_in = STAND_INS.get(name, "digits")
    dataset = {"dataset": stand_in} if "dataset" in recipe_of(name).space() else {}
    known = ENTRIES[name].space.get("dataset")
    if known is not None and known.default in EMBEDDED:
        dataset = {}
    result = recipe_of(name).run(budget="smoke", verbose=False, **dataset)
    assert np.isfinite(result.metrics["objective"])
    assert "learning_curves" in result.figures
    assert len(result.figures) > 1  # and something of its own to look at


@pytest.mark.slow
@pytest.mark.timeout(900)
@real
@pytest.mark.parametrize("name", IMAGES)
def test_smoke_budget_on_real_data(store, name):
    sets = SETS if name in WIDELY else ("fashion_mnist", "cifar10")
    turn = rotation()
    datasets = sets if turn is None else [sets[(IMAGES.index(name) + turn) % len(sets)]]
    for dataset in datasets:
        options = {"budget": "smoke", "verbose": False, **OPTIONS.get(name, {})}
        result = recipe_of(name).run(dataset=dataset, **options)
        assert np.isfinite(result.metrics["test/loss"]), dataset
        assert result.metrics["test/accuracy"] > 0.5 / result.data.num_classes, dataset


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


@pytest.mark.slow
@pytest.mark.timeout(900)
@real
def test_lenet5_reaches_its_figure_on_mnist(store):
    result = recipe_of("lenet5").run(seed=0, verbose=False)
    assert result.metrics["test/accuracy"] >= 0.989  # 1.1 % errors


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
