import numpy as np
import pytest

from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.text import bag_of_ngrams, corpus, token_sequences

TEXTS = ["A good day.", "a bad day", "no words known here", ""]


@pytest.mark.parametrize("weighting", ["count", "binary", "tfidf"])
def test_ngram_vectorizer_survives_json(weighting):
    vectorizer = bag_of_ngrams("topics", weighting=weighting, min_count=3).preprocessor
    restored = preprocessor_from_json(preprocessor_to_json(vectorizer))
    assert restored == vectorizer
    texts = [*TEXTS, "the list is a mutable sequence, the tuple is not"]
    np.testing.assert_array_equal(restored(texts), vectorizer(texts))
    assert (restored([""]) == [[[0], [1]]]).all()  # the constant alone


def test_word_vectorizer_survives_json():
    data = token_sequences((["a b a é", "a c"] * 10, [0, 1] * 10), length=3)
    text = preprocessor_to_json(data.preprocessor)
    assert "é" in text
    restored = preprocessor_from_json(text)
    assert restored(["C a!", "x", ""]).tolist() == [[4, 2, 0], [1, 0, 0], [0, 0, 0]]
    vocabulary = data.preprocessor.vocabulary
    assert restored.vocabulary.words == vocabulary.words
    np.testing.assert_array_equal(restored.vocabulary.counts, vocabulary.counts)


def test_vocabulary_of_a_corpus_survives_json():
    vocabulary = corpus([" ".join("abcab" * 40)], min_count=1).preprocessor
    restored = preprocessor_from_json(preprocessor_to_json(vocabulary))
    assert restored.words == vocabulary.words


def test_vectorizer_returns_the_rows_of_the_data():
    texts = (["a b", "b c"] * 10, [0, 1] * 10)
    data = token_sequences(texts, length=2)
    rows = {tuple(row) for row in data.train.x.tolist()}
    assert {tuple(row) for row in data.preprocessor(texts[0]).tolist()} == rows
