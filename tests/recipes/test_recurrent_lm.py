import dataclasses

import numpy as np
import pytest

from keras_dl.tasks import predicting
from recipes import lstm_lm, rnn_lm

LINES = ["the cat sat on the mat", "a dog ran home"] * 150
TINY = {"context": 5, "batch_size": 4, "units": 24, "layers": 1, "learning_rate": 0.5}


@pytest.fixture
def result(store):
    return lstm_lm.recipe.run(data=LINES, epochs=6, verbose=False, **TINY)


def test_a_text_is_learned_and_continued(result):
    metrics = result.metrics
    # Which of the two sentences follows is certain, as is every word within it.
    assert metrics["test/perplexity"] < 1.5
    assert metrics["stream_perplexity"] == pytest.approx(metrics["test/perplexity"], rel=0.15)
    assert metrics["objective"] == min(result.history["val_perplexity"])
    assert {"sample", "loss_by_position", "gradients_through_time"} <= set(result.figures)
    # Forget gates that start half open halve the gradient at every word.
    assert metrics["gradient_ratio_lstm"] < metrics["gradient_ratio_lstm_forget_bias"] < 1
    (found,) = predicting.predictions(result.run_id, ["the cat"], length=4, temperature=0.0)
    assert found.text == "the cat sat on the mat"
    (unknown,) = predicting.predictions(result.run_id, ["zebra cat"], length=2, temperature=0.0)
    assert unknown.text.startswith("zebra cat ")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", [lstm_lm.recipe, rnn_lm.recipe], ids=["lstm", "rnn"])
def test_resumed_run_equals_the_uninterrupted_one(store, recipe):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    found = []
    for name, ends in (("whole", (3,)), ("parts", (1, 3))):
        for end in ends:
            values = {n: h.default for n, h in recipe.space().items()}
            values |= {**TINY, "dataset": "topics", "dropout": 0.2}
            job = Job(recipe, values, 0, 3, store / name)
            ready = fit.load_data(job)
            model = fit.build_model(job, ready)
            short = dataclasses.replace(job, epochs=end, steps_per_epoch=7)
            trained = fit.train(short, ready, model, lambda *_: None)
        found.append((trained.state.history, trained.model.get_weights()))
    assert found[0][0] == found[1][0]
    for whole, parts in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_array_equal(whole, parts)
