import numpy as np
import pytest

from keras_dl.data import load
from keras_dl.data.text import bag_of_ngrams, corpus, passages, token_sequences
from keras_dl.training.job import spooled, texts_as_json, unspooled

TEXTS, LABELS = ["a é b", "c, d", "e f", "g"] * 5, ["up", "down"] * 10


def test_texts_travel_as_they_are(tmp_path):
    for given in (
        (TEXTS, LABELS),
        (np.array(TEXTS), np.array(LABELS)),
        (TEXTS, LABELS, ["x"], ["up"]),
        {"x": TEXTS, "y": np.arange(20) % 2},
    ):
        again = unspooled(spooled(given, tmp_path))
        expected, found = passages(given), passages(again)
        assert found.texts == expected.texts
        assert found.class_names == expected.class_names
        for a, b in zip(found.labels, expected.labels, strict=True):
            np.testing.assert_array_equal(a, b)
    assert unspooled(spooled(TEXTS, tmp_path)) == TEXTS


def test_same_texts_have_the_same_json_whatever_holds_them():
    assert texts_as_json((TEXTS, LABELS)) == texts_as_json({"x": np.array(TEXTS), "y": LABELS})
    assert texts_as_json(TEXTS) != texts_as_json(TEXTS[1:])


@pytest.mark.parametrize("read", [token_sequences, bag_of_ngrams])
def test_data_of_texts_travel_with_what_reads_them(tmp_path, read):
    data = read((TEXTS, LABELS), min_count=1)
    again = unspooled(spooled(data, tmp_path))
    assert again.digest == data.digest
    np.testing.assert_array_equal(again.train.x, data.train.x)
    asked = ["a b e", "unknown"]
    np.testing.assert_array_equal(again.preprocessor(asked), data.preprocessor(asked))
    assert read(again, batch_size=7).batch_size == 7  # as a recipe's data function does


def test_corpus_travels_with_its_vocabulary(tmp_path):
    data = corpus([" ".join("abcab" * 40)], min_count=1, batch_size=4)
    again = corpus(unspooled(spooled(data, tmp_path)))
    assert again.preprocessor.words == data.preprocessor.words
    np.testing.assert_array_equal(again.preprocessor.counts, data.preprocessor.counts)


def test_arrays_travel_without_a_reader(tmp_path):
    data = load("iris")
    again = unspooled(spooled(data, tmp_path))
    np.testing.assert_array_equal(again.train.x, data.train.x)
    assert again.class_names == data.class_names
    assert again.preprocessor is None
