import dataclasses

import numpy as np
import pytest
from recipes.word2vec import build, data, recipe, vectors

from keras_dl.data.text import corpus
from keras_dl.embeddings import load, save


def small():
    words = [f"w{i}" for i in range(30)]
    text = " ".join(np.random.default_rng(0).choice(words, 4000))
    return dataclasses.replace(corpus([text], length=100, batch_size=8), planned_steps=10)


@pytest.mark.parametrize("architecture", ["skip_gram", "cbow"])
def test_vectors_are_named_by_the_text_s_words(architecture, tmp_path):
    made = small()
    known = vectors(build(made, architecture=architecture, dim=25), made)
    assert known.words == made.preprocessor.words
    assert known.dim == 25
    save(known, tmp_path / "v.txt")
    np.testing.assert_array_equal(load(tmp_path / "v.txt").matrix, known.matrix)


def test_rate_falls_over_the_planned_steps():
    assert build(small()).total_steps == 10


def test_own_text_in_a_list_goes_through_run(store):
    text = " ".join(np.random.default_rng(0).choice([f"w{i}" for i in range(9)], 3000))
    result = recipe.run(
        data=[text], budget="smoke", batch_size=16, dim=25, jit_compile=False, verbose=False
    )
    assert result.data.name == "texts"
    assert {"word_map", "neighbours"} <= set(result.figures)
    assert np.isfinite(result.metrics["test/pair_loss"])


@pytest.mark.slow
def test_resumed_run_equals_the_uninterrupted_one(store):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    given = {"dataset": "topics", "batch_size": 16}
    found = []
    for name, ends in (("whole", (2,)), ("parts", (1, 2))):
        for end in ends:
            values = {n: h.default for n, h in recipe.space().items()} | given
            job = Job(recipe, values, 0, 2, store / name, jit_compile=False)
            ready = fit.load_data(job)
            model = fit.build_model(job, ready)
            job = dataclasses.replace(job, epochs=end)
            trained = fit.train(job, ready, model, lambda *_: None)
        found.append(trained.state.history)
    assert found[0] == found[1]


def test_data_have_rows_of_a_thousand_words():
    assert data().input_shape == (1000,)


@pytest.mark.slow
def test_python_s_texts_are_learnt(store):
    result = recipe.run(verbose=False)
    losses = result.history["val_pair_loss"]
    assert losses[-1] < losses[0] - 0.3
    known = vectors(result.model, result.data)
    near = [word for word, _ in known.neighbours("try", 5)]
    assert {"except", "finally"} & set(near)


@pytest.mark.parametrize(("given", "expected"), [(None, True), (False, False)])
def test_steps_are_compiled_unless_the_user_says_otherwise(tmp_path, given, expected):
    from keras_dl.training import fit
    from keras_dl.training.job import Job

    values = {n: h.default for n, h in recipe.space().items()}
    job = Job(recipe, values, 0, 1, tmp_path, jit_compile=given)
    assert fit.build_model(job, small()).jit_compile is expected
