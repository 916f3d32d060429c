import pytest
from recipes.neocognitron import build, data, recipe


def test_net_has_the_papers_planes():
    model = build(data(dataset="digits"))
    assert model.count_params() == 20_506
    assert model.get_layer("neocognitron").get_layer("c2").output.shape[1:] == (6, 6, 24)


@pytest.mark.slow
def test_report_shows_the_first_patterns(store):
    result = recipe.run(budget="smoke", steps_per_epoch=2, planes=4, verbose=False)
    assert {"filters", "confusion_matrix", "mistakes"} <= set(result.figures)


@pytest.mark.slow
def test_learns_digits(store):
    result = recipe.run(epochs=12, verbose=False)
    assert result.metrics["test/accuracy"] > 0.75
