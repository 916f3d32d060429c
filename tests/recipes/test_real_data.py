"""Every recipe of image classification on real sets, where they are at hand."""

import os

import numpy as np
import pytest

from tests.recipes.test_recipes import IMAGES, OPTIONS, recipe_of
from tests.rotation import in_turn, rotation

SETS = ("mnist", "fashion_mnist", "cifar10", "hymenoptera", "usps")
WIDELY = ("mlp", "lenet5")  # one of the sets after the other; the others on the smallest
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        "KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the folder of real data"
    ),
]


@pytest.mark.parametrize("name", in_turn(IMAGES, 3))
def test_smoke_budget(store, name):
    sets = SETS if name in WIDELY else ("usps",)
    turn = rotation()
    datasets = sets if turn is None else [sets[(IMAGES.index(name) + turn // 3) % len(sets)]]
    for dataset in datasets:
        options = {"budget": "smoke", "verbose": False, **OPTIONS.get(name, {})}
        result = recipe_of(name).run(dataset=dataset, **options)
        assert np.isfinite(result.metrics["test/loss"]), dataset
        assert result.metrics["test/accuracy"] > 0.5 / result.data.num_classes, dataset
        assert {"learning_curves", "confusion_matrix", "mistakes", "filters"} <= set(result.figures)


@pytest.mark.long
def test_lenet5_reaches_its_figure_on_mnist(store):
    result = recipe_of("lenet5").run(seed=0, verbose=False)
    assert result.metrics["test/accuracy"] >= 0.989  # 1.1 % errors
