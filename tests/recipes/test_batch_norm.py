import keras
import pytest
from recipes.batch_norm import build, recipe

from keras_dl.data import load


@pytest.mark.parametrize("batch_norm", [False, True])
def test_switch_adds_a_normalization_to_each_hidden_layer(batch_norm):
    net = build(load("digits"), batch_norm=batch_norm).layers[-1]
    norms = [x for x in net.layers if isinstance(x, keras.layers.BatchNormalization)]
    assert len(norms) == (3 if batch_norm else 0)


@pytest.mark.slow
def test_normalized_sigmoids_learn_where_plain_ones_stand_still(store, monkeypatch):
    monkeypatch.setattr("recipes.batch_norm.RATES", (1.0,))
    result = recipe.run(budget="smoke", verbose=False)
    assert result.metrics["batch_norm_best"] > 0.9
    assert result.metrics["plain_best"] < 0.3
    assert len(result.figures["speed"].axes) == 1
