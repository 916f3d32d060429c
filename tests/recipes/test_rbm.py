import numpy as np
import pytest
from recipes.rbm import build, data, recipe

SMALL = {"dataset": "digits", "learning_rate": 0.1, "verbose": False}


@pytest.mark.slow
def test_figures_probes_and_pseudo_likelihood(store):
    result = recipe.run(**SMALL, units=60, epochs=20)
    assert result.metrics["test/pseudo_log_likelihood"] > -24  # of 64 pixels; -44 at random
    assert result.metrics["test/mean_squared_error"] < 0.06
    assert result.metrics["nearest_neighbour_accuracy"] > 0.7
    assert {"reconstructions", "filters", "codes", "samples"} <= set(result.figures)
    assert "test/log_likelihood" not in result.metrics


@pytest.mark.slow
def test_few_hidden_units_have_an_exact_likelihood(store):
    options = {**SMALL, "fixed_binarisation": True, "units": 8, "persistent": False}
    result = recipe.run(**options, steps=2, epochs=10)
    uniform = -64 * np.log(2)
    assert uniform + 10 < result.metrics["test/log_likelihood"] < -10


@pytest.mark.parametrize(("persistent", "chains"), [(True, 30), (False, 0)])
def test_persistent_chains_are_a_switch(persistent, chains):
    options = {"chains": 30} if persistent else {}
    model = build(data(dataset="digits"), units=5, persistent=persistent, **options)
    assert model.chains == chains
