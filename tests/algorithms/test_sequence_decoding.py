import keras
import numpy as np
import pytest

from keras_dl.algorithms import BeamSearch
from tests.algorithms.decoding_values import main
from tests.backends import values_on
from tests.models.transformers.decoding_nets import (
    END,
    START,
    VOCABULARY,
    exhaustive,
    greedy,
    sources,
    tiny,
)

MARKS = {"start": START, "end": END}


@pytest.mark.parametrize("norm_first", [False, True])
def test_one_beam_is_greedy_decoding_with_the_whole_prefix(norm_first):
    model, ids = tiny(norm_first), sources(8)
    search = BeamSearch(model, length=7, beams=1, alpha=0.0, **MARKS)
    found = search.predict(ids, verbose=0)["ids"][:, 0]
    np.testing.assert_array_equal(found, greedy(model, ids, 7))


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_as_many_beams_as_sequences_find_the_best_of_all(alpha):
    model, ids, length = tiny(spread=0.3), sources(2), 3
    search = BeamSearch(model, length=length, beams=VOCABULARY**length, alpha=alpha, **MARKS)
    found = search.predict(ids, verbose=0)
    for row, best, scores in zip(ids, found["ids"][:, 0], found["scores"], strict=True):
        score, target = exhaustive(model, row, length, alpha)
        assert tuple(best[: len(target)]) == target
        assert not best[len(target) :].any()
        assert scores[0] == pytest.approx(score, abs=1e-4)
        assert (np.diff(scores) <= 1e-6).all()


def test_more_beams_find_no_worse_sequences():
    model, ids = tiny(spread=0.3), sources(6)
    scores = [
        BeamSearch(model, length=5, beams=beams, alpha=0.0, **MARKS).predict(ids, verbose=0)[
            "scores"
        ][:, 0]
        for beams in (1, 4, 100)
    ]
    assert (scores[2] >= scores[0] - 1e-5).all()
    assert scores[2].sum() >= scores[1].sum() - 1e-4


def test_padding_of_the_source_changes_nothing():
    model, ids = tiny(), sources(4)
    ids[:, 4:] = 0
    search = BeamSearch(model, length=5, beams=3, **MARKS)
    short, long = (search.predict(part, verbose=0) for part in (ids[:, :4], ids))
    np.testing.assert_array_equal(short["ids"], long["ids"])
    np.testing.assert_allclose(short["scores"], long["scores"], atol=1e-5)


@pytest.mark.parametrize("norm_first", [False, True])
def test_attention_sums_to_one_over_the_tokens_of_the_source(norm_first):
    search = BeamSearch(tiny(norm_first), length=5, beams=2, **MARKS)
    ids = sources()
    weights = search.attention(ids, np.full((3, 4), START))
    assert [w.shape for w in weights] == [(3, 2, 4, 6)] * 2
    for w in weights:
        np.testing.assert_allclose(w.sum(axis=-1), 1, atol=1e-5)
        assert w[1, :, :, 4:].max() < 1e-6


def test_saving_keeps_the_search(tmp_path):
    search = BeamSearch(tiny(), length=5, beams=2, **MARKS)
    search.save(tmp_path / "search.keras")
    loaded = keras.saving.load_model(tmp_path / "search.keras")
    ids = sources()
    expected, found = (s.predict(ids, verbose=0) for s in (search, loaded))
    np.testing.assert_array_equal(found["ids"], expected["ids"])


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="`beams` must be"):
        BeamSearch(tiny(), length=5, beams=0, **MARKS)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_values_equal_another_backend_s(backend, tmp_path):
    main(tmp_path / "here.npz")
    there = values_on(backend, "algorithms.decoding_values", tmp_path)
    with np.load(tmp_path / "here.npz") as here:
        for name in here.files:
            np.testing.assert_allclose(there[name], here[name], rtol=1e-4, atol=1e-4, err_msg=name)
