import dataclasses

import mlflow
import numpy as np
import pytest

from recipes import bag_of_words, text_classification


def test_bag_of_words_tells_its_words(store):
    texts = ["good fine film", "bad awful film"] * 30
    result = bag_of_words.recipe.run(
        data=(texts, ["up", "down"] * 30), epochs=5, min_count=1, verbose=False
    )
    assert result.metrics["test/accuracy"] == 1
    shown = [t.get_text() for t in result.figures["telling_words"].axes[0].texts]
    down, up = shown[: len(shown) // 2], shown[len(shown) // 2 :]
    assert down[0] == "down"
    assert "awful" in down
    assert "good" in up
    assert "confusion_matrix" in result.figures


@pytest.mark.parametrize("head", ["average", "cnn", "lstm"])
def test_nets_learn_which_word_decides(store, head):
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    texts = [" ".join([*rng.choice(list("abcdef"), 5), ("yes", "no")[label]]) for label in y]
    result = text_classification.recipe.run(
        data=(texts, y), head=head, length=20, epochs=8, learning_rate=0.02, verbose=False
    )
    assert result.metrics["test/accuracy"] > 0.9


@pytest.mark.slow
def test_word2vec_is_a_stage_whose_vectors_stay_if_frozen(store):
    result = text_classification.recipe.run(
        dataset="topics", length=30, vectors="word2vec", frozen=True, dim=25, word_epochs=4,
        epochs=2, verbose=False,
    )  # fmt: skip
    losses = mlflow.MlflowClient().get_metric_history(result.run_id, "word_vectors/loss")
    assert [point.step for point in losses] == [1, 2, 3, 4]
    assert losses[-1].value < losses[0].value
    table = result.model.get_layer("vectors").get_weights()[0]
    assert not table[:2].any()


@pytest.mark.slow
def test_both_can_be_compared(store):
    found = bag_of_words.recipe.compare(
        text_classification.recipe, seeds=2, budget="smoke", workers=0, verbose=False
    )
    assert {row.label for row in found.rows} == {"bag_of_words", "text_classification"}


@pytest.mark.slow
def test_bag_of_words_tells_chapters_of_python_apart(store):
    result = bag_of_words.recipe.run(verbose=False)
    assert result.metrics["test/accuracy"] > 0.8


@pytest.mark.slow
def test_texts_in_memory_reach_workers(store):
    texts = (["good fine film", "bad awful film"] * 30, ["up", "down"] * 30)
    search = bag_of_words.recipe.tune(
        data=texts, workers=2, trials=2, epochs=2, final_seeds=1, algorithm="random",
        search=("l2", "min_count"), verbose=False,
    )  # fmt: skip
    assert {trial.status for trial in search.trials} == {"done"}
    assert search.score == 1


@pytest.mark.slow
def test_resumed_run_of_texts_equals_the_uninterrupted_one(store):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    found = []
    for name, ends in (("whole", (2,)), ("parts", (1, 2))):
        for end in ends:
            values = {n: h.default for n, h in text_classification.recipe.space().items()}
            job = Job(text_classification.recipe, values, 0, 2, store / name)
            ready = fit.load_data(job)
            model = fit.build_model(job, ready)
            trained = fit.train(dataclasses.replace(job, epochs=end), ready, model, lambda *_: None)
        found.append(trained.state.history)
    assert found[0] == found[1]
