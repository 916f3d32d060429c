import itertools

import keras
import numpy as np
import pytest

from keras_dl.algorithms import HybridRecognizer
from keras_dl.algorithms.viterbi import Chain, force_align, transcripts, viterbi, word_loop
from keras_dl.models import frame_network

STATES = 2  # of each of two words: 0 silence, 1 2 first word, 3 4 second word


def loop():
    alignment = np.array([[0, 1, 1, 2, 3, 4, 0, 1, 2, 2, 0], [3, 4, 4, 0, 3, 3, 4, -1, -1, -1, -1]])
    return word_loop(alignment, 2, STATES)


def score_of(path, scores, chain):
    total = chain.start[path[0]] + chain.end[path[-1]]
    total += sum(scores[t, state] for t, state in enumerate(path))
    return total + sum(chain.transitions[a, b] for a, b in itertools.pairwise(path))


@pytest.mark.parametrize("seed", range(5))
def test_no_other_path_is_more_probable(seed):
    rng = np.random.default_rng(seed)
    scores, chain = rng.normal(size=(6, 5)), loop()
    found = viterbi(scores[None], chain, [6])[0]
    best = max(itertools.product(range(5), repeat=6), key=lambda p: score_of(p, scores, chain))
    assert tuple(found) == best


def test_padding_changes_nothing():
    scores = np.random.default_rng(0).normal(size=(2, 7, 5))
    scores[1, 4:] = 1e3
    together = viterbi(scores, loop(), [7, 4])
    np.testing.assert_array_equal(together[1, :4], viterbi(scores[1:, :4], loop(), [4])[0])
    assert (together[1, 4:] == -1).all()


def test_a_loop_allows_words_from_first_to_last_state_only():
    chain = loop()
    np.testing.assert_allclose(np.exp(chain.transitions).sum(axis=1), 1)
    possible = np.exp(chain.transitions) > 0
    expected = np.array(
        [
            [1, 1, 0, 1, 0],  # silence: itself and both words
            [0, 1, 1, 0, 0],
            [1, 1, 1, 1, 0],  # the end of a word: silence and both words
            [0, 0, 0, 1, 1],
            [1, 1, 0, 1, 1],
        ]
    )
    np.testing.assert_array_equal(possible, expected)
    # Which word follows is not learnt.
    np.testing.assert_allclose(chain.transitions[0, 1], chain.transitions[0, 3])
    rng = np.random.default_rng(1)
    for path in viterbi(rng.normal(size=(20, 30, 5)), chain, [30] * 20):
        assert all(expected[a, b] for a, b in itertools.pairwise(path))
        assert path[0] in (0, 1, 3)
        assert path[-1] in (0, 2, 4)


@pytest.mark.parametrize("seed", range(5))
def test_alignment_is_the_best_path_with_the_words(seed):
    scores, chain = np.random.default_rng(seed).normal(size=(7, 5)), loop()
    found = tuple(force_align(scores, [1, 0], chain, STATES))
    assert transcripts(np.array([found]), STATES) == [(2, 1)]
    best = max(
        (p for p in itertools.product(range(5), repeat=7)
         if transcripts(np.array([p]), STATES) == [(2, 1)]),
        key=lambda p: score_of(p, scores, chain),
    )  # fmt: skip
    assert found == best


def test_transcripts_count_entries_into_first_states():
    paths = np.array([[0, 1, 1, 2, 1, 2, 0, 3, 4], [3, 4, 3, 4, 4, -1, -1, -1, -1]])
    assert transcripts(paths, STATES) == [(1, 1, 2), (2, 2)]


@pytest.fixture
def recognizer():
    net = frame_network(3, 5, units=(4,), context=1)
    return HybridRecognizer(net, words=2, states=STATES)


def test_priors_are_frequencies(recognizer):
    recognizer.estimate(np.array([[0, 0, 0, 1, 2, -1]]))
    prior = np.exp(keras.ops.convert_to_numpy(recognizer.log_prior))
    np.testing.assert_allclose(prior, np.array([4, 2, 2, 1, 1]) / 10, rtol=1e-6)


def test_likelihoods_are_posteriors_over_priors(recognizer):
    """A frequent state does not win by its frequency alone."""
    recognizer.estimate(np.array([[0] * 50 + [1, 2, 3, 4]]))
    prior = keras.ops.convert_to_numpy(recognizer.log_prior)
    flat = recognizer.decode(np.tile(prior, (1, 4, 1)), np.array([4]))
    chain = Chain(keras.ops.convert_to_numpy(recognizer.log_transitions), loop().start, loop().end)
    np.testing.assert_array_equal(flat, viterbi(np.zeros((1, 4, 5)), chain, [4]))


def test_saved_and_loaded_it_decodes_the_same(recognizer, tmp_path):
    recognizer.estimate(np.array([[0, 1, 1, 2, 3, 4, 0]]))
    recognizer.compile("sgd", "mse")
    recognizer.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    logits = np.random.default_rng(0).normal(size=(3, 9, 5))
    lengths = np.array([9, 5, 7])
    np.testing.assert_array_equal(
        loaded.decode(logits, lengths), recognizer.decode(logits, lengths)
    )
    aligned = loaded.align(logits, lengths, [(1,), (2,), (1, 2)])
    assert loaded.words_of(aligned) == [(1,), (2,), (1, 2)]


def test_one_state_is_refused():
    with pytest.raises(ValueError, match="`states` must be at least 2"):
        HybridRecognizer(frame_network(3, 3, units=(4,)), words=2, states=1)
