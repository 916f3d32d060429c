import pytest
from recipes.target_propagation import data, recipe


def test_xor_is_a_data_set():
    table = data(dataset="xor")
    assert table.train.y.tolist() == [0, 1, 1, 0]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_rules_are_compared_by_an_ablation(store):
    made = recipe.ablate(dataset="digits", units=(64,), epochs=4, seeds=2, workers=0, verbose=False)
    assert made.levels["rule"] == ("error", "desired_state", "straight_through", "fixed")
    assert [row["reason"] for row in made.rows] == [""] * 8


def test_digits_are_learnt_by_virtual_targets(store):
    result = recipe.run(
        dataset="digits", units=(100,), epochs=10, learning_rate=3e-3, verbose=False
    )
    assert result.metrics["test/accuracy"] > 0.75
