import keras
import numpy as np
import pytest
from recipes.vanishing_gradient import ratio, recipe

from keras_dl.data import load


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ten_sigmoid_layers_lose_the_gradient_and_relu_keeps_it(seed):
    digits = load("digits")
    keras.utils.set_random_seed(seed)
    settings = {"activation": "sigmoid", "initializer": "glorot_uniform", "depth": 10}
    plain = ratio(digits, **settings)
    assert plain < 1e-3
    assert ratio(digits, depth=10, activation="relu", initializer="he_normal") > 1e-1
    assert ratio(digits, batch_norm=True, **settings) > 100 * plain
    assert ratio(digits, residual=True, **settings) > 100 * plain


@pytest.mark.slow
def test_report_measures_the_grid_and_the_linear_net(store, monkeypatch):
    monkeypatch.setattr("recipes.vanishing_gradient.DEPTHS", (2, 10))
    result = recipe.run(budget="smoke", depth=2, verbose=False)
    assert result.metrics["linear_gain_1.1"] == pytest.approx(12_527.8, abs=0.05)
    assert result.metrics["linear_gain_0.9"] == pytest.approx(2.95e-5, rel=2e-3)
    assert result.metrics["sigmoid_glorot_ratio"] < 1e-3
    assert result.metrics["relu_he_ratio"] > 1e-1
    panels = result.figures["gradient_ratios"].axes[:4]
    assert all(np.shape(axes.images[0].get_array()) == (6, 2) for axes in panels)
