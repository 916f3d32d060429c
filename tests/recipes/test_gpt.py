import math

import numpy as np
import pytest
from recipes.gpt import recipe

TEXT = "To be, or not to be, that is the question:\n" * 60
TINY = {
    "context": 16,
    "batch_size": 4,
    "layers": 1,
    "width": 64,
    "head_dim": 16,
    "verbose": False,
}


@pytest.fixture
def result(store):
    return recipe.run(data=[TEXT], epochs=2, **TINY)


def test_a_text_is_learned_and_continued(result):
    metrics = result.metrics
    assert metrics["test/loss"] < math.log(20)
    assert metrics["test/perplexity"] == pytest.approx(math.exp(metrics["test/loss"]), rel=1e-3)
    assert np.isfinite(metrics["held_out_loss"])
    assert {"learning_curves", "sample", "loss_by_position"} <= set(result.figures)
