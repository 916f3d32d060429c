import keras
import numpy as np
import pytest
from recipes.dropout import build, recipe

from keras_dl.data import load


def test_units_constraint_and_rates_are_the_stated_ones():
    digits = load("digits")
    net = build(digits).layers[-1]
    rates = {x.name: x.rate for x in net.layers if isinstance(x, keras.layers.Dropout)}
    assert rates == {"input_dropout": 0.2, "hidden1_dropout": 0.5, "hidden2_dropout": 0.5}
    assert net.get_layer("hidden2").kernel_constraint.max_value == 2.0
    assert net.get_layer("hidden2").units == 1200


def test_no_incoming_weights_are_longer_than_the_max_norm():
    keras.utils.set_random_seed(0)
    digits = load("digits")
    model = build(digits, units=(300,), max_norm=2.0, learning_rate=0.1)
    model.fit(digits.train.x[:256], digits.train.y[:256], verbose=0)
    kernel = model.layers[-1].get_layer("hidden1").get_weights()[0]
    lengths = np.linalg.norm(kernel, axis=0)
    assert lengths.max() == pytest.approx(2.0, abs=1e-4)


@pytest.mark.slow
def test_report_tests_by_scaling_and_by_masks(store):
    result = recipe.run(
        dataset="digits", epochs=15, units=(300,), batch_size=32, learning_rate=3e-3, verbose=False
    )
    metrics = result.metrics
    assert metrics["weight_scaling_error"] == pytest.approx(1 - metrics["test/accuracy"], abs=1e-6)
    assert abs(metrics["monte_carlo_error"] - metrics["weight_scaling_error"]) < 0.05
    assert metrics["spread_of_wrong"] > metrics["spread_of_right"]
    assert {"predictive_spread", "confusion_matrix"} <= set(result.figures)


@pytest.mark.slow
def test_report_without_dropout_draws_no_masks(store):
    result = recipe.run(
        dataset="digits", budget="smoke", dropout=0.0, input_dropout=0.0, max_norm=None,
        verbose=False,
    )  # fmt: skip
    assert "monte_carlo_error" not in result.metrics
