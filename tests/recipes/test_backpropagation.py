import pytest
from recipes.backpropagation import recipe


@pytest.mark.slow
@pytest.mark.parametrize("filters", [(), (4, 8)])
def test_numpy_agrees_with_keras_after_training(store, filters):
    result = recipe.run(epochs=2, filters=filters, units=(16,), verbose=False)
    assert 0 < result.metrics["max_gradient_gap"] < 1e-5
    assert result.metrics["example_gap"] < 1e-12
    assert {"gradient_agreement", "example", "confusion_matrix"} <= set(result.figures)
