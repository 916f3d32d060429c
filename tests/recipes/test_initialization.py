import keras
import pytest
from recipes.initialization import build, recipe

from keras_dl import diagnostics
from keras_dl.data import load


def test_zeros_make_all_units_equal_and_pass_no_gradient():
    digits = load("digits")
    model = build(digits, initializer="zeros", activation="tanh", depth=3)
    found = diagnostics.layer_statistics(model, digits.train.x[:32], digits.train.y[:32])
    assert all(layer.variance == 0 for layer in found)
    assert all(layer.gradient_variance == 0 for layer in found[:-1])


@pytest.mark.slow
def test_he_keeps_the_variance_that_small_weights_lose(store):
    result = recipe.run(budget="smoke", verbose=False)
    assert 0.1 < result.metrics["relu_he_variance_kept"] < 10
    assert result.metrics["relu_glorot_variance_kept"] < 0.01  # ½ a layer
    lines = result.figures["activation_variance"].axes[1].lines
    named = {line.get_label(): line.get_ydata() for line in lines}
    assert named["gaussian_0.01"][-1] < 1e-20 < named["he_normal"][-1]


@pytest.mark.parametrize("initializer", ["gaussian_0.01", "he_gaussian", "orthogonal"])
def test_initializers_build(initializer):
    keras.utils.set_random_seed(0)
    assert build(load("digits"), initializer=initializer, depth=1, units=16).compiled
