import os

import numpy as np
import pytest
from recipes.graph_convolution import recipe

from keras_dl.tasks.predicting import predictions
from tests.backends import values_on

CORA = pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA to the data")


def test_edges_help_and_nodes_are_predicted(store):
    options = {"dataset": "communities", "epochs": 60, "seed": 1, "verbose": False}
    result = recipe.run(**options)
    alone = recipe.run(propagate=False, **options)
    assert result.metrics["test/accuracy"] > alone.metrics["test/accuracy"] + 0.1
    assert result.metrics["parameters"] == 16 * (60 + 4)  # without the graph
    assert {"confusion_matrix", "class_scores", "learning_curves"} <= set(result.figures)
    answers = list(predictions(result.run_id, ["7", "3-4"], top=1))
    assert [answer.source for answer in answers] == ["node 7", "node 3", "node 4"]
    node = result.data.test.x[:50]
    logits = result.model.predict(node, verbose=0)
    answers = predictions(result.run_id, [str(n) for n in node], top=1)
    names = [result.data.class_names[i] for i in logits.argmax(axis=1)]
    assert [answer.ranking[0][0] for answer in answers] == names
    for text in ("320", "-1", "2-1", "cora", "4-320"):
        with pytest.raises(ValueError, match=f"from 0 to 319.*Received: '{text}'"):
            list(predictions(result.run_id, [text]))


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_compute_the_same_losses(tmp_path, backend):
    there = values_on(backend, "recipes.graph_values", tmp_path)
    here = values_on("tensorflow", "recipes.graph_values", tmp_path, own=True)
    np.testing.assert_allclose(there["losses"], here["losses"], rtol=1e-4)


@CORA
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_accuracy_on_cora(store):
    result = recipe.run(seed=0, verbose=False)
    assert result.metrics["test/accuracy"] > 0.79
