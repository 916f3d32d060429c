import json
import os

import numpy as np
import pytest

from keras_dl.data import DatasetError
from keras_dl.data.serialization import preprocessor_from_json, preprocessor_to_json
from keras_dl.data.text import WordTokenizer, words

LINES = ["the cat sat", "the dog ran away", "a cat ran"] * 60


def test_lines_end_and_targets_are_one_word_ahead():
    data = words([*LINES], context=4, batch_size=3)
    decode = data.preprocessor.decode
    assert decode(data.train.x[:9]) == "the cat sat <eos> the dog ran away <eos>"
    for split in data.splits.values():
        np.testing.assert_array_equal(split.x[1:], split.y[:-1])
    assert data.input_shape == (4,)
    joined = " ".join(decode(s.x) + " " + decode(s.y[-1:]) for s in data.splits.values())
    assert joined == " <eos> ".join([*LINES, ""]).strip()


def test_rare_words_are_unknown():
    data = words([*LINES], context=4, batch_size=3, most_words=4)
    assert data.preprocessor.words == ("<eos>", "cat", "ran", "<unk>")
    assert data.preprocessor.decode(data.train.x[:4]) == "<unk> cat <unk> <eos>"
    assert data.inputs.vocabulary_size == 4


def test_streams_of_the_same_data_may_be_cut_anew():
    data = words([*LINES], context=4, batch_size=3)
    again = words(data, context=2, batch_size=5)
    assert again.digest == data.digest
    assert (again.batch_size, again.input_shape) == (5, (2,))


def test_tokenizer_survives_json_and_knows_prompts():
    tokenizer = WordTokenizer(("company", "N", "<unk>", "the"), True)
    assert tokenizer.encode("The company bought N").tolist() == [3, 0, 2, 1]
    stored = json.loads(json.dumps(preprocessor_to_json(tokenizer)))
    assert preprocessor_from_json(stored) == tokenizer
    assert tokenizer(["the", "the company"]).tolist() == [[3, 0], [3, 0]]
    with pytest.raises(ValueError, match="`words` must hold each word once, and <unk>"):
        WordTokenizer(("a", "b"))


@pytest.mark.parametrize(
    ("texts", "options", "said"),
    [
        (["one two three"], {}, "forty words"),
        (LINES, {"context": 400}, "`context` must lie in 1"),
    ],
)
def test_texts_that_are_too_short_are_refused(texts, options, said):
    with pytest.raises((DatasetError, ValueError), match=said):
        words(texts, **options)


@pytest.mark.skipif("KERAS_DL_DATA" not in os.environ, reason="set KERAS_DL_DATA")
def test_the_penn_treebank_has_its_published_sizes():
    data = words("ptb")
    assert [s.num_examples + 1 for s in data.splits.values()] == [929_589, 73_760, 82_430]
    assert data.preprocessor.vocabulary_size == 10_000
    assert data.sampler("train").num_examples == 20 * 2_323
