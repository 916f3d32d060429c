import json

import numpy as np
import pytest

from keras_dl.data.text import corpus, from_json, ngrams, passages, to_json

TEXTS = ["A good day.", "a bad day", "no words known here", ""]


@pytest.mark.parametrize("weighting", ["count", "binary", "tfidf"])
def test_counted_texts_are_read_the_same_after_json(weighting):
    data = ngrams("topics", weighting=weighting, min_count=3)
    read = from_json(to_json(data.extras))["reader"]
    assert read == data.extras["reader"]
    texts = [*TEXTS, "the list is a mutable sequence, the tuple is not"]
    np.testing.assert_array_equal(read(texts), data.extras["reader"](texts))
    assert (read([""]) == [[[0], [1]]]).all()  # nothing but the constant


def test_numbered_texts_are_read_the_same_after_json():
    data = passages((["a b a é", "a c"] * 10, [0, 1] * 10), length=3)
    text = to_json(data.extras)
    assert "é" in text
    read = from_json(text)["reader"]
    assert read(["C a!", "x", ""]).tolist() == [[4, 2, 0], [1, 0, 0], [0, 0, 0]]
    known = from_json(text)["vocabulary"]
    assert known.words == data.extras["vocabulary"].words
    np.testing.assert_array_equal(known.counts, data.extras["vocabulary"].counts)


def test_vocabulary_of_a_corpus_comes_back():
    data = corpus([" ".join("abcab" * 40)], min_count=1)
    assert from_json(to_json(data.extras))["vocabulary"].words == data.extras["vocabulary"].words


def test_reader_gives_what_the_data_hold():
    for data in (passages("topics"), ngrams("topics")):
        assert json.loads(to_json(data.extras))
    texts = (["a b", "b c"] * 10, [0, 1] * 10)
    data = passages(texts, length=2)
    rows = {tuple(row) for row in data.train.x.tolist()}
    assert {tuple(row) for row in data.extras["reader"](texts[0]).tolist()} == rows


def test_data_without_texts_have_no_reader():
    assert to_json({"other": 1}) == ""
    assert from_json("") == {}
    with pytest.raises(ValueError, match="Received: form='pickle'"):
        from_json('{"form": "pickle"}')
