import numpy as np
import pytest

from keras_dl.tasks.colour_groups import evaluate_colour_groups
from recipes import spurious_correlation as recipe


def test_grey_net_does_not_see_the_colour_and_erm_goes_by_it():
    data = recipe.data(dataset="digits")
    results = {}
    for method in ("grey", "erm"):
        model = recipe.build(data, method=method, units=64, learning_rate=3e-3)
        x = data.train.x.reshape(2, -1, *data.train.x.shape[1:]).swapaxes(0, 1)
        y = data.train.y.reshape(2, -1).T
        for _ in range(60):
            model.train_on_batch(x, y)
        results[method] = evaluate_colour_groups(model, data.test)
        assert recipe._method(model) == method
    assert results["grey"]["changed_by_colour"] == 0
    assert results["erm"]["changed_by_colour"] > 0.6
    assert results["erm"]["worst_group_accuracy"] < 0.3


@pytest.mark.parametrize(
    ("method", "count"), [("erm", 166_657), ("irm", 306_151), ("grey", 23_407)]
)
def test_published_settings(method, count):
    data = recipe.data(dataset="digits")
    model = recipe.build(data, method=method)
    weights = model.net.trainable_weights
    assert sum(int(np.prod(w.shape)) for w in weights) == count
    assert model.penalty == (91257.18613115903 if method == "irm" else 0)
    assert float(model.optimizer.epsilon) == 1e-8
