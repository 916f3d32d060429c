import keras
import numpy as np
import pytest
from recipes.hebbian import build, data, flat_inputs, recipe, simulate_rule
from sklearn.decomposition import PCA

from keras_dl.data import load


def small():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 5)) @ np.diag([3.0, 1.0, 1.0, 0.5, 0.2]) @ rng.normal(size=(5, 5))
    return data(dataset=(x, np.arange(80) % 2), batch_size=16)


@pytest.mark.parametrize("rule", ["hebb", "oja"])
def test_training_is_the_rule_in_numpy_update_by_update(rule):
    keras.utils.set_random_seed(0)
    blobs = small()
    model = build(blobs, rule=rule, learning_rate=0.2)
    start = model.unit.get_weights()[0][:, 0]
    for _ in range(3):
        for batch in np.array_split(blobs.train.x, -(-len(blobs.train.x) // 16)):
            model.train_on_batch(batch, np.zeros(len(batch)))
    expected = simulate_rule(blobs, start, rule, 0.2, epochs=3)[-1]
    np.testing.assert_allclose(model.unit.get_weights()[0][:, 0], expected, rtol=1e-4)


def test_inputs_are_centred_with_a_mean_squared_length_of_one():
    for x in (flat_inputs(small()), flat_inputs(load("digits"))):
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-6)
        assert np.mean(np.sum(x**2, axis=1)) == pytest.approx(1, rel=1e-3)


def test_oja_finds_the_component_of_scikit_learn_and_hebb_grows_without_bound():
    blobs = small()
    component = PCA(1).fit(flat_inputs(blobs)).components_[0]
    start = np.full(5, 5**-0.5)
    oja, hebb = (simulate_rule(blobs, start, rule, 0.5, epochs=60) for rule in ("oja", "hebb"))
    assert abs(oja[-1] @ component) > 0.99
    assert np.linalg.norm(oja[-1]) == pytest.approx(1, abs=0.1)
    norms = np.linalg.norm(hebb, axis=1)
    assert (np.diff(norms) > 0).all()
    assert norms[-1] / norms[-2] == pytest.approx(norms[-11] / norms[-12], rel=0.01)


def test_report_draws_images_and_tables(store):
    for dataset in ("digits", "iris"):
        result = recipe.run(dataset=dataset, budget="smoke", verbose=False)
        assert {"principal_component", "hebb_and_oja"} <= set(result.figures)
        assert 0 <= result.metrics["cosine"] <= 1


@pytest.mark.slow
def test_digits_reach_the_principal_component(store):
    result = recipe.run(verbose=False)
    assert result.metrics["cosine"] > 0.99
    assert result.metrics["weight_norm"] == pytest.approx(1, abs=0.01)
